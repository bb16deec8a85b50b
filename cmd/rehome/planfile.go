package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// completePlan completes the plan that a command takes.
func completePlan(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []cobra.Completion{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

// checkPlanFile refuses what cannot be a plan before anything is read.
func checkPlanFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return notThere(path)
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a directory: name the plan in it", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file", path)
	case info.Size() > manifest.MaxFileSize:
		return fmt.Errorf("%s is larger than %d MiB: that is no plan", path, manifest.MaxFileSize>>20)
	}
	return nil
}

// notThere says that a path does not exist, and which one may have been meant.
func notThere(path string) error {
	dir := filepath.Dir(path)
	entries, _ := os.ReadDir(dir) // without a directory there is nothing to suggest
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	if near := diag.Nearest(filepath.Base(path), names); near != "" {
		return fmt.Errorf("%s does not exist: did you mean %s?", path, filepath.Join(dir, near))
	}
	return fmt.Errorf("%s does not exist", path)
}
