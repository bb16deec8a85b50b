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
	for key, o := range p.current { // any match will do
		if template := plan.PodTemplate(o); key.Namespace == namespace && template != nil && plan.Selects(selector, template.Get("metadata", "labels")) {
			return true
		}
	}
	return false
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
