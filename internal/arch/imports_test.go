package arch

import (
	"slices"
	"strings"
	"testing"
)

// layers are the packages of the program. Data flows from top to bottom: each
// may import those above it and no other.
var layers = []string{
	"diag",
	"hazard", // the catalogue
	"manifest",
	"refs",
	"plan",
	"render",
	"observe",    // what a cluster holds, against the states
	"verify/sim", // what a cluster would answer
	"verify",
	"deliver",
	"", // the pipeline, in the module's root
	"cmd/rehome",
}

// notShipped tells whether a package only serves tests, measurements or the
// people who work on rehome. No package of the program imports one.
func notShipped(path string) bool {
	return path == "bench" || strings.HasPrefix(path, "internal/")
}

func TestImportsPointUpTheTable(t *testing.T) {
	module := modulePath(t)
	for _, p := range packages(t, "./...") {
		path := relative(module, p.ImportPath)
		if notShipped(path) {
			continue
		}
		own := slices.Index(layers, path)
		if own < 0 {
			t.Errorf("package %s has no place in the table of layers", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if imported != module && !strings.HasPrefix(imported, module+"/") {
				continue
			}
			if at := slices.Index(layers, relative(module, imported)); at < 0 || at >= own {
				t.Errorf("%s imports %s: only packages above it in the table may be imported", p.ImportPath, imported)
			}
		}
	}
}

// relative returns an import path without the module's, "" for the root package.
func relative(module, path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}
