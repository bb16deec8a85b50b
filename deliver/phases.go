package deliver

import "github.com/rehome-dev/rehome/manifest"

// phaseFiles writes, for a phase and each cluster, what changes as full
// manifests, what goes as lists for kubectl delete, the gate, and the way back.
// Only what the phase touches is in them: the complete states are under states/.
func phaseFiles(p *printer, b *bundle) []File {
	var files []File
	for i := range b.clusters {
		c := &b.clusters[i]
		dir := b.path(c)
		for _, place := range c.places {
			files = applyFiles(files, p, applyPath(dir, place), place.apply)
			files = deleteFiles(files, p, deletePath(dir, place), place.delete)
			files = restoreFiles(files, p, dir+"/rollback", place)
			files = deleteFiles(files, p, deletePath(dir+"/rollback", place), place.remove)
		}
		files = append(files, p.node(dir+"/gate.yaml", gateNode(b, c)))
	}
	return files
}

func applyPath(dir string, p placeBundle) string {
	return dir + "/apply/" + namespaceDir(p.place.Namespace) + ".yaml"
}

func deletePath(dir string, p placeBundle) string {
	return dir + "/delete/" + namespaceDir(p.place.Namespace) + ".yaml"
}

func applyFiles(files []File, p *printer, path string, objects []*manifest.Object) []File {
	if len(objects) == 0 {
		return files
	}
	return append(files, p.objects(path, objects))
}

// restoreFiles writes what the way back applies at a place: a list of the
// variants that hold it, or else full manifests.
func restoreFiles(files []File, p *printer, dir string, place placeBundle) []File {
	if len(place.back) == 0 {
		return applyFiles(files, p, applyPath(dir, place), place.restore)
	}
	dir = restoreDir(dir, place)
	return append(files, p.list(dir, place.back))
}

func restoreDir(dir string, p placeBundle) string {
	return dir + "/apply/" + namespaceDir(p.place.Namespace)
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
