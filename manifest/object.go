// Package manifest is stage 1 of 7: it reads the objects of manifest roots, with
// the position of everything in them, and prints them again with what was
// changed spliced into the bytes that their authors wrote.
package manifest

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
)

// Object is one Kubernetes object in one state: the tree as it was read and the
// tree as it is now. Objects are immutable; the methods that change one return
// another that shares the source and all nodes that are the same. An object is
// printed by splicing the differences of the two trees into the source bytes,
// so what rehome does not change stays as its author wrote it.
type Object struct {
	ID      ID
	Version string // API version within the group, as written

	src  *Source
	base *Node // as read; nil when rehome made the object
	root *Node // as it is now
}

// Build says how a kustomization made an object.
type Build struct {
	Name       string // the name that patches in an overlay select: without the hash of a generator
	Namespace  string // the namespace that patches select, "" when the build sets none
	Generated  bool   // by a configMapGenerator or secretGenerator
	HashSuffix bool   // the name ends in a hash of the content
}

// New returns an object that rehome makes. The root must have apiVersion, kind
// and metadata.name.
func New(root *Node) *Object {
	group, version := SplitAPIVersion(root.Text("apiVersion"))
	return &Object{
		ID: ID{
			Group: group, Kind: root.Text("kind"),
			Namespace: root.Text("metadata", "namespace"), Name: root.Text("metadata", "name"),
		},
		Version: version,
		root:    root,
	}
}

// SplitAPIVersion splits an apiVersion into group and version; the core group
// is "".
func SplitAPIVersion(apiVersion string) (group, version string) {
	if g, v, ok := strings.Cut(apiVersion, "/"); ok {
		return g, v
	}
	return "", apiVersion
}

// Root returns the object's tree as it is now.
func (o *Object) Root() *Node { return o.root }

// Base returns the object's tree as it was read, nil when rehome made it.
func (o *Object) Base() *Node { return o.base }

// Get returns the node at a path, nil when there is none.
func (o *Object) Get(path ...string) *Node { return o.root.Get(path...) }

// Text returns the value of the scalar at a path, "" when there is none.
func (o *Object) Text(path ...string) string { return o.root.Text(path...) }

// APIVersion returns the apiVersion as it is written in a manifest.
func (o *Object) APIVersion() string {
	if o.ID.Group == "" {
		return o.Version
	}
	return o.ID.Group + "/" + o.Version
}

// Source returns where the object was read, nil when rehome made it.
func (o *Object) Source() *Source { return o.src }

// DefaultCluster names the cluster of objects whose root names none.
const DefaultCluster = "default"

// Cluster returns the cluster that the object is read for: objects of the same
// cluster see each other.
func (o *Object) Cluster() string {
	if o.src == nil || o.src.Root == nil || o.src.Root.Cluster == "" {
		return DefaultCluster
	}
	return o.src.Root.Cluster
}

// Identity returns a text that no other object of the inventory has: cluster,
// group, kind, namespace and name. Two objects may well stand at the same
// position of a file, when two overlays build on it.
func (o *Object) Identity() string {
	return strings.Join([]string{o.Cluster(), o.ID.Group, o.ID.Kind, o.ID.Namespace, o.ID.Name}, " ")
}

// Build returns how a kustomization made the object, nil when none did.
func (o *Object) Build() *Build {
	if o.src == nil {
		return nil
	}
	return o.src.build
}

// With returns the object with the value at a path set, see [Node.With].
func (o *Object) With(path Path, value *Node) *Object { return o.withRoot(o.root.With(path, value)) }

// Without returns the object without the node at a path.
func (o *Object) Without(path Path) *Object { return o.withRoot(o.root.Without(path)) }

// WithName returns the object under another name.
func (o *Object) WithName(name string) *Object {
	out := o.With(P("metadata", "name"), Str(name))
	if out == o {
		return o
	}
	out.ID.Name = name
	return out
}

// In returns the object in another namespace, which is written out even where
// the source left it to the client. Cluster-scoped objects are returned as they are.
func (o *Object) In(namespace string) *Object {
	if o.ID.Namespace == "" {
		return o
	}
	if o.ID.Namespace == namespace && o.Text("metadata", "namespace") == namespace {
		return o
	}
	metadata := o.root.Get("metadata")
	if metadata.Child("namespace") == nil {
		metadata = metadata.insertAfter("name", "namespace", Str(namespace))
	} else {
		metadata = metadata.With(P("namespace"), Str(namespace))
	}
	out := *o.With(P("metadata"), metadata)
	out.ID.Namespace = namespace
	return &out
}

func (o *Object) withRoot(root *Node) *Object {
	if root == o.root {
		return o
	}
	out := *o
	out.root = root
	return &out
}

// Detached returns the object as one that belongs to no manifest root: what is
// printed is the text of its author with the edits in it, and nothing that
// follows the source of the object finds it.
func (o *Object) Detached() *Object {
	if o.src == nil {
		return o
	}
	src, base := *o.src, *o.base
	src.Root, src.origin, src.build = nil, nil, nil
	out := *o
	out.src, out.base = &src, &base
	if o.root == o.base {
		out.root = &base
	}
	return &out
}

// Pos returns the position of the node at a path in the user's own file. Where
// the path leads nowhere (rehome added it) the deepest part of it that exists
// is taken; an object that rehome made has no position.
func (o *Object) Pos(path ...string) diag.Pos {
	if o.src == nil {
		return diag.Pos{}
	}
	return o.src.pos(o.base, path)
}
