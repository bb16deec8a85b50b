package verify

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
)

// transition is one phase in one direction: the changes that lead from the
// current state to another.
type transition struct {
	state         *render.State
	back          bool
	changes       []render.Change // Before and After in the direction of the transition
	items         []*item         // of the changes
	before, after []*facts        // of the changes
	proof         *PhaseProof
	forward       *transition        // of the way back: the transition that it undoes
	mirrors       map[mirrorKey]bool // calls whose mixtures are the same in both directions

	decided     []*item            // the places that some change may decide about
	byNamespace map[string][]int   // the changes of Namespace objects
	permissive  map[int]bool       // the changes that make or delete a policy which only allows more
	lost        []int              // those of them that delete it
	moving      map[*item][]*item  // by host points: the routes that it changes
	everywhere  map[string][]int   // by cluster: the changes that may decide about every lookup
	services    labelIndex         // the Services that the transition makes or changes, as they are after it
	pods        map[labelKey][]int // the workloads that it makes or changes, as they are after it
}

// mirrorKey is one address of one workload.
type mirrorKey struct {
	workload *item
	ref      *refs.Reference
}

func (p *prover) newTransition(s *render.State, back bool, proof *PhaseProof) *transition {
	n := len(s.Changes)
	t := &transition{
		state: s, back: back, proof: proof, changes: s.Changes,
		items: make([]*item, n), before: make([]*facts, n), after: make([]*facts, n),
		mirrors: map[mirrorKey]bool{},
	}
	if back {
		t.changes = make([]render.Change, n)
	}
	for i, c := range s.Changes {
		if back {
			c.Before, c.After = c.After, c.Before
			t.changes[i] = c
		}
		t.items[i], t.before[i], t.after[i] = p.item(c.Key), p.library.of(c.Before), p.library.of(c.After)
		t.mark(t.items[i])
		t.items[i].change = i
	}
	p.decideAll(t)
	return t
}

// decideAll finds, for every change, the places at which calls begin or end that
// it can decide about.
func (p *prover) decideAll(t *transition) {
	t.services, t.byNamespace, t.everywhere = labelIndex{}, map[string][]int{}, map[string][]int{}
	policies := false
	for i, it := range t.items {
		if isServiceKey(it.Key) && t.after[i] != nil {
			t.services.enterService(it, t.after[i].selector)
		}
		policies = policies || isPolicyKey(it.Key)
	}
	t.permissive = map[int]bool{}
	if policies {
		t.indexPods()
		p.findPermissive(t)
	}
	t.moving = map[*item][]*item{}
	for i, it := range t.items {
		t.decides(i, it)
		p.decidePoints(t, i)
		switch {
		case isNamespaceKey(it.Key):
			t.byNamespace[it.Name] = append(t.byNamespace[it.Name], i)
			if it.Name == dnsNamespace {
				t.everywhere[it.Cluster] = append(t.everywhere[it.Cluster], i)
			}
		case isPolicyKey(it.Key):
			p.decidePolicy(t, i)
		case it.Kind == "EndpointSlice" || it.Kind == "Endpoints":
			p.decideAddresses(t, i)
		default:
			p.decidePods(t, i)
		}
	}
}

// decideAddresses is about the Service that endpoints of the manifests stand for.
func (p *prover) decideAddresses(t *transition, i int) {
	for _, f := range [...]*facts{t.before[i], t.after[i]} {
		if f == nil {
			continue
		}
		it := t.items[i]
		s := serviceOf(it.Key)
		if it.Kind == "EndpointSlice" {
			s.name = f.object.Text("metadata", "labels", "kubernetes.io/service-name")
		}
		t.decides(i, p.serviceItem(s))
	}
}

// decidePods is about the Services that select the pods of a workload in either
// version. Pods of the cluster's DNS are on the way of every lookup.
func (p *prover) decidePods(t *transition, i int) {
	it := t.items[i]
	for _, f := range [...]*facts{t.before[i], t.after[i]} {
		p.leadingTo(t, f, it, func(s *item) { t.decides(i, s) })
		if f.runs() && isDNS(it.Namespace, f.labels) {
			t.everywhere[it.Cluster] = append(t.everywhere[it.Cluster], i)
		}
	}
}

// The pods of the cluster's DNS, as every installer labels them.
const (
	dnsNamespace = "kube-system"
	dnsLabel     = "k8s-app"
	dnsName      = "kube-dns"
)

func isDNS(namespace string, labels *manifest.Node) bool {
	return namespace == dnsNamespace && labels.Child(dnsLabel).Value() == dnsName
}

// indexPods makes the workloads of the transition findable by the labels of
// their pods after it.
func (t *transition) indexPods() {
	t.pods = map[labelKey][]int{}
	for i, f := range t.after {
		if !f.runs() {
			continue
		}
		it := t.items[i]
		k := labelKey{cluster: it.Cluster, namespace: it.Namespace}
		t.pods[k] = append(t.pods[k], i)
		for label, value := range f.labels.Entries() {
			k := labelKey{it.Cluster, it.Namespace, label, value.Value()}
			t.pods[k] = append(t.pods[k], i)
		}
	}
}

// decidePolicy is about the pods that a policy selects, and the Services that
// lead to them. A permissive policy decides about nothing, but what is asked
// without it has to be asked.
func (p *prover) decidePolicy(t *transition, i int) {
	it := t.items[i]
	note := t.decides
	if t.permissive[i] {
		if t.before[i] == nil {
			return
		}
		note = func(_ int, at *item) { t.touches(at) }
	}
	for _, f := range [...]*facts{t.before[i], t.after[i]} {
		if f == nil {
			continue
		}
		if isDNSPolicy(it, f) {
			t.everywhere[it.Cluster] = append(t.everywhere[it.Cluster], i)
		}
		p.selected(t, it, f, func(w *item) {
			if selects(f, w.now) || selects(f, t.next(w)) {
				note(i, w)
				p.leadingTo(t, w.now, w, func(s *item) { note(i, s) })
				p.leadingTo(t, t.next(w), w, func(s *item) { note(i, s) })
			}
		})
	}
}

// leadingTo calls visit for the Services that select the pods of a version of a
// workload, before or after a transition.
func (p *prover) leadingTo(t *transition, pods *facts, workload *item, visit func(*item)) {
	if pods.runs() {
		p.selecting(t, workload, pods.labels, visit)
	}
}

// dnsLabels stand for those of the cluster's DNS pods, which manifests seldom show.
func dnsLabels() *manifest.Node { return manifest.Map(manifest.F(dnsLabel, manifest.Str(dnsName))) }

// rarestPods is [labelIndex.rarest] for the workloads of the transition.
func (t *transition) rarestPods(at *item, matchLabels *manifest.Node) labelKey {
	best := labelKey{cluster: at.Cluster, namespace: at.Namespace}
	fewest := -1
	for k, v := range matchLabels.Entries() {
		key := labelKey{at.Cluster, at.Namespace, k, v.Value()}
		if n := len(t.pods[key]); fewest < 0 || n < fewest {
			best, fewest = key, n
		}
	}
	return best
}
