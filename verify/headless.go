package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// headlessCheck is H13: clients of a headless Service see all pods, those of a
// virtual IP one address.
var headlessCheck = PlanCheck{
	Code: "H13", Severity: diag.Warning,
	Summary: "the Service at the target is headless like the old one",
	Run: func(p *PlanPass) {
		p.aliases(func(s *render.State, c render.Change, target *manifest.Object) {
			if target != nil && plan.Headless(c.Before) != plan.Headless(target) {
				p.alias(s, c, manifest.P("spec"), "one of %s and its copy %s is headless and the other is not: clients that balance for themselves see other addresses than before", c.Key.ID, target.ID)
			}
		})
	},
}
