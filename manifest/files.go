package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sync"
)

// maxLinks is how many symbolic links are followed one after the other before
// they are taken for a loop, as Linux does (path_resolution(7)).
const maxLinks = 40

var (
	errLeaves   = errors.New("is a symbolic link that leaves the repository: --root widens what may be read")
	errLinkLoop = errors.New("is a loop of symbolic links")
	errTooLarge = fmt.Errorf("is larger than %d MiB", MaxFileSize>>20)
	errIsDir    = errors.New("is a directory")
)

// files reads the repository for one call of [Read]: each file once, and never
// through a symbolic link that leaves it. Its methods may be used concurrently.
type files struct {
	fsys fs.FS

	mu   sync.Mutex
	data map[string][]byte // of files that are asked for by name, by real path
	dirs map[string]string // real paths of directories
}

func newFiles(fsys fs.FS) *files {
	return &files{fsys: fsys, data: map[string][]byte{}, dirs: map[string]string{".": "."}}
}

// resolve returns the path of a file or directory without symbolic links.
func (f *files) resolve(name string) (string, fs.FileInfo, error) {
	return f.follow(path.Clean(name), maxLinks)
}

func (f *files) follow(name string, links int) (string, fs.FileInfo, error) {
	if name == "." {
		info, err := fs.Stat(f.fsys, name)
		return name, info, err
	}
	if !fs.ValidPath(name) {
		return "", nil, errLeaves
	}
	parent, err := f.realDir(path.Dir(name), links)
	if err != nil {
		return "", nil, err
	}
	full := path.Join(parent, path.Base(name))
	info, err := fs.Lstat(f.fsys, full)
	if err != nil {
		return "", nil, err
	}
	if info.Mode()&fs.ModeSymlink == 0 {
		return full, info, nil
	}
	if links == 0 {
		return "", nil, errLinkLoop
	}
	target, err := fs.ReadLink(f.fsys, full)
	if err != nil {
		return "", nil, err
	}
	if path.IsAbs(target) {
		return "", nil, errLeaves
	}
	return f.follow(path.Join(parent, target), links-1)
}

// realDir resolves a directory and remembers it, so that the files of one
// directory cost one look at each of them.
func (f *files) realDir(name string, links int) (string, error) {
	f.mu.Lock()
	known, ok := f.dirs[name]
	f.mu.Unlock()
	if ok {
		return known, nil
	}
	found, _, err := f.follow(name, links)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	f.dirs[name] = found
	f.mu.Unlock()
	return found, nil
}

// read returns the bytes of a file and keeps them: of several kustomizations
// on one base the first reads it.
func (f *files) read(name string) ([]byte, error) {
	found, info, err := f.resolve(name)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	data, ok := f.data[found]
	f.mu.Unlock()
	if ok {
		return data, nil
	}
	data, err = f.load(found, info)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.data[found] = data
	f.mu.Unlock()
	return data, nil
}

// load returns the bytes of a file whose real path is known.
func (f *files) load(name string, info fs.FileInfo) ([]byte, error) {
	if info.IsDir() {
		return nil, errIsDir
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is no regular file")
	}
	if info.Size() > MaxFileSize {
		return nil, errTooLarge
	}
	return fs.ReadFile(f.fsys, name)
}

// isFile reports whether a path leads to something that is no directory.
func (f *files) isFile(name string) bool {
	_, info, err := f.resolve(name)
	return err == nil && !info.IsDir()
}

// reason says in words why a file could not be read, to follow its name.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "can't be read: permission denied"
	case errors.Is(err, errLeaves), errors.Is(err, errLinkLoop), errors.Is(err, errTooLarge), errors.Is(err, errIsDir):
		return err.Error()
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return "can't be read: " + err.Error()
}
