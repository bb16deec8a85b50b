package plan

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzParse checks that nothing makes Parse panic, that every diagnostic points
// into the file, and that there is a plan exactly when there is no error.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"minimal", "full", "anchors"} {
		f.Add(readGood(f, name))
	}
	archives, err := filepath.Glob("testdata/parse/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for i := 0; i < len(archive.Files); i += 2 {
			f.Add(archive.Files[i].Data)
		}
	}
	f.Add([]byte("\xFF\xFEa\x00"))
	f.Add([]byte("a: \xFF"))
	f.Add([]byte("a: \x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, diags := Parse("plan.yaml", data)
		checkPositions(t, data, diags)
		if (p == nil) != diags.HasErrors() {
			t.Errorf("plan %v with %d errors", p != nil, len(diags))
		}
	})
}
