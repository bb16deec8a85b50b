package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// root is the directory of the module, seen from this package.
const root = "../.."

// pkg is the part of `go list -json` that the tests look at.
type pkg struct {
	Dir          string
	ImportPath   string
	Name         string
	Standard     bool
	Module       *struct{ Path string }
	GoFiles      []string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// modulePath is the path of the module under test.
func modulePath(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(string(output(t, "go", "list", "-m")))
}

// packages lists the packages that the patterns match.
func packages(t *testing.T, args ...string) []pkg {
	t.Helper()
	fields := "-json=Dir,ImportPath,Name,Standard,Module,GoFiles,Imports,TestImports,XTestImports"
	dec := json.NewDecoder(bytes.NewReader(output(t, "go", append([]string{"list", fields}, args...)...)))
	var pkgs []pkg
	for {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return pkgs
		}
		if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// output runs a command in the module's root.
func output(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = filepath.FromSlash(root)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.Bytes())
	}
	return out
}
