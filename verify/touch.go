package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// touched returns the calls of the current state that a transition can change
// the answer of, in no particular order, each once.
func (p *prover) touched(t *transition) []*call {
	var out []*call
	seen := map[*call]bool{}
	add := func(calls []*call) {
		for _, c := range calls {
			if !seen[c] {
				seen[c] = true
				out = append(out, c)
			}
		}
	}
	for _, change := range t.changes {
		key := change.Key
		add(p.index.byWorkload[key])
		for _, reader := range p.index.readers[key] {
			add(p.index.byWorkload[reader])
		}
		switch {
		case isServiceKey(key):
			add(p.index.calling(serviceOf(key)))
		case isNamespaceKey(key):
			for _, w := range p.index.around(key.Name) {
				add(p.index.byWorkload[w])
			}
		}
		for _, at := range p.pointsOf(change) {
			add(p.index.calling(at))
		}
		for _, o := range nonNil(change.Before, change.After) {
			for _, s := range p.selecting(key, o) {
				add(p.index.calling(s))
			}
		}
	}
	for _, ns := range t.policed {
		for _, w := range p.index.around(ns) {
			for _, c := range p.index.byWorkload[w] {
				if slices.ContainsFunc(p.policiesFor(t, c, ns), func(i int) bool { return p.policyConcerns(c, t.changes[i]) }) {
					add([]*call{c})
				}
			}
		}
	}
	slices.SortFunc(out, compareCalls)
	return out
}

// arriving returns the calls that workloads make after a transition and did not
// make before.
func (p *prover) arriving(t *transition) []*call {
	var keys []render.Key
	for _, change := range t.changes {
		if change.After != nil && isWorkload(change.After) {
			keys = append(keys, change.Key)
		}
		keys = append(keys, p.index.readers[change.Key]...)
	}
	slices.SortFunc(keys, render.Key.Compare)
	var out []*call
	for _, key := range slices.Compact(keys) {
		if o := p.next(t, key); o != nil {
			out = append(out, p.callsOf(key, o, func(k render.Key) *manifest.Object { return p.next(t, k) })...)
		}
	}
	return out
}

