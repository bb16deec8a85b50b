package kustbuild

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/rehome-dev/rehome/deliver"
)

// CheckOneNamespace builds every kustomization of the output and fails the test
// where one has objects of several namespaces: kustomize is quadratic in what it
// builds at once, so nothing may grow with the number of namespaces.
func CheckOneNamespace(t testing.TB, sources fs.FS, out string, files []deliver.File) {
	t.Helper()
	c := &checker{out: out, disk: disk(t, sources, out, files)}
	for _, f := range files {
		dir, ok := strings.CutSuffix(f.Path, "/kustomization.yaml")
		if !ok {
			continue
		}
		objects, err := c.run(dir)
		if err != nil {
			t.Errorf("%s: %v", dir, err)
		}
		var namespaces []string
		for _, o := range objects {
			if ns := o.Text("metadata", "namespace"); ns != "" && !slices.Contains(namespaces, ns) {
				namespaces = append(namespaces, ns)
			}
		}
		if len(namespaces) > 1 {
			t.Errorf("%s has objects of the namespaces %s", dir, strings.Join(namespaces, ", "))
		}
	}
}
