package arch

import (
	"maps"
	"slices"
	"testing"
)

// allowed are the modules that rehome may import packages of, each with its
// reason. Adding one is a decision, and leaving one behind is not allowed.
var allowed = map[string]string{
	"github.com/google/go-cmp":        "differences in failing tests",
	"github.com/miekg/dns":            "zone files of RFC 1035, written and read again",
	"github.com/rogpeppe/go-internal": "tests of the command as scripts, golden cases as txtar",
	"github.com/spf13/cobra":          "the command line, as kubectl has it",
	"go.yaml.in/yaml/v2":              "the order of keys in what kustomize prints, to print the same",
	"go.yaml.in/yaml/v4":              "YAML nodes with positions, and the plan language",
	"golang.org/x/sys":                "the exchange of two directories in one rename",
	"golang.org/x/term":               "whether the output is a terminal, and how wide",
	"k8s.io/api":                      "the field names of built-in kinds, checked by tests",
	"k8s.io/apimachinery":             "quantities and label selectors, as the API server evaluates them",
	"sigs.k8s.io/kustomize/api":       "builds kustomizations that are sources, and proves overlays in tests",
	"sigs.k8s.io/kustomize/kyaml":     "the file system that kustomize reads",
	"sigs.k8s.io/yaml":                "YAML as Kubernetes reads it",
}

func TestDependencies(t *testing.T) {
	module := modulePath(t)
	used := map[string]string{} // module to a package of rehome that imports it
	moduleOf := map[string]string{}
	for _, p := range packages(t, "-deps", "-test", "./...") {
		if p.Module != nil {
			moduleOf[p.ImportPath] = p.Module.Path
		}
	}
	for _, p := range packages(t, "./...") {
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if m := moduleOf[imported]; m != "" && m != module {
				used[m] = p.ImportPath
			}
		}
	}
	for _, m := range slices.Sorted(maps.Keys(used)) {
		if allowed[m] == "" {
			t.Errorf("%s imports a package of %s, which is not on the list of allowed dependencies", used[m], m)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(allowed)) {
		if used[m] == "" {
			t.Errorf("%s is on the list of allowed dependencies and nothing imports it", m)
		}
	}
}
