package main

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/rehome-dev/rehome/deliver"
)

// disk is the file system of a workspace. It remembers the digest of each file
// that it was asked for: from them a later run can tell whether its output is
// still current. It may be used concurrently.
type disk struct {
	fs.FS
	dir string // what it shows, absolute and without symbolic links

	mu      sync.Mutex
	digests map[string]string
}

func newDisk(fsys fs.FS, dir string) *disk {
	return &disk{FS: fsys, dir: dir, digests: map[string]string{}}
}

// ReadFile implements [fs.ReadFileFS].
func (d *disk) ReadFile(name string) ([]byte, error) {
	data, err := fs.ReadFile(d.FS, name)
	if err == nil {
		digest := digestOf(data)
		d.mu.Lock()
		d.digests[name] = digest
		d.mu.Unlock()
	}
	return data, err
}

// Stat implements [fs.StatFS].
func (d *disk) Stat(name string) (fs.FileInfo, error) { return fs.Stat(d.FS, name) }

// ReadDir implements [fs.ReadDirFS].
func (d *disk) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(d.FS, name) }

// Lstat implements [fs.ReadLinkFS].
func (d *disk) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(d.FS, name) }

// ReadLink implements [fs.ReadLinkFS]. An absolute link to something in the
// workspace is shown as the relative one that leads there: the stages know
// nothing of what lies around the workspace.
func (d *disk) ReadLink(name string) (string, error) {
	target, err := fs.ReadLink(d.FS, name)
	if err != nil || !filepath.IsAbs(target) {
		return target, err
	}
	found, err := filepath.EvalSymlinks(target)
	if err != nil || !within(d.dir, found) {
		return target, nil //nolint:nilerr // a link that leads nowhere is reported by who follows it
	}
	rel, err := filepath.Rel(filepath.Dir(filepath.Join(d.dir, filepath.FromSlash(name))), found)
	return filepath.ToSlash(rel), err
}

// inputs returns the files that were read, in order of their paths.
func (d *disk) inputs() []deliver.Input {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]deliver.Input, 0, len(d.digests))
	for path, digest := range d.digests { // put into order below
		out = append(out, deliver.Input{Path: path, SHA256: digest})
	}
	slices.SortFunc(out, func(a, b deliver.Input) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// forget forgets the files that were asked for.
func (d *disk) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.digests)
}
