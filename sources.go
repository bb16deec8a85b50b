package rehome

import (
	"path"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// ManifestRoots returns the manifest roots that a plan names, as paths in the
// file system that holds the plan.
func ManifestRoots(p *plan.Plan, planPath string) ([]*manifest.Root, diag.List) {
	var roots []*manifest.Root
	var diags diag.List
	add := func(root *manifest.Root, written string) {
		root.Path = path.Join(path.Dir(planPath), written)
		if root.Path == ".." || strings.HasPrefix(root.Path, "../") {
			diags.Errorf(diag.CodeSource, root.Pos, "%s lies outside of the repository that holds the plan", written).
				WithFix("run with --root set to a directory that holds both")
			return
		}
		roots = append(roots, root)
	}
	for i := range p.Spec.Sources {
		s := &p.Spec.Sources[i]
		add(&manifest.Root{Namespace: s.Namespace, Cluster: s.Cluster, Pos: s.Pos}, s.Path)
	}
	for i := range p.Spec.Apps {
		if a := &p.Spec.Apps[i]; a.Manifests != "" {
			root := &manifest.Root{App: a.Name, Namespace: plan.DefaultNamespace, Pos: a.Pos}
			if a.From != nil {
				root.Cluster = a.From.Cluster
				if a.From.Namespace != "" {
					root.Namespace = a.From.Namespace
				}
			}
			add(root, a.Manifests)
		}
	}
	return roots, diags
}
