package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// leftoverIPCheck is H23: an alias has no field of a virtual IP.
var leftoverIPCheck = PlanCheck{
	Code: "H23", Severity: diag.Error,
	Summary: "an alias carries no field of a virtual IP",
	Run: func(p *PlanPass) {
		p.aliases(func(s *render.State, c render.Change, _ *manifest.Object) {
			for _, field := range [...]string{"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"} {
				if n := c.After.Get("spec", field); n != nil && n.Value() != "" {
					p.alias(s, c, manifest.P("spec", field), "the alias %s carries spec.%s, with which it is refused or drifts for good", c.Key.ID, field)
				}
			}
		})
	},
}
