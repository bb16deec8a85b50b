package manifest

import (
	"strings"
	"testing"
)

// TestDetached holds that an object that is kept beside its successor is printed
// as its author wrote it, and is no object of its source any more.
func TestDetached(t *testing.T) {
	const text = "# addresses\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: urls} # short\ndata:\n  A: 'http://a' # the first\n"
	inv, list := Read(repo("-- a.yaml --\n"+text), roots("a.yaml"), ReadOptions{})
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	o := inv.Objects[0]
	kept := o.Detached()
	if got := string(kept.Bytes()); got != text {
		t.Errorf("it is printed as\n%s", got)
	}
	edited := o.With(P("data", "A"), Str("http://b")).Detached()
	if got, want := string(edited.Bytes()), strings.Replace(text, "http://a", "http://b", 1); got != want {
		t.Errorf("edited it is printed as\n%s", got)
	}
	if kept.Source() == o.Source() || kept.Source().Root != nil || kept.Build() != nil || kept.Base() == o.Base() {
		t.Error("it is still an object of its source")
	}
	if kept.Pos("data", "A") != o.Pos("data", "A") {
		t.Errorf("it stands at %s", kept.Pos("data", "A"))
	}
	made := New(o.Root())
	if made.Detached() != made {
		t.Error("what rehome made is detached")
	}
}
