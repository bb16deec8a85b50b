package plan

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehome-dev/rehome/diag"
)

// TestParseErrors compares what is said of wrong plans, position and fix
// included, with what the archives record.
func TestParseErrors(t *testing.T) {
	archives, err := filepath.Glob("testdata/parse/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	cases := 0
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(archive.Files); i += 2 {
			cases++
			checkErrors(t, archive.Files[i], &archive.Files[i+1])
		}
		if os.Getenv("REHOME_UPDATE") != "" {
			if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if cases < 40 {
		t.Errorf("only %d wrong plans", cases)
	}
}

func checkErrors(t *testing.T, in txtar.File, want *txtar.File) {
	t.Run(path.Dir(in.Name), func(t *testing.T) {
		p, diags := Parse("plan.yaml", in.Data)
		if p != nil || !diags.HasErrors() {
			t.Errorf("the plan was accepted")
		}
		checkPositions(t, in.Data, diags)
		got := printed(t, diags)
		if os.Getenv("REHOME_UPDATE") != "" {
			want.Data = got
			return
		}
		if diff := cmp.Diff(string(want.Data), string(got)); diff != "" {
			t.Errorf("diagnostics (-want +got):\n%s", diff)
		}
	})
}

func printed(t *testing.T, diags diag.List) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := diags.Print(&out, diag.PrintOptions{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// checkPositions fails when a diagnostic or a note points out of the file. One
// about the file as a whole, which is no text, has no line.
func checkPositions(t *testing.T, data []byte, diags diag.List) {
	t.Helper()
	lines := bytes.Split(data, []byte("\n"))
	check := func(pos diag.Pos, what string) {
		if pos == (diag.Pos{File: "plan.yaml"}) {
			return
		}
		if pos.File != "plan.yaml" || pos.Line < 1 || pos.Line > len(lines) || pos.Column < 1 || pos.Column > len(lines[pos.Line-1])+1 {
			t.Errorf("%v is not a position in the file: %s", pos, what)
		}
	}
	for _, d := range diags {
		check(d.Pos, d.Message)
		for _, n := range d.Notes {
			check(n.Pos, n.Text)
		}
	}
}
