package walk

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// stateDirs returns the directories of a state that hold objects, those of the
// cluster itself first. A namespace that the phase does not touch has none.
func (r *Runbook) stateDirs(state int) []string {
	files, err := filepath.Glob(filepath.Join(r.Dir, "states", fmt.Sprintf("%02d-*", state), "*", "*", "kustomization.yaml"))
	if err != nil {
		return nil // the pattern is a good one
	}
	var out []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil || strings.Contains(string(text), "resources: []") {
			continue // nothing is there in this state
		}
		dir, err := filepath.Rel(r.Dir, filepath.Dir(f))
		if err == nil {
			out = append(out, dir)
		}
	}
	// "_cluster" sorts before names of namespaces.
	slices.Sort(out)
	return out
}

// Namespaces returns the namespaces in which the migration takes place.
func (r *Runbook) Namespaces() ([]string, error) {
	dirs, err := filepath.Glob(filepath.Join(r.Dir, "live", "*", "*"))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range dirs {
		if name := filepath.Base(d); name != "_cluster" {
			out = append(out, name)
		}
	}
	return out, nil
}
