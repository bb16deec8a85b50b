//go:build !unix

package main

import "io/fs"

// identity tells nothing here: a file that was touched shows by its time.
func identity(fs.FileInfo) string { return "" }
