package manifest

import (
	"fmt"
	"io/fs"
	"log"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehome-dev/rehome/diag"
)

// noNetwork ends the tests when one reaches for the network. An error or a
// panic would be taken for one of kustomize.
type noNetwork struct{}

func (noNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	log.Fatalf("a test reaches for %s", r.URL)
	return nil, nil
}

// TestMain takes network and programs from all tests of the package.
func TestMain(m *testing.M) {
	http.DefaultTransport = noNetwork{}
	if err := os.Setenv("PATH", ""); err != nil {
		log.Fatal(err)
	}
	os.Exit(m.Run())
}

// repo returns a file system of the files of a txtar archive.
func repo(archive string) fstest.MapFS {
	out := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		out[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return out
}

// roots returns roots in the namespace "default-ns", named in lines of a plan.
func roots(paths ...string) []*Root {
	out := make([]*Root, len(paths))
	for i, p := range paths {
		out[i] = &Root{Path: p, Namespace: "default-ns", Pos: diag.Pos{File: "plan.yaml", Line: i + 1, Column: 9}}
	}
	return out
}

// mustRead reads roots that have no errors.
func mustRead(t *testing.T, fsys fs.FS, roots []*Root) *Inventory {
	t.Helper()
	inv, list := Read(fsys, roots, ReadOptions{})
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	return inv
}

// printed returns diagnostics as lines.
func printed(list diag.List) string {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "%s: %s[%s]: %s\n", d.Pos, d.Severity, d.Code, d.Message)
		for _, n := range d.Notes {
			fmt.Fprintf(&b, "  %s: %s\n", n.Pos, n.Text)
		}
		if d.Fix != "" {
			fmt.Fprintf(&b, "  fix: %s\n", d.Fix)
		}
	}
	return b.String()
}

// ids returns the IDs of the objects, one a line.
func ids(inv *Inventory) string {
	var b strings.Builder
	for _, o := range inv.Objects {
		fmt.Fprintln(&b, o.ID)
	}
	return b.String()
}

// object returns the only object of a kind.
func object(t *testing.T, inv *Inventory, kind string) *Object {
	t.Helper()
	var found *Object
	for _, o := range inv.Objects {
		if o.ID.Kind == kind {
			if found != nil {
				t.Fatalf("several objects of kind %s", kind)
			}
			found = o
		}
	}
	if found == nil {
		t.Fatalf("no object of kind %s in\n%s", kind, ids(inv))
	}
	return found
}
