package main

import (
	"errors"
	"os"
)

// replaceInTwo puts a new directory where an old one is with two renames, and
// undoes the first when the second fails. The old one is left at the new one's
// path.
func replaceInTwo(staged, target string) error {
	aside := staged + ".old"
	if err := os.Rename(target, aside); err != nil {
		return err
	}
	if err := os.Rename(staged, target); err != nil {
		return errors.Join(err, os.Rename(aside, target))
	}
	return os.Rename(aside, staged)
}
