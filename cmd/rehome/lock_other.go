//go:build !unix || aix || solaris

package main

import (
	"errors"
	"os"
)

// errLocked means that another process holds a lock.
var errLocked = errors.New("locked by another process")

// tryLock fails: there are no locks here that a process loses when it is killed.
func tryLock(*os.File) error { return errors.ErrUnsupported }
