package rehome_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/diag"
)

// rendered returns the files of a golden case with its output in the directory
// out, as rehome render writes it.
func rendered(t *testing.T, name string) fstest.MapFS {
	t.Helper()
	data, err := os.ReadFile("testdata/golden/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range newGoldenCase(txtar.Parse(data)).inputs {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	r, diags := rehome.Compile(files, planFile, rehome.Options{Workers: 2})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	out, diags := deliver.Files(r.Schedule, r.States, deliver.Options{
		SourceRoot: "..", Within: outDir, Inputs: []deliver.Input{{Path: "k8s/none.yaml"}, {Path: planFile}}, Workers: 2,
	})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	for _, f := range out {
		files[outDir+"/"+f.Path] = &fstest.MapFile{Data: f.Data}
	}
	return files
}

// TestHandEdits proves rendered outputs as they lie on disk: as rendered, and
// with edits that break a call.
func TestHandEdits(t *testing.T) {
	tests := []struct {
		name, golden string
		edit         string // part of a file's path
		old, changed string
		code         diag.Code
		says         string
	}{
		{"as rendered", "foobar-externalname", "", "", "", "", ""},
		{"as rendered, relay", "foobar-relay", "", "", "", "", ""},
		{"as rendered, whole manifests", "directory-many-per-file", "", "", "", "", ""},
		{"an alias to nowhere", "foobar-externalname", "apps/appa/", "servicea.foo.svc", "serviceb.foo.svc", "P1", "servicea"},
		{"an alias without the domain", "foobar-externalname", "apps/appa/", "servicea.foo.svc.cluster.local", "servicea.foo", "H06", "servicea.foo"},
		{"a state that lists nothing", "foobar-externalname", "states/02-deploy-appa/default/foo/kustomization.yaml", "../", "../../../../no-such/../", "output", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			files := rendered(t, tt.golden)
			edited := false
			for name, f := range files {
				if tt.edit == "" || !strings.HasPrefix(name, outDir+"/"+tt.edit) || !strings.Contains(string(f.Data), tt.old) {
					continue
				}
				files[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(f.Data), tt.old, tt.changed))}
				edited = true
			}
			if tt.edit != "" && !edited {
				t.Fatalf("no file under %s holds %q", tt.edit, tt.old)
			}
			plan, diags := rehome.PlanOf(files, outDir)
			if plan != planFile {
				t.Fatalf("PlanOf = %q, %v", plan, diags)
			}
			r, diags := rehome.CompileOutput(files, plan, outDir, rehome.Options{Workers: 2})
			if tt.code == "" {
				if err := diags.Err(); err != nil || r.Proof == nil {
					t.Errorf("no proof: %v", err)
				}
				return
			}
			for _, d := range diags {
				if d.Severity == diag.Error && (d.Code == tt.code || tt.code == "output") && strings.Contains(d.Message, tt.says) {
					return
				}
			}
			t.Errorf("not caught with %s: %v", tt.code, diags.Err())
		})
	}
}
