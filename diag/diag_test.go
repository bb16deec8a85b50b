package diag

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPosString(t *testing.T) {
	for want, p := range map[string]Pos{
		"-": {}, "a.yaml": {File: "a.yaml"}, "a.yaml:3": {File: "a.yaml", Line: 3}, "a.yaml:3:7": {"a.yaml", 3, 7},
	} {
		if got := p.String(); got != want {
			t.Errorf("%#v prints as %q, want %q", p, got, want)
		}
	}
}

func TestSorted(t *testing.T) {
	var l List
	l.Warnf("b", Pos{"b.yaml", 1, 1}, "last")
	l.Warnf("a", Pos{"a.yaml", 2, 1}, "third")
	l.Errorf("z", Pos{"a.yaml", 2, 1}, "second")
	l.Errorf("z", Pos{"a.yaml", 1, 9}, "first")
	l.Errorf("z", Pos{"a.yaml", 1, 9}, "first")
	var got []string
	for _, d := range l.Sorted() {
		got = append(got, d.Message)
	}
	if diff := cmp.Diff([]string{"first", "second", "third", "last"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if l[0].Message != "last" {
		t.Error("Sorted changed the list itself")
	}
}

func TestErr(t *testing.T) {
	var l List
	l.Warnf("a", Pos{}, "harmless")
	if err := l.Err(); err != nil {
		t.Errorf("a warning is the error %v", err)
	}
	l.Errorf("plan", Pos{"p.yaml", 1, 2}, "one")
	l.Errorf("plan", Pos{"p.yaml", 3, 4}, "two")
	err := l.Err()
	if want := "p.yaml:1:2: error[plan]: one\np.yaml:3:4: error[plan]: two"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if errors.Unwrap(err) != nil {
		t.Error("the error wraps another")
	}
}

func TestNearest(t *testing.T) {
	words := []string{"name", "namespace", "dependsOn", "frozen", "to"}
	for in, want := range map[string]string{
		"nmae": "name", "names": "name", "namspace": "namespace", "dependson": "dependsOn", "frozn": "frozen",
		"name": "name", "order": "", "xyzzy": "", "": "",
	} {
		if got := Nearest(in, words); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Nearest("a", nil); got != "" {
		t.Errorf("Nearest of nothing is %q", got)
	}
}
