package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// onceCheck is P7: what must not run twice is never active in two places.
var onceCheck = Check{
	Code: "P7", Severity: diag.Error,
	Summary: "CronJobs, Jobs and singletons are never active twice",
	Run: func(p *Pass) {
		for _, c := range p.Changes() {
			if c.After != nil && isWorkload(c.After) && p.prover.runsOnce(c.After) && !suspended(c.After) {
				p.checkOnce(c)
			}
		}
	},
}

// runsOnce reports whether two copies of a workload must not be active together.
func (p *prover) runsOnce(o *manifest.Object) bool {
	if plan.RunsOnSchedule(o) || o.ID.Group == "batch" && o.ID.Kind == "Job" {
		return true
	}
	return p.singletons[p.owner(o)]
}

func suspended(o *manifest.Object) bool { return o.Get("spec", "suspend").Bool() }

// checkOnce looks for other copies of a workload that are active in the state
// before: nothing promises that the phase deletes them first.
func (p *Pass) checkOnce(c render.Change) {
	for _, key := range p.prover.copies[c.After.Source()] {
		other := p.Before(key)
		if key == c.Key || other == nil || suspended(other) {
			continue
		}
		p.Reportf("P7", c.After, manifest.P("metadata", "name"), "%s becomes active while %s may still be", c.Key.ID, other.ID).
			WithFix("delete or suspend the old one in an earlier phase")
	}
}

// trackCopies keeps where the copies of each object are.
func (p *prover) trackCopies(key render.Key, before, after *manifest.Object) {
	if before != nil && before.Source() != nil {
		p.copies[before.Source()] = without(p.copies[before.Source()], key)
	}
	if after != nil && after.Source() != nil {
		p.copies[after.Source()] = append(p.copies[after.Source()], key)
	}
}

func without(keys []render.Key, key render.Key) []render.Key {
	out := keys[:0]
	for _, k := range keys {
		if k != key {
			out = append(out, k)
		}
	}
	return out
}

// originalOf returns another copy of the object of a change that is in the
// current state, and where it is; nil when there is none.
func (p *prover) originalOf(c render.Change) (render.Key, *manifest.Object) {
	for _, key := range p.copies[c.After.Source()] {
		if other := p.at(key); other != nil && key != c.Key {
			return key, other
		}
	}
	return render.Key{}, nil
}