// relevant returns the positions of the changes that can decide about a call:
// the Services on its way, the pods behind them, the policies of both ends. They
// are found by what is on the call's way, not by going through the phase.
func (p *prover) relevant(t *transition, c *call) []int {
	var out []int
	namespaces := []string{c.workload.Namespace}
	for _, s := range p.servicesOf(c, func(k render.Key) []*manifest.Object { return p.versions(t, k) }) {
		out = append(out, t.byService[s]...)
		if !s.isPoint() {
			namespaces = append(namespaces, s.namespace)
		}
	}
	slices.Sort(namespaces)
	for _, ns := range slices.Compact(namespaces) {
		out = append(out, t.byNamespace[ns]...)
		for _, i := range p.policiesFor(t, c, ns) {
			if p.policyConcerns(c, t.changes[i]) {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(i int) bool { return t.changes[i].Key == c.workload })
}

// indexTransition sorts the changes of a transition by what they can decide
// about.
func (p *prover) indexTransition(t *transition) {
	t.selectors = map[selectorKey][]service{}
	for _, change := range t.changes {
		if isServiceKey(change.Key) && change.After != nil {
			if k, ok := selectorOf(change.Key, change.After); ok {
				t.selectors[k] = append(t.selectors[k], serviceOf(change.Key))
			}
		}
	}
	t.byService, t.byNamespace, t.policies = map[service][]int{}, map[string][]int{}, map[policyKey][]int{}
	for i, change := range t.changes {
		key := change.Key
		switch {
		case isServiceKey(key):
			t.byService[serviceOf(key)] = append(t.byService[serviceOf(key)], i)
		case isNamespaceKey(key):
			t.byNamespace[key.Name] = append(t.byNamespace[key.Name], i)
		case isPolicyKey(key):
			if !slices.Contains(t.policed, key.Namespace) {
				t.policed = append(t.policed, key.Namespace)
			}
			for _, o := range nonNil(change.Before, change.After) {
				k := policyKeyOf(key.Namespace, o)
				t.policies[k] = append(t.policies[k], i)
			}
		}
		for _, o := range nonNil(change.Before, change.After) {
			for _, s := range p.selectingIn(t, key, o) {
				t.byService[s] = append(t.byService[s], i)
			}
		}
	}
	p.noteMoving(t)
}

func serviceOf(key render.Key) service { return service{key.Cluster, key.Namespace, key.Name} }

// policyKey is the first label of a policy's selector; without one the policy is
// about all pods of its namespace, or about pods that no label tells.
type policyKey struct{ namespace, key, value string }

func policyKeyOf(namespace string, policy *manifest.Object) policyKey {
	out := policyKey{namespace: namespace}
	for label, value := range policy.Get("spec", "podSelector", "matchLabels").Entries() {
		if out.key == "" || label < out.key {
			out.key, out.value = label, value.Value()
		}
	}
	return out
}

// policiesFor returns the changed policies of a namespace that may select the
// caller's pods, the callee's or a relay's.
func (p *prover) policiesFor(t *transition, c *call, namespace string) []int {
	if len(t.policies) == 0 {
		return nil
	}
	out := slices.Clone(t.policies[policyKey{namespace: namespace}])
	add := func(labels *manifest.Node) {
		for k, v := range labels.Entries() {
			out = append(out, t.policies[policyKey{namespace, k, v.Value()}]...)
		}
	}
	if namespace == c.workload.Namespace {
		add(plan.PodTemplate(c.object).Get("metadata", "labels"))
	}
	m, _ := p.meaningOf(c)
	for _, owner := range m.owners {
		for _, labels := range p.labelsOf[owner] {
			add(labels)
		}
	}
	add(plan.RelayLabels(c.ref.Target.Name))
	return out
}

// policyConcerns reports whether a policy selects the caller's pods, or pods of
// those whom the call means, or of a relay.
func (p *prover) policyConcerns(c *call, change render.Change) bool {
	for _, policy := range nonNil(change.Before, change.After) {
		selector := policy.Get("spec", "podSelector")
		if change.Key.Place() == c.workload.Place() && plan.Selects(selector, plan.PodTemplate(c.object).Get("metadata", "labels")) {
			return true
		}
		m, _ := p.meaningOf(c)
		for _, owner := range m.owners {
			for _, labels := range p.labelsOf[owner] {
				if plan.Selects(selector, labels) {
					return true
				}
			}
		}
		if plan.Selects(selector, plan.RelayLabels(c.ref.Target.Name)) {
			return true
		}
	}
	return false
}

func isPolicyKey(k render.Key) bool { return k.IsNetworkPolicy() }

func isNamespaceKey(k render.Key) bool { return k.Group == "" && k.Kind == "Namespace" }

// selectorKey is the first label of a Service's selector.
type selectorKey struct{ cluster, namespace, key, value string }

// selectorOf returns the label under which a Service is found by its pods; ok is
// false when it selects nothing.
func selectorOf(key render.Key, o *manifest.Object) (k selectorKey, ok bool) {
	for label, value := range o.Get("spec", "selector").Entries() {
		if !ok || label < k.key {
			k, ok = selectorKey{key.Cluster, key.Namespace, label, value.Value()}, true
		}
	}
	return k, ok
}

// selecting returns the Services of the current state that select a workload's
// pods, or that slices and Endpoints stand for.
func (p *prover) selecting(key render.Key, o *manifest.Object) []service {
	switch key.Kind {
	case "EndpointSlice":
		return []service{{key.Cluster, key.Namespace, o.Text("metadata", "labels", "kubernetes.io/service-name")}}
	case "Endpoints":
		return []service{serviceOf(key)}
	}
	template := plan.PodTemplate(o)
	if template == nil {
		return nil
	}
	return p.selectingLabels(key, template.Get("metadata", "labels"), p.selectors, func(k render.Key) *manifest.Object { return p.current[k] })
}

// selectingLabels returns the Services of an index that select pods with the
// labels.
func (p *prover) selectingLabels(key render.Key, labels *manifest.Node, index map[selectorKey][]service, at func(render.Key) *manifest.Object) []service {
	var out []service
	for label, value := range labels.Entries() {
		for _, s := range index[selectorKey{key.Cluster, key.Namespace, label, value.Value()}] {
			if plan.SelectsEqual(at(s.key()).Get("spec", "selector"), labels) {
				out = append(out, s)
			}
		}
	}
	return out
}

// selectingIn is selecting for the Services before and after a transition.
func (p *prover) selectingIn(t *transition, key render.Key, o *manifest.Object) []service {
	out := p.selecting(key, o)
	if template := plan.PodTemplate(o); template != nil {
		after := p.selectingLabels(key, template.Get("metadata", "labels"), t.selectors, func(k render.Key) *manifest.Object { return t.after[k] })
		out = append(out, after...)
	}
	return out
}
