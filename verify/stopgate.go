package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// stopGateCheck is H62: what must not run twice has ended before the new copy
// is made.
var stopGateCheck = PlanCheck{
	Code: "H62", Severity: diag.Error,
	Summary: "the gate before the new copy of what runs once waits for the end of the old one",
	Run: func(p *PlanPass) {
		gone := map[plan.WorkloadAt]bool{}
		for _, phase := range p.Schedule.Phases {
			for _, s := range phase.Steps {
				d, ok := s.(*plan.Deploy)
				if !ok || !d.AfterStop {
					continue
				}
				for _, o := range d.Objects {
					if isWorkload(o) && !gone[plan.WorkloadAt{Kind: o.ID.Kind, Name: o.ID.Name, Place: d.App.From}] {
						p.Reportf(d.App.Name, o, manifest.P("metadata", "name"), "phase %s starts %s before any gate has waited for the end of its old pods", phase.Title(), o.ID)
					}
				}
			}
			for _, w := range phase.Gate.Gone {
				gone[w] = true
			}
		}
	},
}
