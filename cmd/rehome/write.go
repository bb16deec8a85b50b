package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rehome-dev/rehome/deliver"
)

// difference is what a run changes in an output directory.
type difference struct {
	kept    []bool // of the files: those that are there already
	changed int    // files that are new or different
	removed int
}

// write replaces the directory by the files, all of them or none: they are
// written beside it and exchanged with it in one rename. Files that are the same
// as before keep their inode; when all are, nothing is written at all. The files
// are in order of their paths.
func (o *output) write(ctx context.Context, files []deliver.File) (*difference, error) {
	if err := o.keepLive(files); err != nil {
		return nil, err
	}
	digests := make([]string, len(files))
	err := eachParallel(ctx, o.workers, len(files), func(i int) error {
		digests[i] = digestOf(files[i].Data)
		return nil
	})
	if err != nil {
		return nil, err
	}
	diff := o.diff(files, digests)
	sums := sumsOf(files, digests)
	if diff.changed == 0 && diff.removed == 0 && bytes.Equal(o.sums, sums) {
		return diff, nil
	}
	files = append(files, deliver.File{Path: sumsFile, Data: sums})
	if err := o.replace(ctx, files, append(diff.kept, false)); err != nil {
		if o.info == nil {
			return nil, fmt.Errorf("nothing was written to %s: %w", o.name, err)
		}
		return nil, fmt.Errorf("%s is as it was: %w", o.name, err)
	}
	return diff, nil
}

// diff compares the files with those that are there.
func (o *output) diff(files []deliver.File, digests []string) *difference {
	d := &difference{kept: make([]bool, len(files)), removed: len(o.old)}
	for i, f := range files {
		old, known := o.old[f.Path]
		if d.kept[i] = old == digests[i]; !d.kept[i] {
			d.changed++
		}
		if known {
			d.removed--
		}
	}
	return d
}

// report says in one line what was done.
func (o *output) report(d *difference, phases int) string {
	what := "wrote " + o.name
	detail := ""
	switch {
	case d.changed == 0 && d.removed == 0:
		what = "nothing changed in " + o.name
	case o.info != nil && d.changed < len(d.kept):
		detail = fmt.Sprintf(" (%d changed, %d removed)", d.changed, d.removed)
	}
	return fmt.Sprintf("%s: %d phases, %d files%s; start with %s", what, phases, len(d.kept), detail, filepath.Join(o.name, "README.md"))
}

// sumsOf returns the content of the sums file: all files but those of live/.
func sumsOf(files []deliver.File, digests []string) []byte {
	var b bytes.Buffer
	for i, f := range files {
		if !isLive(f.Path) {
			b.WriteString(digests[i] + "  " + f.Path + "\n")
		}
	}
	return b.Bytes()
}

// replace writes the files beside the directory and puts them in its place.
func (o *output) replace(ctx context.Context, files []deliver.File, kept []bool) (err error) {
	if err := os.MkdirAll(filepath.Dir(o.dir), 0o755); err != nil {
		return err
	}
	s, err := openStaging(o.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.remove()) }()
	if err := o.stage(ctx, s.path(), files, kept); err != nil {
		return err
	}
	return o.swap(s.path())
}

// swap puts a complete directory in the place of the output. It does so only
// when the output is still the one that was inspected.
func (o *output) swap(staged string) error {
	now, err := os.Lstat(o.dir)
	switch {
	case o.info == nil && errors.Is(err, fs.ErrNotExist):
		return os.Rename(staged, o.dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case o.info == nil || err != nil || !os.SameFile(o.info, now):
		return errors.New("somebody else changed it meanwhile: run again")
	}
	return exchange(staged, o.dir)
}
