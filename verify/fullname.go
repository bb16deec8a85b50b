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
			name := c.After.Text("spec", "externalName")
			if p.targetOf(c) == (render.Key{}) && p.doors.of(name) == "" {
				p.alias(s, c, manifest.P("spec", "externalName"), "%s stands for %q, which is neither the full name of a Service below svc.%s nor that of the ingress of a cluster", c.Key.ID, name, p.domain(c.Key.Cluster))
			}
		})
	},
}
