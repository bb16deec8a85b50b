package main

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// replaceDir puts a new directory where an old one may be. Both exist at every
// moment: the kernel exchanges them (renameat2 with RENAME_EXCHANGE, Linux 3.15).
// The old one is left at the new one's path.
func replaceDir(staged, target string) error {
	err := os.Rename(staged, target) // works when there is nothing, or an empty directory
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err = unix.Renameat2(unix.AT_FDCWD, staged, unix.AT_FDCWD, target, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		return replaceInTwo(staged, target) // a file system that cannot exchange
	}
	return err
}
