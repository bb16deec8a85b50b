package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
)

// TestMixturesAgainstBruteForce makes small worlds at random, with a phase of
// random changes, and compares what the proof says of every call with what comes
// of asking it in every combination of all changes, whatever they are about. It
// fails where a change is not taken to touch a call that it can break, and where
// the combinations that are looked at are too few.
func TestMixturesAgainstBruteForce(t *testing.T) {
	t.Parallel()
	worlds := 400
	if testing.Short() {
		worlds = 100
	}
	var sum brute
	for seed := range worlds {
		if t.Failed() {
			break // one is enough to look at
		}
		w := newRandomWorld(t, uint64(seed))
		for _, few := range [...]int{0, fewTogether} {
			b := brute{t: t, seed: seed, prover: w.prover(), failing: map[mirrorKey]bool{}}
			b.prover.few = few
			b.run(w)
			sum.asked, sum.failed, sum.spared = sum.asked+b.asked, sum.failed+b.failed, sum.spared+b.spared
		}
	}
	t.Logf("%d calls, of which %d fail in some mixture; %d mixtures were not looked at", sum.asked, sum.failed, sum.spared)
	if sum.failed < sum.asked/20 || sum.asked-sum.failed < sum.asked/20 || sum.spared < sum.asked {
		t.Error("the worlds are too much alike to show anything")
	}
}

// brute compares one phase of one world, forward and back.
type brute struct {
	t       *testing.T
	seed    int
	prover  *prover
	failing map[mirrorKey]bool // on the way forward, as the proof has it

	asked, failed int
	spared        int // mixtures that the proof does not look at
}

func (b *brute) run(w *randomWorld) {
	p := b.prover
	forward := p.newTransition(w.states[1], false, anyPhase())
	b.compare(forward)
	p.arrive(forward)
	back := p.newTransition(w.states[1], true, anyPhase())
	back.forward = forward
	b.compare(back)
}

func anyPhase() *PhaseProof { return &PhaseProof{Phase: &plan.Phase{}, Failed: map[diag.Code]int{}} }

// compare asks every call in every combination, and as the proof does.
func (b *brute) compare(t *transition) {
	p := b.prover
	touched := append(p.touched(t), p.arriving(t)...)
	all := slices.Clone(touched)
	for _, it := range p.present() {
		all = append(all, it.calls...)
	}
	seen := map[*call]bool{}
	for _, c := range all {
		if seen[c] || c.means == nil || c.means.broken || p.callsItself(t, c) {
			continue
		}
		seen[c] = true
		want := b.everywhere(t, c)
		got, how := b.proved(t, c, slices.Contains(touched, c))
		b.asked++
		if want {
			b.failed++
		}
		if got != want {
			b.t.Errorf("seed %d: %s -> %s fails in a mixture: %v, and for the proof, by which it is %s: %v%s",
				b.seed, c.workload.ID, c.host, want, how, got, describeAll(t))
		}
	}
}

// proved reports whether a call fails for the proof.
func (b *brute) proved(t *transition, c *call, touched bool) (fails bool, how string) {
	p, mirror := b.prover, mirrorKey{c.workload, c.ref}
	if t.back && t.forward.mirrors[mirror] {
		return b.failing[mirror], "looked at on the way forward"
	}
	if !touched {
		return false, "not touched"
	}
	before := len(p.failures)
	p.without(t, func() { p.exploreCall(t, c) })
	b.spared += 1<<len(t.changes) - t.proof.States
	t.proof.States = 0
	if !t.back {
		b.failing[mirror] = len(p.failures) > before
	}
	return len(p.failures) > before, "touched"
}

// everywhere reports whether a call fails in any combination of all changes
// but that of the caller itself.
func (b *brute) everywhere(t *transition, c *call) bool {
	var others []int
	for i, it := range t.items {
		if it != c.workload {
			others = append(others, i)
		}
	}
	fails := false
	b.prover.mixtures(t, together{every: others}, func([]int) {
		fails = fails || b.prover.tryCall(c) != nil
	})
	return fails
}

func describeAll(t *transition) string {
	var out strings.Builder
	for i, c := range t.changes {
		fmt.Fprintf(&out, "\n\t%s", describeChange(c))
		for _, f := range [...]*facts{t.before[i], t.after[i]} {
			if f != nil {
				fmt.Fprintf(&out, "\n%s", f.object.Bytes())
			}
		}
		if t.permissive[i] {
			out.WriteString("\t(permissive)")
		}
	}
	return out.String()
}
