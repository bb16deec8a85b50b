package verify

import (
	"fmt"
	"math/bits"
	"sync"

	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// asker asks calls in mixed states. It has a world of its own, which it changes
// and puts back; everything else of the prover it only reads, so that several
// askers can work side by side.
type asker struct {
	*prover
	world  *sim.World
	states int // mixed states that it looked at
}

// answer is what an asker found out about one call.
type answer struct {
	mirrored bool     // the mixtures are the same in both directions
	failure  *failure // nil: the call reaches whom it means in all of them
}

// fewCalls is how many calls are not worth a second worker.
const fewCalls = 64

// explore asks every call that a transition touches in every combination of the
// changes that can touch it.
func (p *prover) explore(t *transition) {
	calls := append(p.touched(t), p.arriving(t)...)
	t.proof.Calls = max(t.proof.Calls, len(calls))
	answers := make([]answer, len(calls))
	workers := len(p.askers)
	if len(calls) < fewCalls {
		workers = 1
	}
	var group sync.WaitGroup
	for w, a := range p.askers[:workers] {
		from, to := w*len(calls)/workers, (w+1)*len(calls)/workers
		group.Go(func() {
			for i := from; i < to; i++ {
				answers[i] = a.exploreCall(t, calls[i])
			}
		})
	}
	group.Wait()
	for i, c := range calls {
		if f := answers[i].failure; f != nil {
			p.report(t, c, f)
		}
		t.mirrors[mirrorKey{c.workload, c.ref}] = answers[i].mirrored
	}
	for _, a := range p.askers {
		t.proof.States += a.states
		a.states = 0
	}
}

// exploreCall walks through the combinations in the order of a Gray code, so
// that neighbours differ in one change.
func (a *asker) exploreCall(t *transition, c *call) answer {
	if m, ok := a.meaningOf(c); !ok || m.broken || a.callsItself(t, c) {
		return answer{}
	}
	if t.back && t.forward.mirrors[mirrorKey{c.workload, c.ref}] {
		return answer{}
	}
	relevant := a.relevant(t, c)
	if len(relevant) > maxTogether {
		return answer{failure: &failure{code: "P1", text: fmt.Sprintf(
			"%d changes of this phase touch this call, too many to look at in all combinations: lower schedule.maxAppsPerWave", len(relevant))}}
	}
	out := answer{mirrored: !a.changesPods(t, relevant)}
	applied := make([]bool, len(relevant))
	for n := uint(1); ; n++ {
		a.states++
		if f := a.tryCall(c, relevant, applied); f != nil && (out.failure == nil || f.size() < out.failure.size()) {
			out.failure = f
		}
		flip := bits.TrailingZeros(n)
		if flip >= len(relevant) {
			break
		}
		applied[flip] = !applied[flip]
		a.toggle(t, relevant[flip], applied[flip])
	}
	for i, on := range applied {
		if on {
			a.toggle(t, relevant[i], false)
		}
	}
	return out
}

// toggle applies one change to the world, or takes it back. What a phase makes
// or changes is not ready before its gate; what it changes runs old and new pods
// side by side; what it deletes is gone.
func (a *asker) toggle(t *transition, i int, on bool) {
	c := t.changes[i]
	o := c.Before
	if on {
		o = c.After
	}
	if o == nil {
		a.world.Remove(c.Key.Cluster, c.Key.ID)
		return
	}
	a.world.Put(c.Key.Cluster, o)
	if !on || !isWorkload(o) {
		return
	}
	fresh := a.world.Pods(o, sim.NotReady)
	switch {
	case c.Before == nil:
		a.world.SetPods(c.Key.Cluster, c.Key.ID, fresh)
	case !samePods(c.Before, o):
		a.world.SetPods(c.Key.Cluster, c.Key.ID, a.world.Pods(c.Before, sim.Ready), fresh)
	}
}

// tryCall asks a call in the world as it is now.
func (a *asker) tryCall(c *call, relevant []int, applied []bool) *failure {
	m, _ := a.meaningOf(c)
	for _, port := range m.ports {
		f := a.ask(c, m, port)
		if f == nil {
			continue
		}
		for i, on := range applied {
			if on {
				f.applied = append(f.applied, relevant[i])
			}
		}
		return f
	}
	return nil
}

// ask asks a call at one port, and returns why it does not reach whom it means.
func (a *asker) ask(c *call, m meaning, port portProtocol) *failure {
	code, text := a.judge(c, m.asked(port), a.world.Call(a.simCall(c, port, sim.Ready)), 0)
	if code == "" {
		return nil
	}
	return &failure{code: code, text: text, port: port, trace: a.world.Explain(a.simCall(c, port, sim.Ready)).Trace}
}

// ask asks one call once, after a phase: all its changes are in effect, and all
// pods are ready.
func (p *prover) ask(t *transition, c *call) {
	m, ok := p.meaningOf(c)
	if !ok || m.broken {
		return
	}
	for _, port := range m.ports {
		if f := p.askers[0].ask(c, m, port); f != nil {
			f.whole = true
			p.report(t, c, f)
			return
		}
	}
}

// warm scans what askers look up while they work side by side.
func (p *prover) warm(changes []render.Change) {
	for _, c := range changes {
		for _, o := range nonNil(c.Before, c.After) {
			if isServiceKey(c.Key) || plan.IsRoute(o) || o.Source() == nil && plan.PodTemplate(o) == nil {
				p.referencesOf(o)
			}
		}
	}
}
