package manifest

import (
	"io/fs"

	"github.com/rehome-dev/rehome/diag"
)

// ReadOptions are the options of [Read].
type ReadOptions struct {
	// Workers is how many files and kustomizations are read side by side, 0 for
	// one per processor. The result is the same for any number.
	Workers int
}

// Read reads the manifests of all roots, which are paths within fsys, the
// repository. A root is one of
//
//   - a directory with a kustomization file, which is built by kustomize, once,
//     without plugins, Helm or anything remote;
//   - a directory of *.yaml, *.yml and *.json files, read recursively like
//     `kubectl apply -R -f`; other files are not looked at. A kustomization in
//     a sub-directory is an error: it must be a root of its own, because its
//     files are not what is applied;
//   - a file, which may hold several documents or a List.
//
// Read sets the roots' kinds. Objects are in the order of roots, then of files
// by name (or of the build), then of documents. When the list has errors the
// inventory holds what could be read.
func Read(fsys fs.FS, roots []*Root, opts ReadOptions) (*Inventory, diag.List) {
	r := &reader{files: newFiles(fsys)}
	list := checkRoots(roots)
	overlapping := list.HasErrors()
	found := make([]discovery, len(roots))
	forEach(opts.Workers, len(roots), func(i int) { found[i] = r.discover(roots[i]) })
	var jobs []*job
	for i := range found {
		list = append(list, found[i].list...)
		jobs = append(jobs, found[i].jobs...)
	}
	forEach(opts.Workers, len(jobs), func(i int) { r.run(jobs[i]) })
	inv := &Inventory{Roots: roots}
	count := map[*Root]int{}
	for _, j := range jobs {
		inv.Objects = append(inv.Objects, j.objects...)
		list = append(list, j.list...)
		count[j.root] += len(j.objects)
		if j.list.HasErrors() {
			count[j.root]++ // an error says why there are none
		}
	}
	for i, root := range roots {
		if count[root] == 0 && !found[i].list.HasErrors() {
			list.Errorf(diag.CodeSource, root.Pos, "%s holds no manifests", root.Path)
		}
	}
	unscopeClusterResources(inv.Objects)
	if !overlapping { // or everything in the overlap is there twice
		list = append(list, duplicates(inv.Objects)...)
	}
	return inv, list
}

// reader reads one repository.
type reader struct{ files *files }

// job is a piece of reading that is independent of all others: a file, or the
// build of a kustomization.
type job struct {
	root *Root
	file string // path to show; "" for the build of the root's kustomization
	real string // path to read, without symbolic links
	info fs.FileInfo

	objects []*Object
	list    diag.List
}

func (r *reader) run(j *job) {
	if j.file == "" {
		j.objects, j.list = r.build(j.root)
		return
	}
	data, err := r.files.load(j.real, j.info)
	if err != nil {
		j.list.Errorf(diag.CodeSource, diag.Pos{File: j.file}, "%s %s", j.file, reason(err)).
			WithNote(j.root.Pos, "named here")
		return
	}
	j.objects, j.list = readManifests(j.root, j.file, data)
}

// readManifests parses a file of manifests. A plan of rehome that lies beside
// them is left out.
func readManifests(root *Root, file string, data []byte) ([]*Object, diag.List) {
	objects, list := parseDocuments(root, file, data)
	kept := objects[:0]
	for _, o := range objects {
		if o.ID.Group == "rehome.dev" && o.ID.Kind == "MigrationPlan" {
			list.Infof(diag.CodeSource, o.Pos(), "migration plan %s is not a manifest of the cluster and is left out", o.ID.Name)
			continue
		}
		kept = append(kept, o)
	}
	return kept, list
}
