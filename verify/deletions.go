package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// namespaceDeletionCheck is H78: no phase deletes a namespace with what may
// still be in it.
var namespaceDeletionCheck = PlanCheck{
	Code: "H78", Severity: diag.Error,
	Summary: "no phase deletes a namespace",
	Run: func(p *PlanPass) {
		for _, s := range p.States {
			for _, c := range s.Changes {
				if isNamespaceKey(c.Key) && c.After == nil {
					p.Reportf("", c.Before, manifest.P("metadata", "name"), "phase %s deletes the namespace %s with everything that is in it, also what no manifest shows", s.Phase.Title(), c.Key.Name).
						WithFix("delete it by hand when the migration is over and it is empty")
				}
			}
		}
	},
}

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
