package verify

import (
	"fmt"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// resolveOnceCheck is H02: nginx resolves a literal host once, when it reads its
// configuration (ngx_http_proxy_module; a variable in proxy_pass is resolved for
// every request).
var resolveOnceCheck = PlanCheck{
	Code: "H02", Severity: diag.Warning,
	Summary: "a caller resolves the name only once",
	Run: func(p *PlanPass) {
		p.evidence(func(f flip, e *plan.Edge, r *refs.Reference) {
			if !r.ResolvedOnce() {
				return
			}
			p.reportAt(e.Caller.Name, r.Pos(), "%s resolves %s once, when it reads its configuration: after phase %s it dials an address that nobody serves until its pods are restarted",
				e.Caller.Name, r.Written(), f.phase.Title()).
				WithFix("%s, or restart its pods when that phase is complete%s", p.thaw(e, r), orRelay(f))
		})
	},
}

// thaw is the fix of what only concerns callers that must not be changed: all
// others are repointed before the flip.
func (p *PlanPass) thaw(e *plan.Edge, r *refs.Reference) string {
	frozen := e.Caller
	for _, s := range p.Graph.Shared {
		if s.Object == r.Object && !frozen.Spec.Frozen {
			for _, a := range s.Users {
				if a.Spec.Frozen {
					frozen = a
				}
			}
		}
	}
	return fmt.Sprintf("remove `frozen` from %s, so that it is led to the new copy before the flip", frozen.Name)
}

// orRelay offers the relay where there is a virtual IP for it to keep.
func orRelay(f flip) string {
	if plan.Headless(f.Service) {
		return ""
	}
	return fmt.Sprintf(", or use `cutover: relay` for %s", f.Service.ID.Name)
}
