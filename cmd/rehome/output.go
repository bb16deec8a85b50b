package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// sumsFile lists every file of an output with its digest, as sha256sum -c reads
// it: a later run knows from it what is its own and what was edited by hand.
const sumsFile = "SHA256SUMS"

// lockFile is in every output, and tells one from other directories that have
// sums.
const lockFile = "rehome.lock.yaml"

// output is a directory that rehome writes as a whole.
type output struct {
	name    string // as the user calls it
	dir     string // absolute, without symbolic links; it may not exist yet
	workers int

	info fs.FileInfo       // of the directory that was inspected; nil when there was none
	sums []byte            // the sums file that is there
	old  map[string]string // digests of the files that an earlier run wrote and that are as it wrote them
}

// locateOutput returns an output directory without looking into it.
func locateOutput(name string, workers int) (*output, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	// It may not exist yet: links are followed in what does.
	for parent, rest := abs, ""; ; parent, rest = filepath.Dir(parent), filepath.Join(filepath.Base(parent), rest) {
		found, err := filepath.EvalSymlinks(parent)
		if err == nil {
			return &output{name: name, dir: filepath.Join(found, rest), workers: workers, old: map[string]string{}}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
}

// inspect looks at what is in the directory. It refuses one that another program
// or a person put files into, and one whose files were edited since: nothing of
// that would survive.
func (o *output) inspect(ctx context.Context, overwrite bool) error {
	if err := removeLeftovers(o.dir); err != nil {
		return err
	}
	info, err := os.Lstat(o.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a symbolic link that leads nowhere: make the directory it leads to, or choose another", o.name)
	case !info.IsDir():
		return fmt.Errorf("%s is not a directory: choose another, or move it away", o.name)
	}
	o.info = info
	written, err := o.readSums()
	if err != nil {
		return err
	}
	there, foreign, err := o.list(written)
	if err != nil {
		return err
	}
	if len(foreign) > 0 {
		return fmt.Errorf("%s holds files that rehome did not write (%s): choose another directory, or move them away", o.name, firstOf(foreign))
	}
	edited, err := o.compare(ctx, written, there)
	if err != nil {
		return err
	}
	if len(edited) > 0 && !overwrite {
		return fmt.Errorf("%s holds files that were edited since rehome wrote them (%s): move the edits into the sources, or run with --overwrite to lose them", o.name, firstOf(edited))
	}
	return nil
}

// readSums returns the digests of what an earlier run wrote. Sums of a directory
// that is no output of rehome say nothing about who may replace it.
func (o *output) readSums() (map[string]string, error) {
	written := map[string]string{}
	data, err := os.ReadFile(filepath.Join(o.dir, sumsFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		if digest, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  "); ok {
			written[path] = digest
		}
	}
	if written[lockFile] == "" {
		return map[string]string{}, nil
	}
	o.sums = data
	return written, nil
}

// found is a file of the directory.
type found struct {
	path    string // slash-separated, within the directory
	regular bool
}

// list returns the files of the directory that an earlier run wrote, and those
// that it did not.
func (o *output) list(written map[string]string) (there []found, foreign []string, err error) {
	err = fs.WalkDir(os.DirFS(o.dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch {
		case written[path] != "", o.sums != nil && isLive(path):
			there = append(there, found{path, d.Type().IsRegular()})
		case path != sumsFile || o.sums == nil:
			foreign = append(foreign, path)
		}
		return nil
	})
	return there, foreign, err
}

// compare remembers the files that are as an earlier run wrote them and returns
// the others.
func (o *output) compare(ctx context.Context, written map[string]string, there []found) (edited []string, err error) {
	digests := make([]string, len(there))
	err = eachParallel(ctx, o.workers, len(there), func(i int) error {
		if !there[i].regular {
			return nil // rehome writes no links, and reading a pipe would wait for ever
		}
		data, err := os.ReadFile(filepath.Join(o.dir, filepath.FromSlash(there[i].path)))
		digests[i] = digestOf(data)
		return err
	})
	for i, f := range there {
		if digests[i] == written[f.path] || isLive(f.path) && f.regular {
			o.old[f.path] = digests[i]
		} else {
			edited = append(edited, f.path)
		}
	}
	return edited, err
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
