package verify

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// A NetworkPolicy does two things: it isolates the pods that it selects, and it
// allows some connections. Policies are added up: of isolated pods a connection
// is allowed when any policy allows it. So where all pods that a policy selects
// are isolated by others in its directions, in every mixture of a phase, the
// policy can only allow more: a call that fails in some mixture with it fails in
// the same mixture without it. Such a policy is permissive, and mixtures need to
// be looked at without it alone: where a phase makes it, it is left out, and
// where a phase deletes it, it is deleted before anything is asked. That is what
// almost all policies are that a migration makes, and there may be one for each
// caller of a Service.
func (p *prover) findPermissive(t *transition) {
	for i, it := range t.items {
		if isPolicyKey(it.Key) && (t.before[i] == nil) != (t.after[i] == nil) && p.permissive(t, i) {
			t.permissive[i] = true
			if t.after[i] == nil {
				t.lost = append(t.lost, i)
			}
		}
	}
}

// permissive reports whether a policy that a transition makes or deletes isolates
// no pods that policies which the transition leaves alone do not.
func (p *prover) permissive(t *transition, i int) bool {
	f := t.before[i]
	if f == nil {
		f = t.after[i]
	}
	in, out := p.world.Isolates(f.object)
	stays := func(id manifest.ID) bool {
		it := p.items[render.Key{Cluster: t.items[i].Cluster, ID: id}]
		return it != nil && (it.seen != t || it.change < 0)
	}
	free := func(pods *facts) bool {
		if !pods.runs() {
			return false
		}
		isIn, isOut := p.world.Isolated(t.items[i].Cluster, pods.pods, stays)
		return in && !isIn || out && !isOut
	}
	if isDNSPolicy(t.items[i], f) {
		return false // the pods of the cluster's DNS are not in the manifests
	}
	isolates := false
	p.selected(t, t.items[i], f, func(w *item) {
		isolates = isolates || selects(f, w.now) && free(w.now) || selects(f, t.next(w)) && free(t.next(w))
	})
	return !isolates
}

// selected calls visit for the workloads that a policy may select, before or
// after a transition, some of them twice.
func (p *prover) selected(t *transition, at *item, policy *facts, visit func(*item)) {
	matchLabels := policy.object.Root().Child("spec").Child("podSelector").Child("matchLabels")
	for w := range p.pods[p.pods.rarest(at, matchLabels)] { // every one of them is visited
		visit(w)
	}
	for _, j := range t.pods[t.rarestPods(at, matchLabels)] {
		visit(t.items[j])
	}
}

// selects reports whether a policy selects the pods of a version of a workload.
func selects(policy, workload *facts) bool {
	return workload.runs() && plan.Selects(policy.object.Root().Child("spec").Child("podSelector"), workload.labels)
}

// isDNSPolicy reports whether a policy selects the pods of the cluster's DNS.
func isDNSPolicy(at *item, policy *facts) bool {
	return at.Namespace == dnsNamespace && plan.Selects(policy.object.Root().Child("spec").Child("podSelector"), dnsLabels())
}

// without proves something without the permissive policies that a transition
// deletes.
func (p *prover) without(t *transition, prove func()) {
	for _, i := range t.lost {
		p.toggle(t, i, true)
	}
	prove()
	for _, i := range t.lost {
		p.toggle(t, i, false)
	}
}
