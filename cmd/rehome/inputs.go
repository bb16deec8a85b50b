package main

import (
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/rehome-dev/rehome/deliver"
)

// inputs is a file system that remembers the digest of each file it was asked
// for: from them a later run can tell whether its output is still current.
type inputs struct {
	fs.FS
	mu      sync.Mutex
	digests map[string]string
}

func recordInputs(fsys fs.FS) *inputs {
	return &inputs{FS: fsys, digests: map[string]string{}}
}

// ReadFile implements [fs.ReadFileFS].
func (in *inputs) ReadFile(name string) ([]byte, error) {
	data, err := fs.ReadFile(in.FS, name)
	if err == nil {
		digest := digestOf(data)
		in.mu.Lock()
		in.digests[name] = digest
		in.mu.Unlock()
	}
	return data, err
}

// Stat implements [fs.StatFS].
func (in *inputs) Stat(name string) (fs.FileInfo, error) { return fs.Stat(in.FS, name) }

// ReadDir implements [fs.ReadDirFS].
func (in *inputs) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(in.FS, name) }

// ReadLink implements [fs.ReadLinkFS].
func (in *inputs) ReadLink(name string) (string, error) { return fs.ReadLink(in.FS, name) }

// Lstat implements [fs.ReadLinkFS].
func (in *inputs) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(in.FS, name) }

// list returns the files that were read, in order of their paths.
func (in *inputs) list() []deliver.Input {
	in.mu.Lock()
	defer in.mu.Unlock()
	out := make([]deliver.Input, 0, len(in.digests))
	for path, digest := range in.digests { // put into order below
		out = append(out, deliver.Input{Path: path, SHA256: digest})
	}
	slices.SortFunc(out, func(a, b deliver.Input) int { return strings.Compare(a.Path, b.Path) })
	return out
}
