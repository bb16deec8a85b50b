package verify

import (
	"math/bits"
	"slices"
)

// maxTogether is how many changes that touch one call are looked at in all their
// combinations. Beyond it the proof gives up on the call, and says so.
const maxTogether = 14

// together is the changes that can decide about one call, by how many of their
// combinations have to be looked at.
type together struct {
	every []int // in every combination
	// policies are NetworkPolicies that are made or deleted. For each connection
	// that a call makes, and each of its sides, policies are added up: the side is
	// open when no policy isolates it, else when any allows it, and the call
	// succeeds when all its sides are open. Say that it fails with some of these
	// policies present, and not with none. Then a side is shut with them that is
	// open without them, so nothing isolates it but these, and none that does
	// allows it. With any one of those alone it is shut too. So it is enough to
	// look at none of them, and at each alone.
	policies []int
	// pods are workloads that are made, changed or deleted, where no relay is on
	// the way. The call succeeds when every Service that it ends at has an endpoint
	// and every endpoint is right by itself: allowed, listening, of the app that
	// is meant. Say that it fails with some of these pods present. If an endpoint
	// is wrong that is always there, it fails with none of them. If one of theirs
	// is wrong, it fails with that one alone. If an endpoint is missing, it is
	// missing with none of them. So the same is enough, together with each choice
	// among the policies: with the pods as they are, one of their choices fails,
	// and with the policies as they are in it, one of the choices of pods.
	pods []int
}

// fewTogether is how many changes are looked at in all combinations although
// fewer would do: the smallest failure is found so.
const fewTogether = 5

// split sorts changes by how they have to be combined.
func (p *prover) split(t *transition, relevant []int, relayed bool) together {
	if len(relevant) <= p.few {
		return together{every: relevant}
	}
	var m together
	for _, i := range relevant {
		it := t.items[i]
		made := t.before[i] == nil || t.after[i] == nil
		switch {
		case isPolicyKey(it.Key) && made && !slices.Contains(t.everywhere[it.Cluster], i):
			m.policies = append(m.policies, i)
		case (t.before[i].runs() || t.after[i].runs()) && !relayed && it.Namespace != dnsNamespace:
			m.pods = append(m.pods, i)
		default:
			m.every = append(m.every, i)
		}
	}
	return m
}

// mixtures shows the world in all combinations of changes that have to be looked
// at, each with the changes that are in effect.
func (p *prover) mixtures(t *transition, m together, visit func(applied []int)) {
	x := mixer{prover: p, t: t}
	for _, i := range slices.Concat(m.policies, m.pods) {
		if t.after[i] == nil {
			x.flip(i) // absent
		}
	}
	x.combinations(m.every, func() {
		x.each(m.pods, func() {
			x.each(m.policies, func() { visit(x.applied) })
		})
	})
	for len(x.applied) > 0 {
		x.flip(x.applied[len(x.applied)-1])
	}
}

// mixer applies changes and takes them back.
type mixer struct {
	*prover
	t       *transition
	applied []int // sorted
}

func (x *mixer) flip(i int) {
	at, on := slices.BinarySearch(x.applied, i)
	if on {
		x.applied = slices.Delete(x.applied, at, at+1)
	} else {
		x.applied = slices.Insert(x.applied, at, i)
	}
	x.toggle(x.t, i, !on)
}

// combinations shows all combinations of some changes in the order of a Gray
// code, so that neighbours differ in one change.
func (x *mixer) combinations(changes []int, visit func()) {
	for n := uint(1); ; n++ {
		visit()
		flip := bits.TrailingZeros(n)
		if flip >= len(changes) {
			break
		}
		x.flip(changes[flip])
	}
	if len(changes) > 0 {
		x.flip(changes[len(changes)-1]) // a Gray code ends with the last alone
	}
}

// each shows none of some changes turned, and each alone.
func (x *mixer) each(changes []int, visit func()) {
	visit()
	for _, i := range changes {
		x.flip(i)
		visit()
		x.flip(i)
	}
}
