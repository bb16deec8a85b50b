package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sigs "sigs.k8s.io/yaml"
)

// parseOne parses a text that holds one object.
func parseOne(t *testing.T, text string) *Object {
	t.Helper()
	objects, diags := parseDocuments(&Root{}, "x.yaml", []byte(text))
	if err := diags.Err(); err != nil || len(objects) != 1 {
		t.Fatalf("%d objects, %v, from:\n%s", len(objects), err, text)
	}
	return objects[0]
}

// asJSON returns a tree as JSON values.
func asJSON(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return v
}

// sameAsKubernetes checks that sigs.k8s.io/yaml reads a text as the tree.
func sameAsKubernetes(t *testing.T, text string, root *Node) {
	t.Helper()
	want, err := sigs.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatalf("sigs.k8s.io/yaml: %v in:\n%s", err, text)
	}
	if diff := cmp.Diff(asJSON(t, want), asJSON(t, root.AppendJSON(nil))); diff != "" {
		t.Fatalf("sigs.k8s.io/yaml reads it differently (-sigs +ours):\n%s\n%s", diff, text)
	}
}

func TestRandomTreesSurviveParsing(t *testing.T) {
	for seed := range uint64(1500) {
		r := newRandom(seed)
		tree := r.object()
		text := r.write(tree)
		o := parseOne(t, text)
		if !o.Root().Equal(tree) {
			t.Fatalf("seed %d: parsed differently:\n%s\nwant %s\ngot  %s", seed, text, tree.AppendJSON(nil), o.Root().AppendJSON(nil))
		}
		sameAsKubernetes(t, text, o.Root())
		checkSpans(t, seed, o)
		printed := string(New(tree).Bytes())
		if again := parseOne(t, printed); !again.Root().Equal(tree) {
			t.Fatalf("seed %d: printed differently:\n%s\nwant %s\ngot  %s", seed, printed, tree.AppendJSON(nil), again.Root().AppendJSON(nil))
		}
		sameAsKubernetes(t, printed, tree)
	}
}

// checkSpans checks that children lie within their parents, in order.
func checkSpans(t *testing.T, seed uint64, o *Object) {
	t.Helper()
	var visit func(n *Node)
	visit = func(n *Node) {
		at := n.start
		for _, child := range n.content {
			if child.start < at || child.end > n.end || child.end < child.start {
				t.Fatalf("seed %d: span %d-%d of %s outside of %d-%d in:\n%s", seed, child.start, child.end, child.AppendJSON(nil), at, n.end, o.src.text)
			}
			at = child.end
			visit(child)
		}
	}
	visit(o.base)
}

func TestRandomEditsAreSpliced(t *testing.T) {
	for seed := range uint64(3000) {
		r := newRandom(seed)
		o := parseOne(t, r.write(r.object()))
		edited := o.withRoot(r.edit(o.root))
		text := string(edited.Bytes())
		objects, diags := parseDocuments(&Root{}, "x.yaml", []byte(text))
		if diags.HasErrors() || len(objects) != 1 || !objects[0].Root().Equal(edited.root) {
			t.Errorf("seed %d: %v\n%s", seed, diags.Err(), cmp.Diff(strings.Split(o.src.text, "\n"), strings.Split(text, "\n")))
			if len(objects) == 1 {
				t.Errorf("wrong: %s", listEdits(Diff(edited.root, objects[0].root)))
			}
			t.Fatalf("edits: %s", listEdits(edited.Edits()))
		}
		sameAsKubernetes(t, text, edited.root)
	}
}

func TestRandomListsAreCut(t *testing.T) {
	for seed := range uint64(600) {
		r := newRandom(seed)
		trees := []*Node{r.object(), r.object(), r.object()}
		text := r.write(Map(F("apiVersion", Str("v1")), F("kind", Str("List")), F("items", Seq(trees...)), F("metadata", Map())))
		objects, diags := parseDocuments(&Root{}, "x.yaml", []byte(text))
		if len(diags) > 0 || len(objects) != len(trees) {
			t.Fatalf("seed %d: %d objects, %v from:\n%s", seed, len(objects), diags.Err(), text)
		}
		for i, o := range objects {
			if again := parseOne(t, string(o.Bytes())); !o.root.Equal(trees[i]) || !again.root.Equal(trees[i]) {
				t.Fatalf("seed %d: item %d is read differently:\n%s\nfrom:\n%s", seed, i, o.Bytes(), text)
			}
			checkSpans(t, seed, o)
			edited := o.withRoot(r.edit(o.root))
			if again := parseOne(t, string(edited.Bytes())); !again.root.Equal(edited.root) {
				t.Fatalf("seed %d: edited item %d is read differently:\n%s", seed, i, edited.Bytes())
			}
		}
	}
}

func listEdits(edits []Edit) string {
	var b bytes.Buffer
	for _, e := range edits {
		fmt.Fprintf(&b, "\n%d %s: %s -> %s", e.Op, e.Path, e.Old.AppendJSON(nil), e.New.AppendJSON(nil))
	}
	return b.String()
}
