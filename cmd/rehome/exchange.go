package main

import (
	"errors"
	"os"
)

// asideSuffix ends the name of an old directory while the new one is put in its
// place with two renames.
const asideSuffix = ".old"

// exchangeInTwo exchanges two directories with renames, and undoes the first when
// the second fails. A run that is killed between them leaves the target's content
// under the name with the suffix.
func exchangeInTwo(staged, target string) error {
	aside := staged + asideSuffix
	if err := os.Rename(target, aside); err != nil {
		return err
	}
	if err := os.Rename(staged, target); err != nil {
		return errors.Join(err, os.Rename(aside, target))
	}
	return os.Rename(aside, staged)
}
