package walk

import (
	"fmt"
	"path/filepath"
	"slices"
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
		if empty(filepath.Dir(f)) {
			continue
		}
		dir, err := filepath.Rel(r.Dir, filepath.Dir(f))
		if err == nil {
			out = append(out, dir)
		}
	}
	// clusterScoped sorts before names of namespaces.
	slices.Sort(out)
	return out
}

// inNamespace are the flags of kubectl for a directory of a namespace.
func inNamespace(dir string) string {
	if n := filepath.Base(dir); n != clusterScoped {
		return " -n " + n
	}
	return ""
}

// clusterScoped is the directory of objects that are in no namespace.
const clusterScoped = "_cluster"

// Namespaces returns the namespaces in which the migration takes place.
func (r *Runbook) Namespaces() ([]string, error) {
	dirs, err := filepath.Glob(filepath.Join(r.Dir, "live", "*", "*"))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range dirs {
		if name := filepath.Base(d); name != clusterScoped {
			out = append(out, name)
		}
	}
	return out, nil
}
