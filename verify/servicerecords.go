package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// serviceRecordCheck is H10: an ExternalName Service has no SRV records (CoreDNS
// plugin kubernetes, which answers them for named ports of other Services only).
var serviceRecordCheck = PlanCheck{
	Code: "H10", Severity: diag.Error,
	Summary: "callers use SRV records of a Service that becomes an alias",
	Run: func(p *PlanPass) {
		p.evidence(func(f flip, e *plan.Edge, r *refs.Reference) {
			if !r.AsksSRV() {
				return
			}
			p.reportAt(e.Caller.Name, r.Pos(), "%s asks for SRV records of %s, which an ExternalName Service does not have: they are gone from phase %s on", e.Caller.Name, f.Service.ID, f.phase.Title()).
				WithFix("%s, or configure it with names and ports before the migration%s", p.thaw(e, r), orRelay(f))
		})
	},
}
