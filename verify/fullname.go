package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// fullNameCheck is H06: the answer of an alias is an absolute name.
var fullNameCheck = PlanCheck{
	Code: "H06", Severity: diag.Error,
	Summary: "an alias states the full name of its Service",
	Run: func(p *PlanPass) {
		p.aliases(func(s *render.State, c render.Change, _ *manifest.Object) {
			if p.targetOf(c) == (render.Key{}) {
				p.alias(s, c, manifest.P("spec", "externalName"), "%s stands for %q, which is not the full name of a Service below svc.%s", c.Key.ID, c.After.Text("spec", "externalName"), p.domain(c.Key.Cluster))
			}
		})
	},
}
