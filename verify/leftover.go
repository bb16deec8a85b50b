package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// checkEndShared reports shared objects that are left where none of their users
// is any more. What relays still need there stays.
func (p *prover) checkEndShared(pods podsInPlace) {
	for _, s := range p.graph.Shared {
		key := render.Key{Cluster: s.From.Cluster, ID: s.Object.ID}
		o := p.at(key)
		if o == nil || key.Namespace == "" || slices.ContainsFunc(s.Users, func(a *plan.App) bool { return a.To == s.From }) {
			continue
		}
		if !isPolicyKey(key) || !pods.selected(o.Get("spec", "podSelector"), key.Place()) {
			p.endf(o, nil, "%s is left in %s, which all its users have left", key.ID, s.From)
		}
	}
}

// podsInPlace is the labels of the pods that run, by place.
type podsInPlace map[plan.Place][]*manifest.Node

func (p *prover) podsInPlace() podsInPlace {
	out := podsInPlace{}
	for _, it := range p.items { // the order of labels means nothing
		if it.now.runs() {
			out[it.Place()] = append(out[it.Place()], it.now.labels)
		}
	}
	return out
}

// selected reports whether a selector selects pods at a place.
func (pods podsInPlace) selected(selector *manifest.Node, at plan.Place) bool {
	return slices.ContainsFunc(pods[at], func(labels *manifest.Node) bool { return plan.Selects(selector, labels) })
}

// checkEndPeers reports what a policy that rehome made allows to pods that are
// gone. Lookups go to pods of the cluster itself, which no manifest shows.
func (p *prover) checkEndPeers(key render.Key, policy *manifest.Object, pods podsInPlace) {
	for _, list := range [...][2]string{{"ingress", "from"}, {"egress", "to"}} {
		for i, rule := range policy.Get("spec", list[0]).Items() {
			for _, peer := range rule.Get(list[1]).Items() {
				namespace := peer.Text("namespaceSelector", "matchLabels", "kubernetes.io/metadata.name")
				if namespace != "" && !pods.selected(peer.Get("podSelector"), plan.Place{Cluster: key.Cluster, Namespace: namespace}) {
					p.endf(policy, manifest.P("spec", list[0]).Index(i), "%s still lets calls through between it and pods in %s that are gone", key.ID, namespace)
				}
			}
		}
	}
}
