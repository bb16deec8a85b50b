package build

import (
	"os"
	"path/filepath"
	"testing"
)

// What takes part in a build changes its key, anything else does not.
func TestContentKey(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		key, err := contentKey(dir)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	first := write("main.go", "package main")
	for name, same := range map[string]bool{
		"main_test.go": true, "README.md": true,
		"go.sum": false, "other/file.go": false, "main.go": false,
	} {
		before, err := contentKey(dir)
		if err != nil {
			t.Fatal(err)
		}
		if after := write(name, "changed"); (after == before) != same {
			t.Errorf("writing %s: key from %s to %s, want equal: %v", name, before, after, same)
		}
	}
	if again := write("main.go", "package main"); again == first {
		t.Error("other files were added, and the key is the same")
	}
}
