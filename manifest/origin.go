package manifest

import (
	"strconv"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/resource"

	"github.com/rehome-dev/rehome/diag"
)

// originFile finds the nodes of one object that kustomize built in the file
// that its author wrote. It may be used concurrently.
type originFile struct {
	file      string
	built     *Node           // the object as built
	object    func() *Object  // the object in the file, found when first asked for; nil when there is none
	generator *generatorEntry // of a generated object; nil for others
}

// origin returns where the nodes of a built object come from.
func (b *build) origin(o *Object, from *resource.Origin, file string) *originFile {
	if isGenerated(from) {
		return &originFile{file: file, built: o.base, generator: b.generatorEntry(o, from, file)}
	}
	text := b.text(file)
	return &originFile{file: file, built: o.base, object: sync.OnceValue(func() *Object { return text.find(o) })}
}

// text returns a file of objects, which all objects from it share.
func (b *build) text(file string) *originText {
	if t, ok := b.texts[file]; ok {
		return t
	}
	t := &originText{}
	// The bytes are those that kustomize read: nothing is read after Read returns.
	if data, err := b.files.read(file); err == nil {
		root := b.root
		t.objects = sync.OnceValue(func() map[originKey][]*Object { return index(root, file, data) })
	} else {
		t.objects = func() map[originKey][]*Object { return nil }
	}
	b.texts[file] = t
	return t
}

// pos returns the position of the node at a path of the built object. List
// items are matched by their name where they have one, because kustomize may
// change their order; where the path leads to what is not in the file (a
// patch added it) the deepest part of it that is there is taken.
func (f *originFile) pos(path []string) diag.Pos {
	if f.generator != nil {
		return f.generator.pos(path)
	}
	if f.object == nil {
		return diag.Pos{File: f.file}
	}
	o := f.object()
	if o == nil {
		return diag.Pos{File: f.file}
	}
	return o.src.pos(o.base, samePath(f.built, o.base, path))
}

// samePath translates a path of a built object to one of the object in its
// file, as far as the file has it.
func samePath(built, written *Node, path []string) []string {
	var out []string
	for _, elem := range path {
		there := elem
		if written.Kind() == Sequence {
			there = sameItem(built, written, elem)
		}
		out = append(out, there)
		built, written = built.Child(elem), written.Child(there)
		if written == nil {
			break // the position is that of what is there
		}
	}
	return out
}

// sameItem returns the index in the file of a list item of the built object,
// "" when it is not there.
func sameItem(built, written *Node, elem string) string {
	item := built.Child(elem)
	same := func(other *Node) bool { return item.Kind() == Scalar && other.Equal(item) }
	if name := item.Text("name"); name != "" {
		same = func(other *Node) bool { return other.Text("name") == name }
	}
	at := written.Child(elem)
	if at != nil && (same(at) || item.Text("name") == "" && at.Text("name") == "" && item.Kind() != Scalar) {
		return elem
	}
	for i, other := range written.Items() {
		if same(other) {
			return strconv.Itoa(i)
		}
	}
	if item.Kind() == Scalar {
		return elem // changed in place
	}
	return ""
}

// originText is a file that objects come from, parsed when a position in it is
// first asked for.
type originText struct {
	objects func() map[originKey][]*Object
}

// originKey finds objects in a file. The name is "" in a second entry of each
// object, which finds all of a kind.
type originKey struct{ group, kind, name string }

func index(root *Root, file string, data []byte) map[originKey][]*Object {
	objects, _ := parseDocuments(root, file, data)
	out := make(map[originKey][]*Object, 2*len(objects))
	for _, o := range objects {
		for _, name := range [...]string{o.ID.Name, ""} {
			key := originKey{o.ID.Group, o.ID.Kind, name}
			out[key] = append(out[key], o)
		}
	}
	return out
}

// find returns the object of the file that a built object comes from: the one
// of its kind and name, or else the one whose name became the built one by a
// prefix or suffix, or else the only one of its kind.
func (t *originText) find(built *Object) *Object {
	byName := t.objects()
	name := built.ID.Name
	if made := built.Build(); made != nil {
		name = made.Name
	}
	if same := byName[originKey{built.ID.Group, built.ID.Kind, name}]; len(same) > 0 {
		return inNamespace(same, built.ID.Namespace)
	}
	ofKind := byName[originKey{built.ID.Group, built.ID.Kind, ""}]
	if len(ofKind) == 1 {
		return ofKind[0]
	}
	var longest *Object
	for _, o := range ofKind {
		if strings.Contains(name, o.ID.Name) && (longest == nil || len(o.ID.Name) > len(longest.ID.Name)) {
			longest = o
		}
	}
	return longest
}

// inNamespace returns the object in a namespace, the first when none is in it.
func inNamespace(objects []*Object, namespace string) *Object {
	for _, o := range objects {
		if o.ID.Namespace == namespace {
			return o
		}
	}
	return objects[0]
}
