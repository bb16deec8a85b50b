package verify

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// podNameCheck is H11: the names of single pods are gone with the alias.
var podNameCheck = PlanCheck{
	Code: "H11", Severity: diag.Error,
	Summary: "callers use names of single pods of a Service that becomes an alias",
	Run: func(p *PlanPass) {
		p.evidence(func(f flip, e *plan.Edge, r *refs.Reference) {
			if !r.NamesPod() {
				return
			}
			p.reportAt(e.Caller.Name, r.Pos(), "%s calls the pod %s of %s by name, and an ExternalName Service has no names of pods: it is gone from phase %s on",
				e.Caller.Name, strings.TrimSuffix(r.Prefix, "."), f.Service.ID, f.phase.Title()).
				WithFix("%s, or let it call the Service instead of its pods before the migration", p.thaw(e, r))
		})
		for _, f := range p.flips {
			p.checkPeers(f)
		}
	},
}

// checkPeers reports pods that call each other by name at the old place when
// somebody needs the alias there. With nobody left who does there is no flip.
func (p *PlanPass) checkPeers(f flip) {
	callers := p.callersAt(f)
	if f.Cutover != plan.CutoverExternalName || len(callers) == 0 {
		return
	}
	for _, o := range f.App.Objects {
		for _, r := range p.Graph.ReferencesOf(o) {
			if r.Target != f.Service.ID || !r.NamesPod() {
				continue
			}
			who := strings.Join(callerNames(callers), ", ")
			d := p.reportAt(f.App.Name, r.Pos(), "the old pods of %s call each other by name, which they cannot from phase %s on: %s becomes an alias then, as long as %s uses the old name",
				f.App.Name, f.phase.Title(), f.Service.ID, who).
				WithFix("let %s be repointed before (no `frozen`, no dependency that is only declared), or give the pods a headless Service of their own", who)
			for _, e := range callers {
				if len(e.Evidence) > 0 {
					d.WithNote(e.Evidence[0].Pos(), "%s calls %s", e.Caller.Name, e.Evidence[0].Written())
				}
			}
			return
		}
	}
}
