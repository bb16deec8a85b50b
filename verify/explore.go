package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/render"
)

// provePhase proves a phase forward, then its way back, and leaves the state
// that it leads to.
func (p *prover) provePhase(s *render.State) {
	proof := &PhaseProof{Phase: s.Phase, Failed: map[diag.Code]int{}}
	p.proof.Phases = append(p.proof.Phases, proof)
	forward := p.newTransition(s, false, proof)
	p.world.SetEpoch(s.Index)
	p.without(forward, func() {
		p.explore(forward)
		p.runChecks(forward)
	})
	p.arrive(forward)
	back := p.newTransition(s, true, proof)
	back.forward = forward
	p.without(back, func() {
		p.explore(back)
		p.runChecks(back)
	})
}

// arrive makes the state that a transition leads to, and asks the calls that it
// touched once more: now all pods are ready. Where no pods changed, that has been
// asked already.
func (p *prover) arrive(t *transition) {
	for i, it := range t.items {
		p.set(it, t.after[i])
	}
	p.refresh(t)
	for _, c := range p.touched(t) {
		if !t.mirrors[mirrorKey{c.workload, c.ref}] {
			p.askWhole(t, c)
		}
	}
}

// refresh indexes anew, each once, the workloads that changed, that read what
// changed, or that call a Service that changed.
func (p *prover) refresh(t *transition) {
	var items []*item
	for _, it := range t.items {
		if it.now.runs() || len(it.calls) > 0 || len(it.reads) > 0 {
			items = append(items, it)
		}
		for _, r := range it.readBy() {
			items = append(items, r.reader)
		}
	}
	// Who calls what has changed may be led on to elsewhere.
	for _, it := range t.decided {
		if it.isPoint() || isServiceKey(it.Key) && it.seen == t && it.change >= 0 {
			for _, c := range it.calling() {
				items = append(items, c.workload)
			}
		}
	}
	slices.SortFunc(items, compareItems)
	for _, it := range slices.Compact(items) {
		p.reindex(it)
	}
}

// versions returns what an object is before and after a transition.
func (p *prover) versions(t *transition, it *item) []*facts {
	out := make([]*facts, 0, 2)
	if it.now != nil {
		out = append(out, it.now)
	}
	if next := t.next(it); next != nil && next != it.now {
		out = append(out, next)
	}
	return out
}

// changesPods reports whether one of the changes makes, changes or deletes pods.
// Without such a change the mixtures of a phase are those of its way back, and
// they need to be looked at only once.
func (t *transition) changesPods(relevant []int) bool {
	return slices.ContainsFunc(relevant, func(i int) bool { return t.before[i].runs() || t.after[i].runs() })
}

// callsItself reports whether a workload that the transition makes or deletes
// calls its own app: those pods serve nobody before the gate, or no longer, so
// the call has to hold when the phase is complete, if it is made then.
func (p *prover) callsItself(t *transition, c *call) bool {
	it := c.workload
	return it.seen == t && it.change >= 0 && (t.before[it.change] == nil || t.after[it.change] == nil) &&
		slices.Contains(c.means.owners, p.owner(c.object))
}
