package verify

import (
	"fmt"
	"math/bits"

	"github.com/rehome-dev/rehome/verify/sim"
)

// answer is what an asker found out about one call.
type answer struct {
	mirrored bool     // the mixtures are the same in both directions
	failure  *failure // nil: the call reaches whom it means in all of them
}

// explore asks every call that a transition touches in every combination of the
// changes that can touch it.
func (p *prover) explore(t *transition) {
	calls := append(p.touched(t), p.arriving(t)...)
	t.proof.Calls = max(t.proof.Calls, len(calls))
	for _, c := range calls {
		answer := p.exploreCall(t, c)
		if answer.failure != nil {
			p.report(t, c, answer.failure)
		}
		t.mirrors[mirrorKey{c.workload, c.ref}] = answer.mirrored
	}
}

// exploreCall walks through the combinations in the order of a Gray code, so
// that neighbours differ in one change.
func (p *prover) exploreCall(t *transition, c *call) answer {
	if c.means == nil || c.means.broken || p.callsItself(t, c) {
		return answer{}
	}
	if t.back && t.forward.mirrors[mirrorKey{c.workload, c.ref}] {
		return answer{}
	}
	relevant := p.relevant(t, c)
	if len(relevant) > maxTogether {
		return answer{failure: &failure{code: "P1", text: fmt.Sprintf(
			"%d changes of this phase touch this call, too many to look at in all combinations: lower schedule.maxAppsPerWave", len(relevant))}}
	}
	out := answer{mirrored: !t.changesPods(relevant)}
	applied := make([]bool, len(relevant))
	for n := uint(1); ; n++ {
		t.proof.States++
		if f := p.tryCall(c, relevant, applied); f != nil && (out.failure == nil || f.size() < out.failure.size()) {
			out.failure = f
		}
		flip := bits.TrailingZeros(n)
		if flip >= len(relevant) {
			break
		}
		applied[flip] = !applied[flip]
		p.toggle(t, relevant[flip], applied[flip])
	}
	for i, on := range applied {
		if on {
			p.toggle(t, relevant[i], false)
		}
	}
	return out
}

// toggle applies one change to the world, or takes it back. What a phase makes
// or changes is not ready before its gate; what it changes runs old and new pods
// side by side; what it deletes is gone.
func (p *prover) toggle(t *transition, i int, on bool) {
	c := &t.changes[i]
	o := c.Before
	if on {
		o = c.After
	}
	if o == nil {
		p.world.Remove(c.Key.Cluster, c.Key.ID)
		return
	}
	p.world.Put(c.Key.Cluster, o)
	if !on || !t.after[i].runs() {
		return
	}
	fresh := t.after[i].pods
	fresh.Readiness = sim.NotReady
	switch {
	case c.Before == nil:
		p.world.SetPods(c.Key.Cluster, c.Key.ID, fresh)
	case !samePods(c.Before, o):
		p.world.SetPods(c.Key.Cluster, c.Key.ID, t.before[i].pods, fresh)
	}
}

// tryCall asks a call in the world as it is now.
func (p *prover) tryCall(c *call, relevant []int, applied []bool) *failure {
	for _, port := range c.means.ports {
		f := p.ask(c, port)
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
func (p *prover) ask(c *call, port portProtocol) *failure {
	code, text := p.judge(c, c.means.asked(port), p.world.Call(c.dial(port)), 0)
	if code == "" {
		return nil
	}
	return &failure{code: code, text: text, port: port, trace: p.world.Explain(c.dial(port)).Trace}
}

// askWhole asks one call once, after a phase: all its changes are in effect, and
// all pods are ready.
func (p *prover) askWhole(t *transition, c *call) {
	if c.means == nil || c.means.broken {
		return
	}
	for _, port := range c.means.ports {
		if f := p.ask(c, port); f != nil {
			f.whole = true
			p.report(t, c, f)
			return
		}
	}
}
