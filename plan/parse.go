package plan

import (
	"reflect"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// Parse reads a migration plan, strictly: whatever the plan language does not
// know, whatever contradicts itself and whatever has no effect is an error. All
// errors are reported together; a plan is returned when there is none.
func Parse(file string, data []byte) (*Plan, diag.List) {
	tree, diags := manifest.ParseTree(file, data)
	if tree == nil {
		return nil, diags
	}
	h := header{tree: tree}
	if goOn := h.check(); !goOn {
		return nil, append(diags, h.diags...).Sorted()
	}
	d := decoder{tree: tree, types: map[reflect.Type][]field{}}
	p := &Plan{}
	d.decode(subject{node: tree.Root}, &field{}, reflect.ValueOf(p).Elem())
	v := validator{plan: p, tree: tree}
	v.run()
	diags = slices.Concat(diags, h.diags, d.diags, v.diags)
	if diags.HasErrors() {
		return nil, diags.Sorted()
	}
	return p, diags
}

// header checks that a file is a migration plan at all: the errors of one that
// is something else would only confuse.
type header struct {
	tree  *manifest.Tree
	diags diag.List
}

// check reports what is wrong with apiVersion and kind, and says whether the
// rest of the file is worth reading.
func (h *header) check() bool {
	root := h.tree.Root
	if root.Kind() != manifest.Mapping {
		h.diags.Errorf(diag.CodePlan, h.tree.At(root), "this is no migration plan: expected a mapping, found %s", describe(root)).
			WithFix("begin with `apiVersion: %s` and `kind: %s`", APIVersion, Kind)
		return false
	}
	version, kind := root.Child("apiVersion"), root.Child("kind")
	if version == nil && kind == nil && root.Child("spec") == nil {
		h.diags.Errorf(diag.CodePlan, h.tree.At(root), "this is no migration plan%s: it has neither apiVersion nor kind", h.guess()).
			WithFix("begin with `apiVersion: %s` and `kind: %s`", APIVersion, Kind)
		return false
	}
	if kind.Tag() == manifest.StrTag && kind.Value() != Kind {
		return h.otherKind(kind.Value(), version.Value())
	}
	if version.Tag() == manifest.StrTag && version.Value() != APIVersion {
		h.otherVersion(version.Value())
	}
	return true
}

// guess says what a file without a kind looks like.
func (h *header) guess() string {
	for _, key := range [...]string{"resources", "bases", "components", "patches", "namePrefix", "configMapGenerator"} {
		if h.tree.Root.Child(key) != nil {
			return " but looks like a kustomization"
		}
	}
	return ""
}

// otherKind reports a kind that is not a plan's. When it is close to it, the
// rest is worth reading.
func (h *header) otherKind(kind, version string) bool {
	pos := h.tree.Pos("kind")
	if nearest(kind, []string{Kind}) != "" {
		h.diags.Errorf(diag.CodePlan, pos, "unknown kind %q", kind).WithFix("write %q", Kind)
		if version != APIVersion && version != "" {
			h.otherVersion(version)
		}
		return true
	}
	h.diags.Errorf(diag.CodePlan, pos, "this is no migration plan but a %s", strings.TrimSpace(kind+" "+parenthesised(version))).
		WithFix("a plan has `apiVersion: %s` and `kind: %s`", APIVersion, Kind)
	return false
}

func parenthesised(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

func (h *header) otherVersion(version string) {
	e := h.diags.Errorf(diag.CodePlan, h.tree.Pos("apiVersion"), "unknown apiVersion %q, expected %q", version, APIVersion)
	group, v := manifest.SplitAPIVersion(version)
	if known, _ := manifest.SplitAPIVersion(APIVersion); group == known && isVersion(v) {
		e.WithFix("this rehome reads %s; a plan of another version needs another rehome", APIVersion)
		return
	}
	e.WithFix("write %q", APIVersion)
}

// isVersion reports whether a text is a version as Kubernetes writes them: v1,
// v1beta2 (k8s.io/apimachinery/pkg/version).
func isVersion(s string) bool {
	major, ok := strings.CutPrefix(s, "v")
	if !ok {
		return false
	}
	for _, stage := range [...]string{"alpha", "beta"} {
		if before, minor, found := strings.Cut(major, stage); found {
			return isNumber(before) && isNumber(minor)
		}
	}
	return isNumber(major)
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
