package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// workspace is the part of the disk that a run may read: the repository that
// holds the plan. What lies outside of it, also behind symbolic links, is out of
// reach.
type workspace struct {
	dir  string // absolute, without symbolic links
	disk *disk
	cwd  string // absolute, without symbolic links
}

// rootFlag adds the flag that widens the workspace.
func rootFlag(cmd *cobra.Command, value *string) {
	cmd.Flags().StringVar(value, "root", "", "`directory` that sources may be read from (default: the Git repository that holds the plan, or all of the disk when it is in none)")
	cobra.CheckErr(cmd.MarkFlagDirname("root"))
}

// openWorkspace opens the workspace around a file or directory, or the given
// root.
func openWorkspace(root, around string) (*workspace, error) {
	cwd, err := realPath(".")
	if err != nil {
		return nil, err
	}
	var dir string
	if root != "" {
		if dir, err = realPath(root); errors.Is(err, fs.ErrNotExist) {
			return nil, notThere(root)
		}
	} else if dir, err = realPath(around); err == nil {
		dir = repositoryOf(dir)
	}
	if err != nil {
		return nil, err
	}
	opened, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &workspace{dir: dir, disk: newDisk(opened.FS(), dir), cwd: cwd}, nil
}

// realPath returns an absolute path without symbolic links. The path must exist.
func realPath(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// repositoryOf returns the nearest directory at or above a path that holds a
// .git, the root of the file system when none does.
func repositoryOf(path string) string {
	for dir := path; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return dir
		}
	}
}

// within reports whether a path is a directory or lies below it. Both are
// absolute and clean.
func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// inside returns the slash-separated path of a file within the workspace.
func (w *workspace) inside(path string) (string, error) {
	abs, err := realPath(path)
	if err != nil {
		return "", err
	}
	if !within(w.dir, abs) {
		return "", fmt.Errorf("%s lies outside of %s: run with --root set to a directory that holds both", path, w.dir)
	}
	rel, err := filepath.Rel(w.dir, abs)
	return filepath.ToSlash(rel), err
}

// display returns a path within the workspace as the user would type it.
func (w *workspace) display(path string) string { return w.relative(w.cwd, path) }

// relative returns the way from a directory, absolute and without symbolic
// links, to a path within the workspace.
func (w *workspace) relative(dir, path string) string {
	abs := filepath.Join(w.dir, filepath.FromSlash(path))
	if rel, err := filepath.Rel(dir, abs); err == nil {
		return rel
	}
	return abs // on another volume
}
