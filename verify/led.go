package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// leads notes what an early repoint leads to the new copies of Services.
func (p *PlanPass) leads(s *plan.Repoint, phase *plan.Phase) {
	if !s.Early {
		return
	}
	var objects []*manifest.Object
	if s.App != nil {
		objects = s.App.Objects
	} else {
		objects = []*manifest.Object{s.Shared.Object}
	}
	for _, a := range s.Addresses {
		if a.At.Namespace == a.Service.ID.Namespace {
			continue
		}
		by := p.led[a.Service]
		if by == nil {
			by = map[*manifest.Object]int{}
			p.led[a.Service] = by
		}
		for _, o := range objects {
			if _, ok := by[o]; !ok {
				by[o] = phase.Number
			}
		}
	}
}

// stillCalls returns the evidence by which an edge uses the old name of its
// Service when it is flipped: what has been led to the new copy before is none.
func (p *PlanPass) stillCalls(f flip, e *plan.Edge) []*refs.Reference {
	by := p.led[f.Service]
	if by == nil {
		return e.Evidence
	}
	return slices.DeleteFunc(slices.Clone(e.Evidence), func(r *refs.Reference) bool {
		number, ok := by[r.Object]
		return ok && number < f.phase.Number
	})
}

// callersAt returns the edges that lead to the old name of a Service when it is
// flipped.
func (p *PlanPass) callersAt(f flip) []*plan.Edge {
	var out []*plan.Edge
	for _, e := range p.Callers(f.Service) {
		if len(e.Evidence) == 0 || len(p.stillCalls(f, e)) > 0 {
			out = append(out, e)
		}
	}
	return out
}
