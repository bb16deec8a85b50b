package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// windowGateCheck is H03: what the old name led to is deleted only when cached
// answers have expired.
var windowGateCheck = PlanCheck{
	Code: "H03", Severity: diag.Error,
	Summary: "the gate after a flip waits until cached answers have expired",
	Run: func(p *PlanPass) {
		w := p.Graph.Plan.Spec.Windows
		for _, f := range p.flips {
			need := w.Drain
			if f.Cutover == plan.CutoverExternalName {
				need = max(need, w.DNSTTL+w.ClientCache)
			}
			if d := p.Graph.Plan.Spec.DNS; d != nil && f.Cutover == plan.CutoverExternalName && (f.Hop() != "" || f.Lead == plan.ToItself) {
				need = max(need, d.TTL+w.ClientCache) // of the record that the alias led to
			}
			if f.phase.Gate.Wait < need {
				p.Reportf(f.App.Name, f.Service, manifest.P("metadata", "name"),
					"the gate of phase %s waits %s, and answers that name the old pods of %s live for %s", f.phase.Title(), f.phase.Gate.Wait.Std(), f.Service.ID, need.Std()).
					WithFix("wait at least %s before the next phase", need.Std())
			}
		}
	},
}
