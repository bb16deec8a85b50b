package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExamplesAreCurrent renders every example over its committed output, in a
// copy of the repository, and expects that nothing changes: `make generate`
// writes them.
func TestExamplesAreCurrent(t *testing.T) {
	repo := t.TempDir()
	copyTree(t, filepath.Join("..", "..", "examples"), filepath.Join(repo, "examples"))
	if err := os.Mkdir(filepath.Join(repo, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	plans, err := filepath.Glob(filepath.Join(repo, "examples", "*", "migration*.yaml"))
	if err != nil || len(plans) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	t.Chdir(repo)
	for _, plan := range plans {
		suffix := strings.TrimPrefix(strings.TrimSuffix(filepath.Base(plan), ".yaml"), "migration")
		out := filepath.Join(filepath.Dir(plan), "out"+suffix)
		before := readTree(t, out)
		var stdout, stderr bytes.Buffer
		if code := run([]string{"rehome", "render", plan, "-o", out}, strings.NewReader(""), &stdout, &stderr); code != exitClean {
			t.Errorf("rehome render %s: exit code %d\n%s", plan, code, stderr.String())
			continue
		}
		after := readTree(t, out)
		for path, data := range after {
			if before[path] != data {
				t.Errorf("%s is not what is committed: run make generate, and read the difference", filepath.Join(filepath.Base(out), path))
			}
		}
		if len(before) != len(after) {
			t.Errorf("%s has %d files, %d are committed", out, len(after), len(before))
		}
	}
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// readTree returns the files below a directory by their paths.
func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
