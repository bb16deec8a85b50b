package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
)

// doubtfulUseCheck is H79: a text that may be the name of a Service whose old
// name goes.
var doubtfulUseCheck = PlanCheck{
	Code: "H79", Severity: diag.Warning,
	Summary: "something may still use an old name that is deleted",
	Run: func(p *PlanPass) {
		for _, phase := range p.Schedule.Phases {
			for _, s := range phase.Steps {
				u, ok := s.(*plan.Unflip)
				if !ok {
					continue
				}
				for _, r := range p.Graph.Possible {
					if r.Target == u.Service.ID {
						p.reportAt(u.App.Name, r.Pos(), "%q may be %s, whose old name phase %s deletes", r.Written(), u.Service.ID, phase.Title()).
							WithFix("list it under references.confirm, so that it is rewritten, or under references.ignore")
					}
				}
			}
		}
	},
}
