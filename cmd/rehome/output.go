package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/deliver"
)

// sumsFile lists every file of an output with its digest, as sha256sum -c reads
// it: a later run knows from it what is its own and what was edited by hand.
const sumsFile = "SHA256SUMS"

// output is a directory that rehome writes as a whole.
type output struct {
	dir   string
	files []deliver.File    // sorted by path, without the sums
	old   map[string]string // digests of what an earlier run wrote there
}

// openOutput looks at what is in an output directory. It refuses a directory
// that another program or a person put files into, and one whose files were
// edited since: nothing of that would survive.
func openOutput(dir string, files []deliver.File, overwrite bool) (*output, error) {
	o := &output{dir: filepath.Clean(dir), files: files, old: map[string]string{}}
	info, err := os.Lstat(o.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return o, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s is not a directory", dir)
	}
	sums, err := os.ReadFile(filepath.Join(o.dir, sumsFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(sums)) {
		if digest, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  "); ok {
			o.old[path] = digest
		}
	}
	return o, o.checkOwned(overwrite)
}

// checkOwned compares the directory with what the earlier run wrote.
func (o *output) checkOwned(overwrite bool) error {
	var foreign, edited []string
	err := filepath.WalkDir(o.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(path, o.dir+string(filepath.Separator)))
		if rel == sumsFile {
			return nil
		}
		digest, known := o.old[rel]
		if !known {
			foreign = append(foreign, rel)
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if digestOf(data) != digest {
			edited = append(edited, rel)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case len(foreign) > 0:
		return fmt.Errorf("%s holds files that rehome did not write (%s): choose another directory, or move them away", o.dir, firstOf(foreign))
	case len(edited) > 0 && !overwrite:
		return fmt.Errorf("%s holds files that were edited since rehome wrote them (%s): move the edits into the sources, or run with --overwrite to lose them", o.dir, firstOf(edited))
	}
	return nil
}

// firstOf lists a few paths and counts the others.
func firstOf(paths []string) string {
	const shown = 3
	if len(paths) <= shown {
		return strings.Join(paths, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(paths[:shown], ", "), len(paths)-shown)
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// write replaces the directory by the new files, all of them or none: they are
// written beside it and exchanged with it in one rename. Files that are the same
// as before keep their inode. It reports whether anything changed.
func (o *output) write(ctx context.Context) (changed bool, err error) {
	sums := o.sums()
	if current, err := os.ReadFile(filepath.Join(o.dir, sumsFile)); err == nil && bytes.Equal(current, sums) && o.intact() {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(o.dir), 0o755); err != nil {
		return false, err
	}
	staging, err := os.MkdirTemp(filepath.Dir(o.dir), "."+filepath.Base(o.dir)+".rehome-")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(staging)) }()
	if err := os.Chmod(staging, 0o755); err != nil {
		return false, err
	}
	made := map[string]bool{}
	for _, f := range o.files {
		if err := context.Cause(ctx); err != nil {
			return false, fmt.Errorf("interrupted, %s is as it was: %w", o.dir, err)
		}
		if err := o.stage(staging, f, made); err != nil {
			return false, err
		}
	}
	if err := os.WriteFile(filepath.Join(staging, sumsFile), sums, 0o644); err != nil {
		return false, err
	}
	return true, replaceDir(staging, o.dir)
}

// intact reports whether every file that an earlier run wrote is still there.
func (o *output) intact() bool {
	for path := range o.old { // any missing file decides
		if _, err := os.Lstat(filepath.Join(o.dir, filepath.FromSlash(path))); err != nil {
			return false
		}
	}
	return true
}

// stage writes one file, or links the one that is there when it is the same.
func (o *output) stage(staging string, f deliver.File, made map[string]bool) error {
	name := filepath.Join(staging, filepath.FromSlash(f.Path))
	if dir := filepath.Dir(name); !made[dir] {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		made[dir] = true
	}
	if old, ok := o.old[f.Path]; ok && old == digestOf(f.Data) {
		existing := filepath.Join(o.dir, filepath.FromSlash(f.Path))
		if current, err := os.ReadFile(existing); err == nil && bytes.Equal(current, f.Data) && os.Link(existing, name) == nil {
			return nil
		}
	}
	return os.WriteFile(name, f.Data, 0o644)
}

// sums returns the content of the sums file.
func (o *output) sums() []byte {
	lines := make([]string, len(o.files))
	for i, f := range o.files {
		lines[i] = digestOf(f.Data) + "  " + f.Path + "\n"
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[66:], b[66:]) })
	return []byte(strings.Join(lines, ""))
}
