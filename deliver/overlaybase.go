package deliver

import (
	"path"
	"regexp"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// overlayBase is what a user's kustomization builds, which overlays are laid on.
type overlayBase struct {
	objects []*manifest.Object // by key

	byNode map[*manifest.Node]*manifest.Object // by the tree as it was built
	byID   map[buildID]*manifest.Object
	names  map[string]bool   // of all objects, as built
	bare   map[string]string // names that end in a hash, without it
	named  map[kindOf][]*manifest.Object
	kinds  map[kindName]int // how many objects differ in group only
}

// buildID is what the patches of an overlay tell objects apart by.
type buildID struct {
	apiVersion, kind, namespace, name string
}

// kindOf is a kind and the name that an object of it has in the build.
type kindOf struct {
	kind, name string
}

// kindName is a buildID without the group.
type kindName struct {
	version, kind, namespace, name string
}

// index fills the tables and reports whether patches can tell all objects
// apart. They cannot where two objects of one kind and name differ in namespace
// and one of them states none: kustomize takes that for the namespace "default",
// and matches it with what any object had before a namespace was set on it.
func (b *overlayBase) index() bool {
	b.byNode, b.byID = map[*manifest.Node]*manifest.Object{}, map[buildID]*manifest.Object{}
	b.names, b.bare, b.kinds = map[string]bool{}, map[string]string{}, map[kindName]int{}
	b.named = map[kindOf][]*manifest.Object{}
	type state struct{ objects, unstated int }
	same := map[buildID]state{}
	for _, o := range b.objects {
		id := idOf(o)
		b.byNode[o.Base()], b.byID[id] = o, o
		b.names[o.ID.Name] = true
		named := kindOf{o.ID.Kind, o.ID.Name}
		b.named[named] = append(b.named[named], o)
		if o.Build().HashSuffix {
			b.bare[o.ID.Name] = o.Build().Name
		}
		b.kinds[kindName{o.Version, id.kind, id.namespace, id.name}]++
		unplaced := id
		unplaced.namespace = ""
		s := same[unplaced]
		s.objects++
		if id.namespace == "" || id.namespace == "default" {
			s.unstated++
		}
		if same[unplaced] = s; s.objects > 1 && s.unstated > 0 {
			return false
		}
	}
	return true
}

func idOf(o *manifest.Object) buildID {
	id := buildID{o.APIVersion(), o.ID.Kind, o.Text("metadata", "namespace"), o.ID.Name}
	if build := o.Build(); build != nil {
		id.name = build.Name
		if o.ID.Namespace != "" {
			id.namespace = build.Namespace
		}
	}
	return id
}

// of returns the object of the base that is patched to become an object of a
// variant, nil when that object is written in full. In full are written:
//   - what is not in the base;
//   - what has another name than in the base, and ServiceAccounts in another
//     namespace: kustomize remembers what a patched object was called and changes
//     every reference to it that it knows of, also those that rehome has left as
//     they are on purpose.
func (b *overlayBase) of(o *manifest.Object) *manifest.Object {
	base := b.byNode[o.Base()]
	if base == nil {
		return b.byID[buildID{o.APIVersion(), o.ID.Kind, o.Text("metadata", "namespace"), o.ID.Name}]
	}
	if o.APIVersion() != base.APIVersion() || o.ID.Kind != base.ID.Kind {
		return nil
	}
	if o.ID.Name != base.ID.Name && !base.Build().HashSuffix {
		return nil
	}
	if o.ID.Kind == "ServiceAccount" && o.Text("metadata", "namespace") != base.Text("metadata", "namespace") {
		return nil
	}
	return base
}

// target selects exactly one object of the base. Names and namespaces are
// regular expressions to kustomize, which anchors them; they are anchored here
// too, for readers and for older versions.
func (b *overlayBase) target(o *manifest.Object) *manifest.Node {
	var group, namespace *manifest.Node
	id := idOf(o)
	switch {
	case o.ID.Group != "":
		group = manifest.Str(o.ID.Group)
	case b.kinds[kindName{o.Version, id.kind, id.namespace, id.name}] > 1:
		group = manifest.Str("^$") // no group at all: an empty one selects all groups
	}
	switch {
	case o.ID.Namespace == "":
	case id.namespace == "":
		namespace = manifest.Str("^default$") // what kustomize takes an unstated namespace for
	default:
		namespace = manifest.Str(anchored(id.namespace))
	}
	return manifest.Map(
		manifest.F("group", group),
		manifest.F("version", manifest.Str(o.Version)),
		manifest.F("kind", manifest.Str(o.ID.Kind)),
		manifest.F("name", manifest.Str(anchored(id.name))),
		manifest.F("namespace", namespace),
	)
}

func anchored(name string) string { return "^" + regexp.QuoteMeta(name) + "$" }

// clean returns a path without what does not lead anywhere.
func clean(p string) string { return path.Clean(strings.TrimPrefix(p, "/")) }
