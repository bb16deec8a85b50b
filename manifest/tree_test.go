package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTreePositions(t *testing.T) {
	text := "# about\n---\nname: größe # ä\nlist:\n- a\n- {k: \"ß\", v: 1}\nnothing:\n"
	tree, diags := ParseTree("f.yaml", []byte(text))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	for _, c := range []struct{ path, value, key string }{
		{"", "f.yaml:3:1", "f.yaml:3:1"},
		{"name", "f.yaml:3:7", "f.yaml:3:1"},
		{"list", "f.yaml:5:1", "f.yaml:4:1"},
		{"list.0", "f.yaml:5:3", "f.yaml:5:3"},
		{"list.1.k", "f.yaml:6:7", "f.yaml:6:4"},
		{"list.1.v", "f.yaml:6:16", "f.yaml:6:13"},
		{"nothing", "f.yaml:7:1", "f.yaml:7:1"},
		{"list.7", "f.yaml:4:1", "f.yaml:4:1"},
		{"list.1.x.y", "f.yaml:6:3", "f.yaml:6:3"},
		{"absent.deep", "f.yaml:3:1", "f.yaml:3:1"},
	} {
		var path []string
		if c.path != "" {
			path = strings.Split(c.path, ".")
		}
		got := [2]string{tree.Pos(path...).String(), tree.KeyPos(path...).String()}
		if diff := cmp.Diff([2]string{c.value, c.key}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.path, diff)
		}
	}
}

func TestTreeErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":        {"", "f.yaml:1:1: error[yaml]: the file is empty"},
		"comments":     {"# a\n", "f.yaml:1:1: error[yaml]: the file is empty"},
		"two":          {"a: 1\n--- {b: 2}\n", "f.yaml:2:5: error[yaml]: another document begins here: the file may hold one only"},
		"duplicate":    {"a: 1\nb: 2\na: 3\n", `f.yaml:3:1: error[yaml]: the key "a" is there twice, first on line 1`},
		"no such text": {"a: .nan\n", "f.yaml:1:4: error[yaml]: .nan has no JSON form: quote it if it is meant as text"},
	} {
		_, diags := ParseTree("f.yaml", []byte(c.text))
		if err := diags.Err(); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestTreeLosesWhatCannotBeRead(t *testing.T) {
	tree, diags := ParseTree("f.yaml", []byte("a: &a [*a, 1]\nb: .inf\nc:\nd: ~\ne: 1\n"))
	if len(diags) != 2 || tree == nil {
		t.Fatalf("%v", diags)
	}
	for path, want := range map[string]bool{"a.0": true, "a.1": false, "b": true, "c": false, "d": false, "e": false} {
		if got := tree.Lost(tree.Root.Get(strings.Split(path, ".")...)); got != want {
			t.Errorf("%s is lost: %v", path, got)
		}
	}
}

func TestPairs(t *testing.T) {
	tree, _ := ParseTree("f.yaml", []byte("b: 1\na: 2\n"))
	var got []string
	for key, value := range tree.Root.Pairs() {
		got = append(got, key.Value()+"="+value.Value())
	}
	if diff := cmp.Diff([]string{"b=1", "a=2"}, got); diff != "" {
		t.Error(diff)
	}
	for range Str("x").Pairs() {
		t.Error("a scalar has pairs")
	}
}
