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
			if r.Prefix == "" || r.Prefix == "*." || strings.HasPrefix(r.Prefix, "_") {
				return
			}
			p.reportAt(e.Caller.Name, r.Pos(), "%s calls the pod %s of %s by name, and an ExternalName Service has no names of pods: it is gone from phase %s on",
				e.Caller.Name, strings.TrimSuffix(r.Prefix, "."), f.Service.ID, f.phase.Title()).
				WithFix("let %s call the Service instead of its pods, or move both in one wave with %s calling the new names", e.Caller.Name, e.Caller.Name)
		})
	},
}
