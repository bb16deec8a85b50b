package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// singletonCheck is H63: a Deployment that is recreated says that two of its
// pods must not run together, and a move runs two copies.
var singletonCheck = PlanCheck{
	Code: "H63", Severity: diag.Error,
	Summary: "a workload that must be single is not declared a singleton",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			for _, w := range a.Workloads {
				if !a.Spec.Singleton && w.Text("spec", "strategy", "type") == "Recreate" {
					p.Reportf(a.Name, w, manifest.P("spec", "strategy", "type"), "%s never runs old and new pods together (strategy Recreate), and the move runs two copies of it side by side", w.ID).
						WithFix("declare `singleton: true` for app %s, or accept H63 if two copies do no harm", a.Name)
				}
			}
		}
	},
}
