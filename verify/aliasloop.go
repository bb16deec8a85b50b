package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// loopCheck is H08: an alias stands for a Service with pods, not for an alias.
var loopCheck = PlanCheck{
	Code: "H08", Severity: diag.Error,
	Summary: "an alias leads to a Service and not to another alias",
	Run: func(p *PlanPass) {
		p.aliases(func(s *render.State, c render.Change, target *manifest.Object) {
			if target != nil && target.Text("spec", "type") == "ExternalName" && target.Base().Text("spec", "type") != "ExternalName" {
				p.alias(s, c, manifest.P("spec", "externalName"), "%s stands for %s, which is an alias itself", c.Key.ID, target.ID)
			}
		})
	},
}
