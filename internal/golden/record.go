package golden

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// Snapshot holds the recorded files of a repository as they were.
type Snapshot struct {
	root  string
	files map[string][]byte
}

// Take reads all recorded files below root.
func Take(root string) (*Snapshot, error) {
	names, err := Files(root)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{root: root, files: make(map[string][]byte, len(names))}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return nil, fmt.Errorf("snapshot: %w", err)
		}
		s.files[name] = data
	}
	return s, nil
}

// Restore brings the recorded files back to what they were: what was written
// since is removed.
func (s *Snapshot) Restore() error {
	now, err := Files(s.root)
	if err != nil {
		return err
	}
	var failed []error
	for _, name := range now {
		if _, ok := s.files[name]; !ok {
			failed = append(failed, os.Remove(filepath.Join(s.root, filepath.FromSlash(name))))
		}
	}
	for name, data := range s.files {
		failed = append(failed, writeIfDifferent(filepath.Join(s.root, filepath.FromSlash(name)), data))
	}
	return errors.Join(failed...)
}

func writeIfDifferent(path string, data []byte) error {
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

// Recorders returns the packages below root whose tests record goldens: those
// with a test file that defines the flag -update.
func Recorders(root string) ([]string, error) {
	var dirs []string
	err := fs.WalkDir(os.DirFS(root), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if ok, _ := filepath.Match("*_test.go", d.Name()); !ok {
			return nil
		}
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(p)))
		if err != nil {
			return err
		}
		if bytes.Contains(data, []byte(`flag.Bool("update"`)) {
			dirs = append(dirs, "./"+filepath.ToSlash(filepath.Dir(p)))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for tests that record: %w", err)
	}
	slices.Sort(dirs)
	return slices.Compact(dirs), nil
}

// Record runs the tests that record goldens, checks what they recorded, and
// brings everything back when a test or the check fails.
func Record(ctx context.Context, root string, validator Validator, log io.Writer) (*Report, error) {
	before, err := Take(root)
	if err != nil {
		return nil, err
	}
	report, err := record(ctx, root, validator, log)
	if err != nil {
		return nil, errors.Join(err, before.Restore())
	}
	return report, nil
}

func record(ctx context.Context, root string, validator Validator, log io.Writer) (*Report, error) {
	packages, err := Recorders(root)
	if err != nil {
		return nil, err
	}
	for _, p := range packages {
		cmd := exec.CommandContext(ctx, "go", "test", "-count=1", p, "-update")
		cmd.Dir, cmd.Stdout, cmd.Stderr = root, log, log
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("record %s: %w", p, err)
		}
	}
	return CheckTree(ctx, root, validator)
}

// CheckTree checks all recorded outputs of a repository.
func CheckTree(ctx context.Context, root string, validator Validator) (*Report, error) {
	files, err := Files(root)
	if err != nil {
		return nil, err
	}
	outputs, err := Outputs(root, files)
	if err != nil {
		return nil, err
	}
	return Check(ctx, outputs, validator)
}
