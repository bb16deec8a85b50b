package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/deliver"
)

// newOutput returns an inspected output directory in a directory of its own,
// with what an earlier run wrote.
func newOutput(t *testing.T, files ...deliver.File) *output {
	t.Helper()
	name := filepath.Join(t.TempDir(), "out")
	if len(files) > 0 {
		o := inspected(t, name)
		if _, err := o.write(t.Context(), files); err != nil {
			t.Fatal(err)
		}
	}
	return inspected(t, name)
}

func inspected(t *testing.T, name string) *output {
	t.Helper()
	o, err := locateOutput(name, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.inspect(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	return o
}

// filesOf returns files with a text, and the lock that every output has.
func filesOf(text string) []deliver.File {
	return []deliver.File{{Path: "a/b.yaml", Data: []byte(text)}, {Path: lockFile, Data: []byte("lock\n")}}
}

// beside returns the names in the directory that holds an output.
func beside(t *testing.T, o *output) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(o.dir))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func writeFile(t *testing.T, elem ...string) {
	t.Helper()
	path := filepath.Join(elem...)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("content\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func TestLeftoversAreRemoved(t *testing.T) {
	o := newOutput(t, filesOf("one\n")...)
	dir := filepath.Dir(o.dir)
	writeFile(t, dir, ".out.rehome-1", stagingLock) // killed before it wrote
	writeFile(t, dir, ".out.rehome-2", stagingLock) // killed while it wrote
	writeFile(t, dir, ".out.rehome-2", stagingNew, "a", "b.yaml")
	if err := os.Mkdir(filepath.Join(dir, ".out.rehome-3"), 0o700); err != nil { // killed at once
		t.Fatal(err)
	}
	// Nothing of this is of a run that wrote out.
	writeFile(t, dir, ".out.rehome-4", "notes.txt")
	writeFile(t, dir, ".out.rehome-old", stagingLock)
	writeFile(t, dir, ".out.rehome-", stagingLock)
	writeFile(t, dir, ".out2.rehome-5", stagingLock)
	writeFile(t, dir, ".out.rehome-6")
	inspected(t, o.dir)
	want := []string{".out.rehome-", ".out.rehome-4", ".out.rehome-6", ".out.rehome-old", ".out2.rehome-5", "out"}
	if diff := cmp.Diff(want, beside(t, o)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A file system that cannot exchange directories takes two renames. A run that
// is killed between them leaves no output, and the next one puts the old back.
func TestOutputPutAsideIsRestored(t *testing.T) {
	o := newOutput(t, filesOf("one\n")...)
	staged := filepath.Join(filepath.Dir(o.dir), ".out.rehome-7")
	writeFile(t, staged, stagingLock)
	writeFile(t, staged, stagingNew, "half.yaml")
	if err := os.Rename(o.dir, filepath.Join(staged, stagingNew+asideSuffix)); err != nil {
		t.Fatal(err)
	}
	inspected(t, o.dir)
	if err := verifySums(o.dir); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"out"}, beside(t, o)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnotherRunIsWriting(t *testing.T) {
	o := newOutput(t, filesOf("one\n")...)
	other, err := openStaging(o.dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := tryLock(other.lock); errors.Is(err, errors.ErrUnsupported) {
		t.Skip("no locks here")
	}
	again, err := locateOutput(o.dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.inspect(t.Context(), false); err == nil || !strings.Contains(err.Error(), "another run of rehome is writing") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Lstat(other.path()); err != nil {
		t.Errorf("the other run lost its directory: %v", err)
	}
	if err := other.remove(); err != nil {
		t.Fatal(err)
	}
	inspected(t, o.dir)
	if diff := cmp.Diff([]string{"out"}, beside(t, o)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What happened to the output between its inspection and the end of the writing
// must not be lost.
func TestChangedMeanwhile(t *testing.T) {
	tests := []struct {
		name   string
		before []deliver.File
		change func(t *testing.T, dir string)
	}{
		{"appeared", nil, func(t *testing.T, dir string) { writeFile(t, dir, "notes.txt") }},
		{"appeared as a file", nil, func(t *testing.T, dir string) { writeFile(t, dir) }},
		{"replaced", filesOf("one\n"), func(t *testing.T, dir string) {
			if err := os.Rename(dir, dir+".moved"); err != nil {
				t.Fatal(err)
			}
			writeFile(t, dir, "notes.txt")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := newOutput(t, tt.before...)
			tt.change(t, o.dir)
			names := beside(t, o)
			_, err := o.write(t.Context(), filesOf("two\n"))
			if err == nil || !strings.Contains(err.Error(), "somebody else changed it meanwhile: run again") {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(names, beside(t, o)); diff != "" {
				t.Errorf("(-before +after):\n%s", diff)
			}
			if _, err := os.Lstat(filepath.Join(o.dir, "a")); !errors.Is(err, fs.ErrNotExist) && err == nil {
				t.Error("the new files were put there")
			}
		})
	}
}

func TestExchangeInTwo(t *testing.T) {
	dir := t.TempDir()
	staged, target := filepath.Join(dir, "new"), filepath.Join(dir, "out")
	writeFile(t, staged, "new.txt")
	writeFile(t, target, "old.txt")
	if err := exchangeInTwo(staged, target); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(target, "new.txt"), filepath.Join(staged, "old.txt")} {
		if _, err := os.Lstat(path); err != nil {
			t.Error(err)
		}
	}
	// When the second rename fails the first is undone.
	if err := exchangeInTwo(filepath.Join(dir, "missing"), target); err == nil {
		t.Error("no error")
	}
	if _, err := os.Lstat(filepath.Join(target, "new.txt")); err != nil {
		t.Error(err)
	}
}
