package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/rehome-dev/rehome/deliver"
)

// isLive reports whether a file of an output says how far a place is. Once they
// are written, such files are the user's: promotions change them, and a later
// render keeps what they say. So they have no line in the sums.
func isLive(name string) bool {
	matches, err := path.Match("live/*/*/kustomization.yaml", name)
	return matches && err == nil
}

// keepLive gives the files of live/ the content that they have, and refuses new
// phases that lack a state which is live.
func (o *output) keepLive(files []deliver.File) error {
	there := make(map[string]bool, len(files))
	for _, f := range files {
		there[f.Path] = true
	}
	for i, f := range files {
		if !isLive(f.Path) || o.old[f.Path] == "" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(o.dir, filepath.FromSlash(f.Path)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for _, state := range liveStates(f.Path, data) {
			if !there[state+"/kustomization.yaml"] {
				return fmt.Errorf("%s/%s points at %s, which the phases of the plan do not have now: take the migration back to a state that they have, or start anew in another directory", o.name, f.Path, state)
			}
		}
		files[i].Data = data
	}
	return o.checkGone(there)
}

// checkGone refuses to forget a place that is not as it was before the
// migration.
func (o *output) checkGone(there map[string]bool) error {
	var gone []string
	for name := range o.old { // put into order below
		if isLive(name) && !there[name] {
			gone = append(gone, name)
		}
	}
	slices.Sort(gone)
	for _, name := range gone {
		data, err := os.ReadFile(filepath.Join(o.dir, filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		for _, state := range liveStates(name, data) {
			if !strings.HasPrefix(state, "states/00-") {
				return fmt.Errorf("%s/%s points at %s, and the plan does not change that place any more: take the migration back to today, or start anew in another directory", o.name, name, state)
			}
		}
	}
	return nil
}

// liveStates returns the states that a file of live/ points at.
func liveStates(name string, data []byte) []string {
	var list struct {
		Resources []string `json:"resources"`
	}
	if yaml.Unmarshal(data, &list) != nil {
		return nil // verify and promote say what is wrong with it
	}
	var out []string
	for _, r := range list.Resources {
		if target := path.Join(path.Dir(name), r); strings.HasPrefix(target, "states/") {
			out = append(out, target)
		}
	}
	return out
}
