package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// readyGateCheck is H05: what has been deployed is available before anything
// leads to it.
var readyGateCheck = PlanCheck{
	Code: "H05", Severity: diag.Error,
	Summary: "the gate after a deployment waits for its rollouts",
	Run: func(p *PlanPass) {
		for _, phase := range p.Schedule.Phases {
			for _, s := range phase.Steps {
				switch s := s.(type) {
				case *plan.Deploy:
					for _, o := range s.Objects {
						p.requireRollout(phase, s.App, o, plan.WorkloadAt{Kind: o.ID.Kind, Name: o.ID.Name, Place: s.App.To})
					}
				case *plan.Relay:
					relay := plan.WorkloadAt{Kind: "Deployment", Name: plan.RelayName(s.Service), Place: s.At}
					p.requireRollout(phase, s.App, s.Service, relay)
				case *plan.Prepare, *plan.Route, *plan.Unroute, *plan.Flip, *plan.Retire, *plan.Repoint, *plan.Unflip, *plan.OpenHop, *plan.CloseHop, *plan.Finish:
				}
			}
		}
	},
}

func (p *PlanPass) requireRollout(phase *plan.Phase, a *plan.App, o *manifest.Object, w plan.WorkloadAt) {
	switch w.Kind {
	case "Deployment", "StatefulSet", "DaemonSet":
		if !slices.Contains(phase.Gate.Rollouts, w) {
			p.Reportf(a.Name, o, manifest.P("metadata", "name"), "the gate of phase %s does not wait until %s %s is available in %s", phase.Title(), w.Kind, w.Name, w.Place)
		}
	}
}
