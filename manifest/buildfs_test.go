package manifest

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBuildFSReads(t *testing.T) {
	fsys := repo("-- a/x.yaml --\none\n-- a/b/y.yaml --\ntwo\n-- z.yaml --\nthree\n")
	b := &buildFS{files: newFiles(fsys), top: "z.yaml", topData: []byte("replaced")}
	for _, test := range []struct{ path, dir, file, data string }{
		{"/", "/", "", ""},
		{"/a", "/a", "", ""},
		{"/a/b/../x.yaml", "/a", "x.yaml", "one\n"},
		{"/a/b/y.yaml", "/a/b", "y.yaml", "two\n"},
		{"/z.yaml", "/", "z.yaml", "replaced"},
	} {
		dir, file, err := b.CleanedAbs(test.path)
		if err != nil || filepath.ToSlash(dir.String()) != test.dir || file != test.file {
			t.Errorf("%s: %s, %s, %v", test.path, dir, file, err)
		}
		if !b.Exists(test.path) || b.IsDir(test.path) != (test.file == "") {
			t.Errorf("%s: exists %v, directory %v", test.path, b.Exists(test.path), b.IsDir(test.path))
		}
		if data, err := b.ReadFile(test.path); string(data) != test.data || (err == nil) != (test.file != "") {
			t.Errorf("%s: %q, %v", test.path, data, err)
		}
	}
	if _, _, err := b.CleanedAbs("/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	names, err := b.ReadDir("/a")
	if diff := cmp.Diff([]string{"b", "x.yaml"}, names); diff != "" || err != nil {
		t.Error(diff, err)
	}
	var walked []string
	err = b.Walk("/a", func(p string, _ fs.FileInfo, err error) error {
		walked = append(walked, filepath.ToSlash(p))
		return err
	})
	if diff := cmp.Diff([]string{"/a", "/a/b", "/a/b/y.yaml", "/a/x.yaml"}, walked); diff != "" || err != nil {
		t.Error(diff, err)
	}
	found, err := b.Glob("/a/*.yaml")
	if diff := cmp.Diff([]string{buildPath("a/x.yaml")}, found); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestBuildFSWritesNothing(t *testing.T) {
	b := &buildFS{files: newFiles(repo("-- a --\none\n"))}
	f, err := b.Open("/a")
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(f); string(data) != "one\n" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	_, write := f.Write(nil)
	_, create := b.Create("/x")
	for i, err := range []error{write, create, b.Mkdir("/x"), b.MkdirAll("/x"), b.RemoveAll("/a"), b.WriteFile("/a", nil)} {
		if !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%d: %v", i, err)
		}
	}
}
