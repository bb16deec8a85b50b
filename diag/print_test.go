package diag

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample holds one diagnostic of each shape.
func sample() List {
	var l List
	l.Errorf("H16", Pos{"k8s/appa.yaml", 12, 5}, "%q names a namesake in foo", "serviceb").
		WithApp("appa").
		WithFix("write serviceb.foobar.svc.cluster.local").
		WithNote(Pos{"k8s/appa.yaml", 3, 3}, "needed by Deployment foobar/appa").
		WithNote(Pos{}, "moves with wave 1")
	l.Warnf(CodeReference, Pos{File: "k8s/größe & co.yaml", Line: 7}, "first line\nsecond line").
		WithFix("one\ntwo")
	l.Infof(CodeGroup, Pos{File: "k8s"}, "belongs to no app")
	l.Errorf(CodeOutput, Pos{}, "the disk is full")
	l.Errorf("", Pos{"/abs/a.yaml", 1, 1}, "tab\tescape \x1b[2J turn \u202e end \x07")
	return l
}

func written(t *testing.T, p Printer, l List, opts PrintOptions) string {
	t.Helper()
	var out bytes.Buffer
	if err := p(l, &out, opts); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPrint(t *testing.T) {
	want := `k8s/appa.yaml:12:5: error[H16]: "serviceb" names a namesake in foo
    needed by Deployment foobar/appa at k8s/appa.yaml:3:3
    moves with wave 1
    fix: write serviceb.foobar.svc.cluster.local
k8s/größe & co.yaml:7: warning[reference]: first line
    second line
    fix: one
         two
k8s: info[group]: belongs to no app
error[output]: the disk is full
/abs/a.yaml:1:1: error: tab	escape \u001b[2J turn \u202e end \u0007
`
	if diff := cmp.Diff(want, written(t, List.Print, sample(), PrintOptions{})); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestPrintColour(t *testing.T) {
	want := "\x1b[1m../k8s/appa.yaml:12:5:\x1b[0m \x1b[1;31merror[H16]\x1b[0m: \"serviceb\" names a namesake in foo\n" +
		"    needed by Deployment foobar/appa at ../k8s/appa.yaml:3:3\n" +
		"    moves with wave 1\n" +
		"    \x1b[32mfix:\x1b[0m write serviceb.foobar.svc.cluster.local\n" +
		"\x1b[1m../k8s/größe & co.yaml:7:\x1b[0m \x1b[1;33mwarning[reference]\x1b[0m: first line\n" +
		"    second line\n" +
		"    \x1b[32mfix:\x1b[0m one\n" +
		"         two\n" +
		"\x1b[1m../k8s:\x1b[0m \x1b[1;36minfo[group]\x1b[0m: belongs to no app\n"
	opts := PrintOptions{Colour: true, Rel: func(file string) string { return "../" + file }}
	if diff := cmp.Diff(want, written(t, List.Print, sample()[:3], opts)); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestPrintNothing(t *testing.T) {
	if got := written(t, List.Print, nil, PrintOptions{}); got != "" {
		t.Errorf("printed %q", got)
	}
}

// full is a writer that takes nothing.
type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestPrintersReturnWriteErrors(t *testing.T) {
	for name, p := range map[string]Printer{"text": List.Print, "JSON": List.PrintJSON, "SARIF": List.PrintSARIF} {
		if err := p(sample(), full{}, PrintOptions{}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPrintersAreDeterministic(t *testing.T) {
	for name, p := range map[string]Printer{"text": List.Print, "JSON": List.PrintJSON, "SARIF": List.PrintSARIF} {
		first := written(t, p, sample(), PrintOptions{})
		for range 20 {
			if again := written(t, p, sample(), PrintOptions{}); again != first {
				t.Fatalf("%s differs:\n%s", name, cmp.Diff(first, again))
			}
		}
		if !strings.HasSuffix(first, "\n") {
			t.Errorf("%s does not end in a line break", name)
		}
	}
}
