package manifest

import "github.com/rehome-dev/rehome/diag"

// RootKind tells what a manifest root is, which decides how it is read and how
// its objects are written.
type RootKind uint8

// The kinds of manifest roots.
const (
	Kustomization RootKind = iota + 1 // a directory with a kustomization file
	Directory                         // a directory of manifests
	File                              // one file of manifests, or a List dump
)

// Root is one manifest root that the plan names.
type Root struct {
	Path      string   // slash-separated, relative to the root of the file system
	Namespace string   // the namespace of objects that state none
	Cluster   string   // the cluster that runs the objects
	App       string   // the app that has the root to itself, "" when apps are looked for in it
	Pos       diag.Pos // where the plan names it

	Kind RootKind // set by Read
}

// Inventory is everything that was read, once.
type Inventory struct {
	Roots   []*Root
	Objects []*Object // in order of roots, then files, then documents
}
