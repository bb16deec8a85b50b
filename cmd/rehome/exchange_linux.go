package main

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// exchange exchanges two directories. Both exist at every moment (renameat2 with
// RENAME_EXCHANGE, Linux 3.15), except on a file system that cannot do that.
func exchange(staged, target string) error {
	err := unix.Renameat2(unix.AT_FDCWD, staged, unix.AT_FDCWD, target, unix.RENAME_EXCHANGE)
	switch {
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS):
		return exchangeInTwo(staged, target)
	case err != nil:
		return &os.LinkError{Op: "exchange", Old: staged, New: target, Err: err}
	}
	return nil
}
