package manifest

import "testing"

func TestMapItems(t *testing.T) {
	list := Strs("a", "b", "c")
	same := func(_ int, item *Node) *Node { return item }
	if list.MapItems(same) != list {
		t.Error("nothing is different, but it is another node")
	}
	if n := Str("a"); n.MapItems(nil) != n {
		t.Error("a scalar has no items")
	}
	got := list.MapItems(func(i int, item *Node) *Node {
		switch i {
		case 0:
			return nil
		case 1:
			return Str("x")
		}
		return item
	})
	if !got.Equal(Strs("x", "c")) || got.content[1] != list.content[2] || list.Len() != 3 {
		t.Errorf("got %s of %s", got.AppendJSON(nil), list.AppendJSON(nil))
	}
}

func TestAppendString(t *testing.T) {
	for text, want := range map[string]string{"../a": "../a", "yes": `"yes"`, "a: b": "'a: b'", "": `""`} {
		if got := string(AppendString(nil, text)); got != want {
			t.Errorf("%q is written %s, want %s", text, got, want)
		}
	}
}
