package manifest

import (
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// buildFS shows the repository to kustomize, read-only and as if it were all
// that is on the disk: its root is "/", so nothing outside can be named. The
// kustomization file that is built is replaced by one that also asks for
// origin annotations.
type buildFS struct {
	files   *files
	top     string // the replaced file
	topData []byte
}

var _ filesys.FileSystem = (*buildFS)(nil)

// repoPath returns the path within the repository of a path that kustomize made.
func repoPath(name string) string {
	name = strings.TrimPrefix(filepath.ToSlash(filepath.Clean(name)), "/")
	if name == "" {
		return "."
	}
	return name
}

// buildPath is the inverse of [repoPath].
func buildPath(name string) string {
	return filepath.FromSlash(path.Join("/", name))
}

// ReadFile returns the bytes of a file.
func (b *buildFS) ReadFile(name string) ([]byte, error) {
	name = repoPath(name)
	if name == b.top {
		return b.topData, nil
	}
	return b.files.read(name)
}

// CleanedAbs splits a path, with its symbolic links resolved, into directory
// and file, which is "" for a directory.
func (b *buildFS) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	found, info, err := b.files.resolve(repoPath(name))
	switch {
	case err != nil:
		return "", "", err
	case info.IsDir():
		return filesys.ConfirmedDir(buildPath(found)), "", nil
	}
	return filesys.ConfirmedDir(buildPath(path.Dir(found))), path.Base(found), nil
}

// Exists reports whether there is a file or directory.
func (b *buildFS) Exists(name string) bool {
	_, _, err := b.files.resolve(repoPath(name))
	return err == nil
}

// IsDir reports whether a path leads to a directory.
func (b *buildFS) IsDir(name string) bool {
	_, info, err := b.files.resolve(repoPath(name))
	return err == nil && info.IsDir()
}

// ReadDir returns the names in a directory.
func (b *buildFS) ReadDir(name string) ([]string, error) {
	found, _, err := b.files.resolve(repoPath(name))
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(b.files.fsys, found)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}

// Glob returns the files that match a pattern.
func (b *buildFS) Glob(pattern string) ([]string, error) {
	names, err := fs.Glob(b.files.fsys, repoPath(pattern))
	for i := range names {
		names[i] = buildPath(names[i])
	}
	return names, err
}

// Walk visits everything below a path.
func (b *buildFS) Walk(name string, visit filepath.WalkFunc) error {
	return fs.WalkDir(b.files.fsys, repoPath(name), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return visit(buildPath(p), nil, err)
		}
		info, err := d.Info()
		return visit(buildPath(p), info, err)
	})
}

// Open opens a file for reading.
func (b *buildFS) Open(name string) (filesys.File, error) {
	found, _, err := b.files.resolve(repoPath(name))
	if err != nil {
		return nil, err
	}
	f, err := b.files.fsys.Open(found)
	if err != nil {
		return nil, err
	}
	return readOnlyFile{f}, nil
}

// Create refuses: a build writes nothing.
func (b *buildFS) Create(name string) (filesys.File, error) { return nil, refuse("create", name) }

// Mkdir refuses: a build writes nothing.
func (b *buildFS) Mkdir(name string) error { return refuse("mkdir", name) }

// MkdirAll refuses: a build writes nothing.
func (b *buildFS) MkdirAll(name string) error { return refuse("mkdir", name) }

// RemoveAll refuses: a build removes nothing.
func (b *buildFS) RemoveAll(name string) error { return refuse("remove", name) }

// WriteFile refuses: a build writes nothing.
func (b *buildFS) WriteFile(name string, _ []byte) error { return refuse("write", name) }

func refuse(op, name string) error {
	return &fs.PathError{Op: op, Path: name, Err: fs.ErrPermission}
}

// readOnlyFile is a file that refuses to be written.
type readOnlyFile struct{ fs.File }

// Write refuses.
func (f readOnlyFile) Write([]byte) (int, error) { return 0, refuse("write", "file") }
