package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rehome-dev/rehome/deliver"
)

// batch is how many neighbouring files one worker writes at a time: mostly the
// files of a few directories, which it then makes too.
const batch = 64

// stage writes the files below a directory that is empty. Those that are kept
// become links to what is there already.
func (o *output) stage(ctx context.Context, root string, files []deliver.File, kept []bool) error {
	return eachParallel(ctx, o.workers, (len(files)+batch-1)/batch, func(i int) error {
		w := stager{from: o.dir, to: root}
		for n := i * batch; n < min(len(files), (i+1)*batch); n++ {
			if err := w.file(&files[n], kept[n]); err != nil {
				return err
			}
		}
		return nil
	})
}

// stager writes files that are in order of their paths.
type stager struct {
	from, to string
	made     string // the last directory that was made
}

func (s *stager) file(f *deliver.File, kept bool) error {
	path := filepath.FromSlash(f.Path)
	staged := filepath.Join(s.to, path)
	if dir := filepath.Dir(staged); dir != s.made {
		if err := makeDir(dir); err != nil {
			return err
		}
		s.made = dir
	}
	if kept && os.Link(filepath.Join(s.from, path), staged) == nil {
		return nil
	}
	return os.WriteFile(staged, f.Data, 0o644)
}

// makeDir makes a directory and those above it that are not there. Unlike
// [os.MkdirAll] it does not look first: nearly every directory is new, and its
// parent is there.
func makeDir(dir string) error {
	err := os.Mkdir(dir, 0o755)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeDir(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o755)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil // by another worker
	}
	return err
}
