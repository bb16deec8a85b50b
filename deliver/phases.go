package deliver

import "github.com/rehome-dev/rehome/manifest"

// phaseFiles writes, for each phase and cluster, what changes as full manifests,
// what goes as lists for kubectl delete, the gate, and the way back. Only what
// the phase touches is in them: the complete states are under states/.
func phaseFiles(out *output) []File {
	var p printer
	var files []File
	for _, b := range out.bundles {
		for i := range b.clusters {
			c := &b.clusters[i]
			dir := b.path(c)
			for _, place := range c.places {
				files = applyFiles(files, &p, applyDir(dir, place), place.apply)
				files = deleteFiles(files, &p, deletePath(dir, place), place.delete)
				files = applyFiles(files, &p, applyDir(dir+"/rollback", place), place.restore)
				files = deleteFiles(files, &p, deletePath(dir+"/rollback", place), place.remove)
			}
			files = append(files, p.node(dir+"/gate.yaml", gateNode(b, c)))
		}
	}
	return files
}

func applyDir(dir string, p placeBundle) string {
	return dir + "/apply/" + namespaceDir(p.place.Namespace)
}

func deletePath(dir string, p placeBundle) string {
	return dir + "/delete/" + namespaceDir(p.place.Namespace) + ".yaml"
}

func applyFiles(files []File, p *printer, dir string, objects []*manifest.Object) []File {
	if len(objects) == 0 {
		return files
	}
	return append(files, bundleFiles(p, dir, objects)...)
}

// deleteFiles writes a list for kubectl delete -f, which needs to know no more
// of an object than what it is called.
func deleteFiles(files []File, p *printer, path string, objects []*manifest.Object) []File {
	if len(objects) == 0 {
		return files
	}
	nodes := make([]*manifest.Node, len(objects))
	for i, o := range objects {
		nodes[i] = manifest.Map(
			manifest.F("apiVersion", manifest.Str(o.APIVersion())),
			manifest.F("kind", manifest.Str(o.ID.Kind)),
			manifest.F("metadata", manifest.Map(
				manifest.F("name", manifest.Str(o.Text("metadata", "name"))),
				manifest.F("namespace", o.Get("metadata", "namespace")),
			)),
		)
	}
	return append(files, p.nodes(path, nodes))
}
