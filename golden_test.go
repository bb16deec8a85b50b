package rehome_test

import (
	"bytes"
	"flag"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/internal/kustbuild"
)

var update = flag.Bool("update", false, "record the goldens instead of comparing with them; run it through make golden")

// planFile is the plan of a case, and outDir the directory of its output.
const (
	planFile = "plan.yaml"
	outDir   = "out"
)

// TestGolden compiles each archive of testdata/golden. An archive holds a plan
// and its manifests, then a section for each stage, so that a diff shows which
// stage moved. Its comment says what the case is about, and may have a line of
// options:
//
//	record: apps states    which directories of the output are recorded; others are only listed
//	flat                   full manifests instead of overlays
//	refused                the plan has an error; without this line it must have none
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no case in testdata/golden")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := newGoldenCase(archive).run(t)
			keepSecrets(t, got)
			if *update && !t.Failed() {
				if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			compareArchives(t, archive, got)
		})
	}
}

// password stands in every Secret of the cases, and nowhere else.
const password = "s3cr3t-p4ss"

// keepSecrets fails the test when a section or the runbook tells a password:
// only manifests may hold it.
func keepSecrets(t *testing.T, archive *txtar.Archive) {
	t.Helper()
	for _, f := range archive.Files {
		told := strings.HasPrefix(f.Name, "want/") || path.Ext(f.Name) == ".md"
		if told && bytes.Contains(f.Data, []byte(password)) {
			t.Errorf("%s tells the value of a Secret", f.Name)
		}
	}
}

// compareArchives fails the test for every section that differs.
func compareArchives(t *testing.T, want, got *txtar.Archive) {
	t.Helper()
	recorded := map[string]string{}
	for _, f := range want.Files {
		recorded[f.Name] = string(f.Data)
	}
	for _, f := range got.Files {
		if diff := cmp.Diff(recorded[f.Name], string(f.Data)); diff != "" {
			t.Errorf("%s (-recorded +got; make golden records):\n%s", f.Name, diff)
		}
		delete(recorded, f.Name)
	}
	for _, f := range want.Files {
		if _, ok := recorded[f.Name]; ok {
			t.Errorf("%s is recorded and is not made any more", f.Name)
		}
	}
}

// goldenCase is one archive, taken apart.
type goldenCase struct {
	comment []byte
	inputs  []txtar.File
	record  []string // directories of the output that are recorded
	flat    bool
	refused bool
}

func newGoldenCase(archive *txtar.Archive) *goldenCase {
	c := &goldenCase{comment: archive.Comment}
	for _, f := range archive.Files {
		if !strings.HasPrefix(f.Name, "want/") && !strings.HasPrefix(f.Name, outDir+"/") {
			c.inputs = append(c.inputs, f)
		}
	}
	for line := range strings.Lines(string(archive.Comment)) {
		line = strings.TrimSpace(line)
		if dirs, ok := strings.CutPrefix(line, "record:"); ok {
			c.record = strings.Fields(dirs)
		}
		c.flat = c.flat || line == "flat"
		c.refused = c.refused || line == "refused"
	}
	return c
}

// run compiles the case and returns its archive with all sections as they are now.
func (c *goldenCase) run(t *testing.T) *txtar.Archive {
	t.Helper()
	sources := fstest.MapFS{}
	for _, f := range c.inputs {
		sources[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	result, diags := rehome.Compile(sources, planFile, rehome.Options{Workers: 2})
	archive := &txtar.Archive{Comment: c.comment, Files: slices.Clone(c.inputs)}
	archive.Files = append(archive.Files, sections(result, diags)...)
	if err := diags.Err(); (err != nil) != c.refused {
		t.Errorf("the plan is refused: %t, want %t: %v", err != nil, c.refused, err)
	}
	if diags.HasErrors() {
		return archive
	}
	files := outputOf(t, result, diags, c.flat)
	kustbuild.CheckBuild(t, sources, outDir, files, result.States)
	kustbuild.CheckOneNamespace(t, sources, outDir, files)
	return c.addOutput(archive, files)
}

// outputOf returns the output of a migration, for the directory outDir beside
// its sources.
func outputOf(t testing.TB, r *rehome.Result, findings diag.List, flat bool) []deliver.File {
	t.Helper()
	files, diags := deliver.Files(r.Schedule, r.States, deliver.Options{Flat: flat, SourceRoot: "../", Version: "test", Findings: findings, Workers: 2})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return files
}

// addOutput appends the files of the output that the case records, behind a list
// of all of them.
func (c *goldenCase) addOutput(archive *txtar.Archive, files []deliver.File) *txtar.Archive {
	archive.Files = append(archive.Files, txtar.File{Name: "want/files", Data: listing(files)})
	for _, f := range files {
		top, _, _ := strings.Cut(f.Path, "/")
		if slices.Contains(c.record, top) {
			archive.Files = append(archive.Files, txtar.File{Name: path.Join(outDir, f.Path), Data: f.Data})
		}
	}
	return archive
}

// listing returns the directories of the output, each with its files on a line.
func listing(files []deliver.File) []byte {
	var list strings.Builder
	last := ""
	for i, f := range files {
		dir, name := path.Split(f.Path)
		if i > 0 && dir == last {
			list.WriteString(" " + name)
			continue
		}
		if i > 0 {
			list.WriteString("\n")
		}
		last = dir
		list.WriteString(path.Join(".", dir) + ": " + name)
	}
	return []byte(list.String() + "\n")
}
