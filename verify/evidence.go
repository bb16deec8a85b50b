package verify

import (
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// evidence calls visit for every reference by which a Service is called that
// becomes an alias.
func (p *PlanPass) evidence(visit func(f flip, e *plan.Edge, r *refs.Reference)) {
	for _, f := range p.flips {
		if f.Cutover != plan.CutoverExternalName {
			continue
		}
		for _, e := range p.Callers(f.Service) {
			for _, r := range p.stillCalls(f, e) {
				visit(f, e, r)
			}
		}
	}
}
