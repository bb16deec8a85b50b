//go:build !linux

package main

import "os"

// replaceDir puts a new directory where an old one may be. The old one is left
// at the new one's path.
func replaceDir(staged, target string) error {
	if err := os.Rename(staged, target); err == nil {
		return nil
	}
	return replaceInTwo(staged, target)
}
