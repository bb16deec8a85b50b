package manifest

import (
	"io/fs"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
)

// plainList reads a kustomization that does nothing but list files and
// directories of its like: kustomize would print what is in them and change
// nothing, at thirty times the cost. It gives up, and kustomize builds the
// kustomization, where anything at all makes that less than certain; errors are
// left to kustomize too.
type plainList struct {
	files   *files
	root    *Root
	seen    map[string]bool // files and directories
	objects []*Object
}

// plain reads a root as a plain build and reports whether it is one.
func (r *reader) plain(root *Root) ([]*Object, bool) {
	dir, _, err := r.files.resolve(root.Path)
	if err != nil {
		return nil, false
	}
	b := plainList{files: r.files, root: root, seen: map[string]bool{}}
	if !b.directory(dir) || !b.alone() {
		return nil, false
	}
	for _, o := range b.objects {
		o.src.build = &Build{Name: o.ID.Name, Namespace: o.Text("metadata", "namespace")}
	}
	return b.objects, true
}

// directory reads the kustomization of a directory.
func (b *plainList) directory(dir string) bool {
	name, err := b.files.kustomizationFile(dir)
	if err != nil || name == "" || b.seen[dir] {
		return false
	}
	b.seen[dir] = true
	data, err := b.files.read(name)
	if err != nil {
		return false
	}
	resources := plainResources(string(data))
	for _, p := range resources {
		if !b.resource(dir, p) {
			return false
		}
	}
	return len(resources) > 0
}

// plainResources returns the resources of a kustomization that has nothing else,
// nil of any other.
func plainResources(text string) []string {
	docs := splitDocuments(text)
	if len(docs) != 1 {
		return nil
	}
	root := readQuick(docs[0].text, newSlab(len(text)))
	var out []string
	for key, value := range root.Entries() {
		switch {
		case key == "apiVersion" && value.Value() == types.KustomizationVersion,
			key == "kind" && value.Value() == types.KustomizationKind:
		case key == "resources" && value.Len() > 0:
			for _, item := range value.Items() {
				if item.Tag() != StrTag || item.value == "" {
					return nil
				}
				out = append(out, item.value)
			}
		default:
			return nil
		}
	}
	return out
}

// resource reads an entry of a kustomization in a directory.
func (b *plainList) resource(dir, p string) bool {
	name := path.Join(dir, p)
	if path.IsAbs(p) || strings.Trim(p, plainPath) != "" || isRemote(p) || !fs.ValidPath(name) {
		return false
	}
	found, info, err := b.files.resolve(name)
	switch {
	case err != nil, found != name, b.seen[name]:
		return false
	case info.IsDir():
		return !contains(name, dir) && b.directory(name)
	}
	b.seen[name] = true
	return contains(dir, name) && b.file(name)
}

// plainPath are the characters of paths in which nothing but a path can be seen.
const plainPath = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./"

func (b *plainList) file(name string) bool {
	data, err := b.files.read(name)
	if err != nil {
		return false
	}
	objects, diags := parseDocuments(b.root, name, data)
	if len(diags) > 0 || len(objects) == 0 {
		return false
	}
	for _, o := range objects {
		if !o.src.plain || o.src.dumped || o.base != o.root || !keptByKustomize(o) {
			return false
		}
	}
	b.objects = append(b.objects, objects...)
	return true
}

// alone reports whether no two objects can be meant by one name, and all are in
// one namespace: kustomize then finds nothing to compare or to fill in.
func (b *plainList) alone() bool {
	type name struct{ kind, name string }
	taken := make(map[name]bool, len(b.objects))
	namespace := ""
	for _, o := range b.objects {
		n := name{o.ID.Kind, o.ID.Name}
		ns := o.Text("metadata", "namespace")
		if taken[n] || namespace != "" && ns != "" && ns != namespace {
			return false
		}
		taken[n] = true
		if ns != "" {
			namespace = ns
		}
	}
	return true
}
