package verify

import (
	"maps"
	"sync"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// fewChanges is how many changes are not worth a second worker: it has to make
// the state that its phases begin with before it can prove them.
const fewChanges = 400

// proveStretches proves all phases, on several cores in stretches that are about
// as long: a phase depends on the state before it alone. The prover holds today's
// state, and in the end what all have found; the one that has reached the last
// state is returned, with the same findings.
func (p *prover) proveStretches(states []*render.State) *prover {
	ends := stretches(states[1:], p.workers)
	provers := []*prover{p}
	for range ends[1:] {
		provers = append(provers, p.fork())
	}
	var group sync.WaitGroup
	from := 1
	for i, q := range provers {
		before, own := states[:from], states[from:1+ends[i]]
		group.Go(func() {
			if q != p {
				q.advance(before)
			}
			for _, s := range own {
				q.provePhase(s)
			}
		})
		from = 1 + ends[i]
	}
	group.Wait()
	last := provers[len(provers)-1]
	for _, q := range provers[1:] {
		p.adopt(q)
	}
	last.proof, last.diags = p.proof, p.diags
	return last
}

// stretches cuts phases into runs with about as many changes, one for each
// worker at most, and returns where each ends.
func stretches(states []*render.State, workers int) []int {
	total := 0
	for _, s := range states {
		total += len(s.Changes)
	}
	workers = max(1, min(workers, total/fewChanges))
	var ends []int
	sum := 0
	for i, s := range states {
		sum += len(s.Changes)
		if len(ends) < workers-1 && sum*workers >= total*(len(ends)+1) {
			ends = append(ends, i+1)
		}
	}
	if len(ends) == 0 || ends[len(ends)-1] < len(states) {
		ends = append(ends, len(states))
	}
	return ends
}

// fork returns a prover with the same premises that has seen no state yet.
func (p *prover) fork() *prover {
	q := newState(p.premises)
	q.world = p.blank.Clone()
	q.public.byHost = p.public.byHost
	q.assumed = maps.Clone(p.assumed)
	return q
}

// advance makes the state that some states lead to, without proving them.
func (p *prover) advance(states []*render.State) {
	for _, s := range states {
		p.world.SetEpoch(s.Index)
		for _, c := range s.Changes {
			p.set(p.item(c.Key), p.library.of(c.After))
		}
	}
	for _, it := range p.present() {
		p.reindex(it)
	}
}

// adopt adds what another prover has found in later phases.
func (p *prover) adopt(q *prover) {
	p.proof.Phases = append(p.proof.Phases, q.proof.Phases...)
	p.failures = append(p.failures, q.failures...)
	p.publicFailures = append(p.publicFailures, q.publicFailures...)
	p.diags = append(p.diags, q.diags...)
	for _, text := range q.proof.Assumptions {
		p.assumeText(text)
	}
}

// newState returns a prover of the empty state.
func newState(premises *premises) *prover {
	n := len(premises.graph.Inventory.Objects)
	return &prover{
		premises: premises,
		items:    make(map[render.Key]*item, 3*n),
		services: labelIndex{},
		pods:     labelIndex{},
		crowds:   map[string]map[*item]bool{},
		copies:   make(map[*manifest.Source][]render.Key, n),
		public:   newPublicTable(),
		bindings: bindingIndex{},
		crossed:  map[*item]map[*item]bool{},
		assumed:  map[string]bool{},
		worst:    map[counterKey]bool{},
		few:      fewTogether,
		proof:    &Proof{Final: map[diag.Code]int{}, Hazards: map[diag.Code]int{}},
	}
}
