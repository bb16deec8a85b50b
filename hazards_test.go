package rehome_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/diag"
)

// repairedDir holds, of a case of a hazard, the files that are different in its
// repaired twin.
const repairedDir = "repaired/"

// leastHazards is how many cases there have to be.
const leastHazards = 30

// TestHazards compiles each archive of testdata/hazards and its repaired twin.
// The first part of the archive's name is the code that it is about; `want` is
// what is printed for it, and the twin has neither that code nor any error.
func TestHazards(t *testing.T) {
	files, err := filepath.Glob("testdata/hazards/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < leastHazards {
		t.Errorf("%d cases, want at least %d", len(files), leastHazards)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			code, _, _ := strings.Cut(name, "-")
			checkHazard(t, file, archive, code)
		})
	}
}

func checkHazard(t *testing.T, file string, archive *txtar.Archive, code string) {
	t.Helper()
	diags := diagnose(archive, "")
	if !reports(diags, code) {
		t.Errorf("no diagnostic has the code %s", code)
	}
	var got text
	if err := diags.Print(&got, diag.PrintOptions{}); err != nil {
		t.Fatal(err)
	}
	if *update {
		recordWant(t, file, archive, got.String())
	} else if diff := cmp.Diff(fileOf(archive, "want"), got.String()); diff != "" {
		t.Errorf("want (-recorded +got):\n%s", diff)
	}
	repaired := diagnose(archive, repairedDir)
	if err := repaired.Err(); err != nil {
		t.Errorf("the repaired twin has errors: %v", err)
	}
	if reports(repaired, code) {
		t.Errorf("the repaired twin is still reported as %s", code)
	}
}

// diagnose compiles the files of an archive, with those of a directory in it laid
// over them; "" lays none over. An empty file is taken away.
func diagnose(archive *txtar.Archive, over string) diag.List {
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		if f.Name != "want" && !strings.HasPrefix(f.Name, repairedDir) {
			put(files, f.Name, string(f.Data))
		}
	}
	for _, f := range archive.Files {
		name, ok := strings.CutPrefix(f.Name, over)
		switch {
		case over == "" || !ok:
		case len(f.Data) == 0:
			delete(files, name)
		default:
			put(files, name, string(f.Data))
		}
	}
	_, diags := rehome.Compile(files, planFile, rehome.Options{Workers: 1})
	return diags
}

func reports(diags diag.List, code string) bool {
	return slices.ContainsFunc(diags, func(d diag.Diagnostic) bool { return strings.EqualFold(string(d.Code), code) })
}

// fileOf returns a file of an archive, "" when it has none of the name.
func fileOf(archive *txtar.Archive, name string) string {
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// recordWant writes the diagnostics into the archive, before the repaired files.
func recordWant(t *testing.T, file string, archive *txtar.Archive, want string) {
	t.Helper()
	out := &txtar.Archive{Comment: archive.Comment}
	var repaired []txtar.File
	for _, f := range archive.Files {
		switch {
		case strings.HasPrefix(f.Name, repairedDir):
			repaired = append(repaired, f)
		case f.Name != "want":
			out.Files = append(out.Files, f)
		}
	}
	out.Files = append(append(out.Files, txtar.File{Name: "want", Data: []byte(want)}), repaired...)
	if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
		t.Fatal(err)
	}
}
