//go:build unix && !aix && !solaris

package main

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// errLocked means that another process holds a lock.
var errLocked = errors.New("locked by another process")

// tryLock locks a file until it is closed or the process ends. It does not wait.
func tryLock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
