package manifest

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// apply carries out an edit as a JSON Patch operation (RFC 6902, section 4).
func apply(t *testing.T, n *Node, e Edit) *Node {
	t.Helper()
	switch e.Op {
	case Remove:
		if n.Get(e.Path...) == nil {
			t.Fatalf("%s to be removed is not there", e.Path)
		}
		return n.Without(e.Path)
	case Replace:
		if n.Get(e.Path...) == nil && len(e.Path) > 0 {
			t.Fatalf("%s to be replaced is not there", e.Path)
		}
		return n.With(e.Path, e.New)
	case Add:
	}
	last := len(e.Path) - 1
	parent := n.Get(e.Path[:last]...)
	if parent.Kind() == Mapping {
		return n.With(e.Path, e.New)
	}
	i, err := strconv.Atoi(e.Path[last])
	if err != nil || i > parent.Len() {
		t.Fatalf("%s can't be added", e.Path)
	}
	return n.With(e.Path[:last], Seq(slices.Insert(slices.Clone(parent.content), i, e.New)...))
}

func TestEditsCanBeApplied(t *testing.T) {
	for seed := range uint64(4000) {
		r := newRandom(seed)
		before := r.object()
		after := r.edit(before)
		is := before
		for _, e := range Diff(before, after) {
			is = apply(t, is, e)
		}
		if !is.Equal(after) {
			t.Fatalf("seed %d: the edits make\n%s\nnot\n%s", seed, is.AppendJSON(nil), after.AppendJSON(nil))
		}
		if edits := Diff(after, is); len(edits) > 0 {
			t.Fatalf("seed %d: equal trees differ by %d edits", seed, len(edits))
		}
	}
}

func TestDiff(t *testing.T) {
	x, y, z := Str("x"), Map(F("n", Int(1))), Strs("p", "q")
	tests := []struct {
		name          string
		before, after *Node
		want          string
	}{
		{"same", y, y, ""},
		{"equal", Map(F("a", Int(1)), F("b", Int(2))), Map(F("b", Int(2)), F("a", Int(1))), ""},
		{"scalar", Map(F("a", Int(1))), Map(F("a", Str("1"))), "\n2 a: 1 -> \"1\""},
		{"kind", Map(F("a", x)), Map(F("a", z)), "\n2 a: \"x\" -> [\"p\",\"q\"]"},
		{"keys", Map(F("a", x), F("b", x)), Map(F("b", x), F("c", x)), "\n3 a: \"x\" -> null\n1 c: null -> \"x\""},
		{"removed items from the back", Seq(x, y, z), Seq(y), "\n3 2: [\"p\",\"q\"] -> null\n3 0: \"x\" -> null"},
		{"appended items", Seq(x), Seq(x, y, z), "\n1 1: null -> {\"n\":1}\n1 2: null -> [\"p\",\"q\"]"},
		{"items by index", Seq(x, Map(F("n", Int(2)))), Seq(Str("w"), y), "\n2 0: \"x\" -> \"w\"\n2 1.n: 2 -> 1"},
		{"first item for a last one", Seq(x, y), Seq(y, z), "\n3 0: \"x\" -> null\n1 1: null -> [\"p\",\"q\"]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after := tt.before, tt.after
			if diff := cmp.Diff(tt.want, listEdits(Diff(before, after))); diff != "" {
				t.Errorf("edits (-want +got):\n%s", diff)
			}
		})
	}
}
