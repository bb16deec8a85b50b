package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// checkEndShared reports shared objects that are left where none of their users
// is any more. What relays still need there stays.
func (p *prover) checkEndShared() {
	for _, s := range p.graph.Shared {
		key := render.Key{Cluster: s.From.Cluster, ID: s.Object.ID}
		o := p.current[key]
		if o == nil || key.Namespace == "" || slices.ContainsFunc(s.Users, func(a *plan.App) bool { return a.To == s.From }) {
			continue
		}
		if !isPolicyKey(key) || !p.anyPods(o.Get("spec", "podSelector"), key.Namespace) {
			p.endf(o, nil, "%s is left in %s, which all its users have left", key.ID, s.From)
		}
	}
}

// anyPods reports whether a selector selects pods of a workload in a namespace.
func (p *prover) anyPods(selector *manifest.Node, namespace string) bool {
	if p.lastPods == nil {
		p.lastPods = map[policyKey][]*manifest.Node{}
		for key, o := range p.current { // the lists are only searched
			template := plan.PodTemplate(o)
			if template == nil {
				continue
			}
			labels := template.Get("metadata", "labels")
			p.lastPods[policyKey{namespace: key.Namespace}] = append(p.lastPods[policyKey{namespace: key.Namespace}], labels)
			for k, v := range labels.Entries() {
				one := policyKey{key.Namespace, k, v.Value()}
				p.lastPods[one] = append(p.lastPods[one], labels)
			}
		}
	}
	first := policyKey{namespace: namespace}
	for k, v := range selector.Get("matchLabels").Entries() {
		first.key, first.value = k, v.Value()
		break
	}
	return slices.ContainsFunc(p.lastPods[first], func(labels *manifest.Node) bool { return plan.Selects(selector, labels) })
}

// checkEndPeers reports what a policy that rehome made allows to pods that are
// gone. Lookups go to pods of the cluster itself, which no manifest shows.
func (p *prover) checkEndPeers(key render.Key, policy *manifest.Object) {
	for _, list := range [...][2]string{{"ingress", "from"}, {"egress", "to"}} {
		for i, rule := range policy.Get("spec", list[0]).Items() {
			for _, peer := range rule.Get(list[1]).Items() {
				namespace := peer.Text("namespaceSelector", "matchLabels", "kubernetes.io/metadata.name")
				if namespace != "" && !p.anyPods(peer.Get("podSelector"), namespace) {
					p.endf(policy, manifest.P("spec", list[0]).Index(i), "%s still lets calls through between it and pods in %s that are gone", key.ID, namespace)
				}
			}
		}
	}
}
