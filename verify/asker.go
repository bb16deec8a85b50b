package verify

import (
	"fmt"
	"slices"

	"github.com/rehome-dev/rehome/verify/sim"
)

// explore asks every call that a transition touches in every combination of the
// changes that can touch it.
func (p *prover) explore(t *transition) {
	calls := append(p.touched(t), p.arriving(t)...)
	t.proof.Calls = max(t.proof.Calls, len(calls))
	for _, c := range calls {
		if c.means == nil || c.means.broken || p.callsItself(t, c) || t.back && t.forward.mirrors[mirrorKey{c.workload, c.ref}] {
			continue
		}
		p.exploreCall(t, c)
	}
}

// exploreCall reports the smallest mixture in which a call fails, if there is one.
func (p *prover) exploreCall(t *transition, c *call) {
	relevant, own := p.relevant(t, c)
	t.mirrors[mirrorKey{c.workload, c.ref}] = !own && !t.changesPods(relevant)
	m := p.split(t, relevant, p.relayed(c, t))
	if len(m.every) > maxTogether {
		p.report(t, c, &failure{code: "P1", text: fmt.Sprintf(
			"%d changes of this phase touch this call, too many to look at in all combinations: lower schedule.maxAppsPerWave", len(m.every))})
		return
	}
	var worst *failure
	p.mixtures(t, m, func(applied []int) {
		t.proof.States++
		if worst != nil && len(applied) >= worst.size() {
			return
		}
		if f := p.tryCall(c); f != nil {
			f.applied = slices.Clone(applied)
			worst = f
		}
	})
	if worst != nil {
		if p.telling(t, c) {
			p.shrink(t, c, worst)
		}
		p.report(t, c, worst)
	}
}

// shrink leaves out of a failure the changes without which the call fails in the
// same way, and has it told.
func (p *prover) shrink(t *transition, c *call, f *failure) {
	x := mixer{prover: p, t: t, applied: slices.Clone(t.lost)}
	for _, i := range f.applied {
		x.flip(i)
	}
	f.applied = nil
	for _, i := range slices.Clone(x.applied) {
		if t.permissive[i] && !p.near(t, c, t.items[i].Namespace) {
			continue
		}
		x.flip(i)
		if again := p.tryCall(c); again == nil || again.code != f.code {
			x.flip(i) // it takes this one
			f.applied = append(f.applied, i)
		}
	}
	f.trace = p.world.Explain(c.dial(f.port)).Trace
	for _, i := range slices.Concat(t.lost, x.applied) {
		if _, on := slices.BinarySearch(x.applied, i); on != slices.Contains(t.lost, i) {
			x.flip(i)
		}
	}
}

// near reports whether a call begins in a namespace, or may pass it.
func (p *prover) near(t *transition, c *call, namespace string) bool {
	return c.workload.Namespace == namespace || slices.ContainsFunc(p.ways(c, t), func(it *item) bool { return it.Namespace == namespace })
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

// tryCall asks a call in the world as it is now, at each of its ports, and
// returns why it does not reach whom it means.
func (p *prover) tryCall(c *call) *failure {
	for _, port := range c.means.ports {
		code, text := p.judge(c, c.means.asked(port), p.world.Call(c.dial(port)), 0)
		if code != "" {
			return &failure{code: code, text: text, port: port}
		}
	}
	return nil
}

// askWhole asks one call once, after a phase: all its changes are in effect, and
// all pods are ready.
func (p *prover) askWhole(t *transition, c *call) {
	if c.means == nil || c.means.broken {
		return
	}
	if f := p.tryCall(c); f != nil {
		f.whole = true
		f.trace = p.world.Explain(c.dial(f.port)).Trace
		p.report(t, c, f)
	}
}
