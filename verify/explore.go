package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
)

// maxTogether is how many changes that touch one call are looked at in all their
// combinations; beyond it the proof gives up on the call, and says so.
const maxTogether = 14

// transition is one phase in one direction: the changes that lead from the
// current state to another.
type transition struct {
	state   *render.State
	back    bool
	changes []render.Change // Before and After in the direction of the transition
	after   map[render.Key]*manifest.Object
	changed map[render.Key]int // position in changes
	proof   *PhaseProof
	forward *transition        // of the way back: the transition that it undoes
	mirrors map[mirrorKey]bool // calls whose mixtures are the same in both directions

	// By what a change can decide about, the positions in changes:
	byService   map[service][]int
	byNamespace map[string][]int // the Namespace objects
	policies    map[policyKey][]int
	policed     []string                  // the namespaces of changed policies
	selectors   map[selectorKey][]service // the Services that the transition makes or changes
}

func (p *prover) newTransition(s *render.State, back bool, proof *PhaseProof) *transition {
	t := &transition{
		state: s, back: back, proof: proof,
		after:   make(map[render.Key]*manifest.Object, len(s.Changes)),
		changed: make(map[render.Key]int, len(s.Changes)),
		mirrors: map[mirrorKey]bool{},
	}
	for i, c := range s.Changes {
		if back {
			c.Before, c.After = c.After, c.Before
		}
		t.changes = append(t.changes, c)
		t.after[c.Key] = c.After
		t.changed[c.Key] = i
	}
	p.indexTransition(t)
	return t
}

// provePhase proves a phase forward, then its way back, and leaves the state
// that it leads to.
func (p *prover) provePhase(s *render.State) {
	proof := &PhaseProof{Phase: s.Phase, Failed: map[diag.Code]int{}}
	p.proof.Phases = append(p.proof.Phases, proof)
	p.warm(s.Changes)
	forward := p.newTransition(s, false, proof)
	for _, a := range p.askers {
		a.world.SetEpoch(s.Index)
	}
	p.explore(forward)
	p.runChecks(forward)
	p.arrive(forward)
	back := p.newTransition(s, true, proof)
	back.forward = forward
	p.explore(back)
	p.runChecks(back)
}

// arrive makes the state that a transition leads to, and asks the calls that it
// touched once more: now all pods are ready. Where no pods changed, that has been
// asked already.
func (p *prover) arrive(t *transition) {
	for _, c := range t.changes {
		p.set(c.Key, c.After)
	}
	p.refresh(t)
	for _, c := range p.touched(t) {
		if !t.mirrors[mirrorKey{c.workload, c.ref}] {
			p.ask(t, c)
		}
	}
}

// refresh indexes anew, each once, the workloads that changed, that read what
// changed, or that call a Service that changed.
func (p *prover) refresh(t *transition) {
	var keys []render.Key
	for _, c := range t.changes {
		keys = append(keys, c.Key)
		keys = append(keys, p.index.readers[c.Key]...)
		decided := p.pointsOf(c)
		if isServiceKey(c.Key) {
			decided = append(decided, serviceOf(c.Key))
		}
		for _, s := range decided {
			for _, call := range p.index.calling(s) {
				keys = append(keys, call.workload)
			}
		}
	}
	slices.SortFunc(keys, render.Key.Compare)
	for _, key := range slices.Compact(keys) {
		p.reindex(key)
	}
}

func isServiceKey(k render.Key) bool { return k.IsService() }

// versions returns what an object is before and after a transition.
func (p *prover) versions(t *transition, key render.Key) []*manifest.Object {
	before := p.current[key]
	if i, ok := t.changed[key]; ok && t.changes[i].After != before {
		return nonNil(before, t.changes[i].After)
	}
	return nonNil(before)
}

// next returns an object as it is after the transition.
func (p *prover) next(t *transition, key render.Key) *manifest.Object {
	if i, ok := t.changed[key]; ok {
		return t.changes[i].After
	}
	return p.current[key]
}

// mirrorKey is one address of one workload.
type mirrorKey struct {
	workload render.Key
	ref      *refs.Reference
}

// changesPods reports whether one of the changes makes, changes or deletes pods.
// Without such a change the mixtures of a phase are those of its way back, and
// they need to be looked at only once.
func (p *prover) changesPods(t *transition, relevant []int) bool {
	return slices.ContainsFunc(relevant, func(i int) bool {
		return slices.ContainsFunc(nonNil(t.changes[i].Before, t.changes[i].After), isWorkload)
	})
}

// callsItself reports whether a workload that the transition makes or deletes
// calls its own app: those pods serve nobody before the gate, or no longer, so
// the call has to hold when the phase is complete, if it is made then.
func (p *prover) callsItself(t *transition, c *call) bool {
	m, ok := p.meaningOf(c)
	i, changed := t.changed[c.workload]
	return ok && changed && (t.changes[i].Before == nil || t.changes[i].After == nil) && slices.Contains(m.owners, p.owner(c.object))
}
