package manifest

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"sigs.k8s.io/kustomize/api/konfig"

	"github.com/rehome-dev/rehome/diag"
)

// checkRoots reports roots that overlap: their objects would be read twice.
func checkRoots(roots []*Root) diag.List {
	type place struct {
		root *Root
		path string
	}
	places := make([]place, 0, len(roots))
	for _, root := range roots {
		if p := path.Clean(root.Path); root.Path != "" && fs.ValidPath(p) {
			places = append(places, place{root, p})
		}
	}
	// In this order a directory comes before all that lies below it.
	slices.SortStableFunc(places, func(a, b place) int {
		return slices.CompareFunc(split(a.path), split(b.path), cmp.Compare)
	})
	var list diag.List
	var outer []place // the directories around the current one
	for _, p := range places {
		for len(outer) > 0 && !contains(outer[len(outer)-1].path, p.path) {
			outer = outer[:len(outer)-1]
		}
		if len(outer) == 0 {
			outer = append(outer, p)
			continue
		}
		around := outer[len(outer)-1]
		if around.path == p.path {
			list.Errorf(diag.CodeSource, p.root.Pos, "source %s is named twice", p.path).
				WithNote(around.root.Pos, "first named here")
			continue
		}
		list.Errorf(diag.CodeSource, p.root.Pos, "source %s lies inside source %s", p.path, around.path).
			WithNote(around.root.Pos, "%s is named here", around.path).
			WithFix("name directories that do not contain each other")
		outer = append(outer, p)
	}
	return list
}

// split returns the elements of a path, none for the root.
func split(p string) []string {
	if p == "." {
		return nil
	}
	var elems []string
	for p != "." {
		elems = append(elems, path.Base(p))
		p = path.Dir(p)
	}
	slices.Reverse(elems)
	return elems
}

// discovery is what a root turned out to be.
type discovery struct {
	jobs []*job
	list diag.List
}

// discover finds out the kind of a root and the files to read.
func (r *reader) discover(root *Root) discovery {
	var d discovery
	name := path.Clean(root.Path)
	if root.Path == "" || !fs.ValidPath(name) {
		d.list.Errorf(diag.CodeSource, root.Pos, "source path %q leaves the repository", root.Path).
			WithFix("name a path below the root of the repository")
		return d
	}
	found, info, err := r.files.resolve(name)
	if err != nil {
		d.list = append(d.list, r.unreadable(root, err))
		return d
	}
	if !info.IsDir() {
		root.Kind = File
		d.file(root, name, found, info)
		return d
	}
	kustomization, err := r.files.kustomizationFile(found)
	switch {
	case err != nil:
		d.list.Errorf(diag.CodeSource, root.Pos, "%s %s", name, err.Error())
	case kustomization != "":
		root.Kind = Kustomization
		d.jobs = append(d.jobs, &job{root: root})
	default:
		root.Kind = Directory
		w := &dirWalk{files: r.files, root: root, discovery: &d}
		w.walk(name, found)
	}
	return d
}

func (d *discovery) file(root *Root, name, found string, info fs.FileInfo) {
	if slices.Contains(konfig.RecognizedKustomizationFileNames(), path.Base(name)) {
		d.list.Errorf(diag.CodeSource, root.Pos, "%s is a kustomization file, not a manifest", name).
			WithFix("name its directory: %s", path.Dir(name))
		return
	}
	d.jobs = append(d.jobs, &job{root: root, file: name, real: found, info: info})
}

// unreadable says why a root can't be read.
func (r *reader) unreadable(root *Root, err error) diag.Diagnostic {
	d := diag.Diagnostic{
		Code: diag.CodeSource, Severity: diag.Error, Pos: root.Pos,
		Message: fmt.Sprintf("source %s %s", root.Path, reason(err)),
	}
	if near := r.files.nearest(path.Clean(root.Path)); near != "" {
		d.WithFix("did you mean %s?", near)
	}
	return d
}

// nearest returns the path that exists and is most like one that does not: the
// first element that is missing is replaced by its nearest sibling.
func (f *files) nearest(name string) string {
	for name != "." {
		parent := path.Dir(name)
		if found, info, err := f.resolve(parent); err == nil && info.IsDir() {
			entries, err := fs.ReadDir(f.fsys, found)
			if err != nil {
				return ""
			}
			names := make([]string, len(entries))
			for i, e := range entries {
				names[i] = e.Name()
			}
			if near := diag.Nearest(path.Base(name), names); near != "" && near != path.Base(name) {
				return path.Join(parent, near)
			}
			return ""
		}
		name = parent
	}
	return ""
}
