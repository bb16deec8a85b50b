// Package realdata gives tests the real manifests that some of them run on,
// which are not part of the repository.
package realdata

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// OnlineBoutique returns a file system of real manifests and the path of the
// Online Boutique in it. They are looked for in the directory that REHOME_REAL
// names, or else in ../shared/real beside the repository. Where they are absent
// the test is skipped.
func OnlineBoutique(t testing.TB) (fs.FS, string) {
	t.Helper()
	const name = "online-boutique"
	dir := os.Getenv("REHOME_REAL")
	if dir == "" {
		dir = filepath.Join(filepath.Dir(repository(t)), "shared", "real")
	}
	if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
		t.Skipf("no real manifests in %s: set REHOME_REAL", dir)
	}
	return os.DirFS(dir), name
}

// repository returns the directory of go.mod, which tests run below.
func repository(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}
