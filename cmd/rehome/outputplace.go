package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/api/konfig"

	"github.com/rehome-dev/rehome/manifest"
)

// checkPlace refuses an output directory in a place where it would do harm.
func (o *output) checkPlace(c *compiled) error {
	if within(o.dir, c.work.cwd) {
		return fmt.Errorf("%s is the directory that you are in, or holds it, and would be replaced: choose another, such as out", o.name)
	}
	for _, in := range c.work.disk.inputs() {
		path := filepath.Join(c.work.dir, filepath.FromSlash(in.Path))
		if within(o.dir, path) {
			return fmt.Errorf("%s holds %s, which the migration is made from: choose another directory", o.name, c.work.display(in.Path))
		}
		// kustomize refuses an overlay on a directory that the overlay lies in.
		if slices.Contains(konfig.RecognizedKustomizationFileNames(), filepath.Base(path)) && within(filepath.Dir(path), o.dir) {
			return fmt.Errorf("%s lies in the kustomization %s, which overlays in it could not refer to: choose another directory", o.name, c.work.display(in.Path))
		}
	}
	for _, root := range c.Inventory.Roots {
		dir := filepath.Join(c.work.dir, filepath.FromSlash(root.Path))
		if found, err := filepath.EvalSymlinks(dir); err == nil && root.Kind == manifest.Directory && within(found, o.dir) {
			return fmt.Errorf("%s lies in the source %s, and would be read as part of it: choose another directory", o.name, c.work.display(root.Path))
		}
	}
	return nil
}
