package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A staging directory stands beside the output that is made in it, on the same
// file system, under a name that begins with that of the output:
//
//	.out.rehome-123456/lock   locked by the run that made it
//	.out.rehome-123456/new/   what becomes out, and after that what was out
//
// A run that is killed leaves it behind, its lock is then free, and the next run
// removes it. Nothing else is ever removed: a directory under such a name that
// has no lock file is somebody else's.
type staging struct {
	dir  string
	lock *os.File
}

// The names in a staging directory.
const (
	stagingLock = "lock"
	stagingNew  = "new"
)

// errTaken means that another run removed a staging directory while it was made.
var errTaken = errors.New("the staging directory was removed by another run")

// openStaging makes a staging directory.
func openStaging(output string) (*staging, error) {
	const attempts = 10
	for attempt := 1; ; attempt++ {
		s, err := newStaging(output)
		if !errors.Is(err, errTaken) || attempt == attempts {
			return s, err
		}
	}
}

func newStaging(output string) (*staging, error) {
	dir, err := os.MkdirTemp(filepath.Dir(output), stagingPrefix(output))
	if err != nil {
		return nil, err
	}
	s := &staging{dir: dir}
	if s.lock, err = os.Create(filepath.Join(dir, stagingLock)); err == nil {
		if err = tryLock(s.lock); !errors.Is(err, errLocked) {
			err = nil // a file system without locks: nobody removes what nobody can lock
		}
	}
	// What is not there any more was taken for left behind, before it was locked.
	if err == nil {
		err = os.Mkdir(s.path(), 0o755)
	}
	if err == nil {
		return s, nil
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errLocked) {
		err = errTaken
	}
	return nil, errors.Join(err, s.remove())
}

func stagingPrefix(output string) string { return "." + filepath.Base(output) + ".rehome-" }

// path is the directory to fill.
func (s *staging) path() string { return filepath.Join(s.dir, stagingNew) }

// remove removes the directory with all that is in it, the lock last: what
// remains when that is interrupted can still be told from other directories.
func (s *staging) remove() error {
	err := os.RemoveAll(s.path())
	if err == nil {
		err = os.RemoveAll(s.dir)
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	return err
}

// removeLeftovers removes the staging directories of runs that were killed, and
// puts an output back that one of them had just put aside. It fails when another
// run is writing the same output.
func removeLeftovers(output string) error {
	entries, err := os.ReadDir(filepath.Dir(output))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || !isStagingName(e.Name(), output) {
			continue
		}
		if err := removeLeftover(filepath.Join(filepath.Dir(output), e.Name()), output); err != nil {
			return err
		}
	}
	return nil
}

// isStagingName reports whether a name is one that [os.MkdirTemp] makes for an
// output.
func isStagingName(name, output string) bool {
	number, ok := strings.CutPrefix(name, stagingPrefix(output))
	return ok && number != "" && strings.Trim(number, "0123456789") == ""
}

func removeLeftover(dir, output string) error {
	lock, err := os.OpenFile(filepath.Join(dir, stagingLock), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		// Interrupted before it had a lock, or somebody else's: only an empty
		// directory goes.
		_ = os.Remove(dir)
		return nil
	}
	if err != nil {
		return err
	}
	s := &staging{dir: dir, lock: lock}
	switch err := tryLock(lock); {
	case err == nil:
		if err := restore(s.path()+asideSuffix, output); err != nil {
			return errors.Join(err, lock.Close())
		}
		return s.remove()
	case errors.Is(err, errLocked):
		return errors.Join(fmt.Errorf("another run of rehome is writing %s: run again when it has ended", output), lock.Close())
	default:
		return lock.Close() // without locks nobody knows whether it is in use
	}
}

// restore puts an output back that was put aside, if there is one and the new
// one has not taken its place.
func restore(aside, output string) error {
	if _, err := os.Lstat(output); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(aside, output); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
