package verify

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// labelKey is a label in a namespace. The one without key and value stands for
// everything in the namespace.
type labelKey struct{ cluster, namespace, key, value string }

// labelIndex finds what has a label.
type labelIndex map[labelKey]map[*item]bool

func (x labelIndex) add(k labelKey, it *item) {
	if x[k] == nil {
		x[k] = map[*item]bool{}
	}
	x[k][it] = true
}

// enterPods makes a workload findable by the labels of its pods.
func (x labelIndex) enterPods(it *item, labels *manifest.Node) {
	x.add(labelKey{cluster: it.Cluster, namespace: it.Namespace}, it)
	for k, v := range labels.Entries() {
		x.add(labelKey{it.Cluster, it.Namespace, k, v.Value()}, it)
	}
}

// leavePods is the opposite of enterPods.
func (x labelIndex) leavePods(it *item, labels *manifest.Node) {
	delete(x[labelKey{cluster: it.Cluster, namespace: it.Namespace}], it)
	for k, v := range labels.Entries() {
		delete(x[labelKey{it.Cluster, it.Namespace, k, v.Value()}], it)
	}
}

// rarest returns the entry of a selector's labels that the fewest have; that of
// the namespace for a selector without labels.
func (x labelIndex) rarest(at *item, matchLabels *manifest.Node) labelKey {
	best := labelKey{cluster: at.Cluster, namespace: at.Namespace}
	fewest := -1
	for k, v := range matchLabels.Entries() {
		key := labelKey{at.Cluster, at.Namespace, k, v.Value()}
		if n := len(x[key]); fewest < 0 || n < fewest || n == fewest && k < best.key {
			best, fewest = key, n
		}
	}
	return best
}

// enterService makes a Service findable by the labels of the pods that it
// selects: by the one of them that the fewest Services have.
func (x labelIndex) enterService(it *item, selector *manifest.Node) labelKey {
	if selector.Len() == 0 {
		return labelKey{}
	}
	k := x.rarest(it, selector)
	x.add(k, it)
	return k
}

// selecting calls visit for the Services that select pods with the labels: those
// of the current state, and where a transition is given those after it.
func (p *prover) selecting(t *transition, at *item, labels *manifest.Node, visit func(*item)) {
	for k, v := range labels.Entries() {
		key := labelKey{at.Cluster, at.Namespace, k, v.Value()}
		for s := range p.services[key] { // every one of them is visited
			if plan.SelectsEqual(s.now.selector, labels) {
				visit(s)
			}
		}
		if t == nil {
			continue
		}
		for s := range t.services[key] {
			if plan.SelectsEqual(t.next(s).selector, labels) {
				visit(s)
			}
		}
	}
}
