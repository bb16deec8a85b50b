package deliver

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// operations returns the JSON patch (RFC 6902) that turns an object of the base
// into the variant's. A value that is replaced or removed is tested first: the
// build fails, rather than yielding something else, when the user's base has
// changed under the patch, and a reviewer sees the old value beside the new.
// The values of Secrets are never tested, because they would be printed.
func (o *overlay) operations(p pair) []*manifest.Node {
	var ops []*manifest.Node
	whole := o.wholeFields(p)
	for _, e := range p.base.With(nil, p.is.Root()).Edits() {
		if covered(whole, e.Path) {
			continue
		}
		if p.base.Build().HashSuffix && isName(e.Path) {
			continue // kustomize computes the hash again
		}
		ops = append(ops, o.operation(p, e)...)
	}
	for _, path := range whole {
		op := "add" // which replaces what is there, but in a sequence
		if p.is.Get(path[:len(path)-1]...).Kind() == manifest.Sequence {
			op = "replace"
		}
		ops = append(ops, operation(op, path, p.is.Get(path...)))
	}
	return ops
}

// operation returns the operations of one edit.
func (o *overlay) operation(p pair, e manifest.Edit) []*manifest.Node {
	was, is := withoutHashes(e.Old, o.base.bare), withoutHashes(e.New, o.bare)
	if e.Op == manifest.Replace && was.Equal(is) {
		return nil
	}
	var ops []*manifest.Node
	if e.Op != manifest.Add && o.testable(p, e) {
		ops = append(ops, operation("test", e.Path, was))
	}
	switch e.Op {
	case manifest.Add:
		return append(ops, operation("add", e.Path, is))
	case manifest.Replace:
		return append(ops, operation("replace", e.Path, is))
	case manifest.Remove:
		return append(ops, operation("remove", e.Path, nil))
	}
	return ops
}

func operation(op string, path manifest.Path, value *manifest.Node) *manifest.Node {
	return manifest.Map(
		manifest.F("op", manifest.Str(op)),
		manifest.F("path", manifest.Str(path.Pointer())),
		manifest.F("value", value),
	)
}

// testable reports whether the old value is what stands in the object when the
// patch is applied, and may be shown. What is a name of another object need not
// be: kustomize fills in prefixes, hashes and namespaces of references at the
// very end of a build. The namespace of the object itself selects it already.
func (o *overlay) testable(p pair, e manifest.Edit) bool {
	if p.base.ID.Kind == "Secret" || isNamespace(e.Path) {
		return false
	}
	last := e.Path[len(e.Path)-1]
	named := strings.HasSuffix(last, "name") || strings.HasSuffix(last, "Name") || strings.HasSuffix(last, "namespace")
	if e.Old.Kind() != manifest.Scalar {
		return !o.mentions(e.Old)
	}
	return !named || !o.base.names[e.Old.Value()]
}

// mentions reports whether a tree holds a name that kustomize may fill in.
func (o *overlay) mentions(n *manifest.Node) bool {
	found := false
	n.Scalars(func(_ manifest.Path, s *manifest.Node) { found = found || o.base.names[s.Value()] })
	return found
}

// withoutHashes returns the tree with the names of generated objects as they are
// while patches are applied: kustomize adds the hashes afterwards, also to the
// references.
func withoutHashes(n *manifest.Node, bare map[string]string) *manifest.Node {
	if n == nil || len(bare) == 0 {
		return n
	}
	out := n
	n.Scalars(func(at manifest.Path, s *manifest.Node) {
		if name := bare[s.Value()]; name != "" {
			out = out.With(at.Join(), manifest.Str(name))
		}
	})
	return out
}

func isName(p manifest.Path) bool { return len(p) == 2 && p[0] == "metadata" && p[1] == "name" }

func isNamespace(p manifest.Path) bool {
	return len(p) == 2 && p[0] == "metadata" && p[1] == "namespace"
}
