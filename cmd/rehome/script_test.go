package main

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rehome-dev/rehome/internal/realdata"
)

var update = flag.Bool("update", false, "write again what the scripts expect; read the difference")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"rehome":         main,
		"kubectl-rehome": main,
	})
}

// TestScripts runs the scripts of the command line. Each begins in a repository
// that holds the examples.
func TestScripts(t *testing.T) {
	runScripts(t, filepath.Join("testdata", "script"), func(dir string) error {
		if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
			return err
		}
		return os.CopyFS(filepath.Join(dir, "examples"), sourcesOnly{os.DirFS(filepath.Join("..", "..", "examples"))})
	})
}

// TestBoutiqueScripts runs the scripts that need the Online Boutique, which lies
// beside the repository that each begins in.
func TestBoutiqueScripts(t *testing.T) {
	manifests, name := realdata.OnlineBoutique(t)
	boutique, err := fs.Sub(manifests, name)
	if err != nil {
		t.Fatal(err)
	}
	runScripts(t, filepath.Join("testdata", "boutique"), func(dir string) error {
		return os.CopyFS(filepath.Join(dir, name), boutique)
	})
}

func runScripts(t *testing.T, dir string, fill func(dir string) error) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		Setup:               func(env *testscript.Env) error { return fill(env.WorkDir) },
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"binary":  cmdBinary,
			"code":    cmdCode,
			"inodes":  cmdInodes,
			"replace": cmdReplace,
			"sparse":  cmdSparse,
			"sums":    cmdSums,
			"tree":    cmdTree,
		},
	})
}

// sourcesOnly hides the directories that rehome wrote.
type sourcesOnly struct{ fs.FS }

// ReadDir implements [fs.ReadDirFS].
func (s sourcesOnly) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	var out []fs.DirEntry
	for _, e := range entries {
		if _, err := fs.Stat(s.FS, name+"/"+e.Name()+"/"+sumsFile); err != nil {
			out = append(out, e)
		}
	}
	return out, err
}
