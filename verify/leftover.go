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
		o := p.current[key]
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
	for key, o := range p.current { // the order of labels means nothing
		if template := plan.PodTemplate(o); template != nil {
			out[key.Place()] = append(out[key.Place()], template.Get("metadata", "labels"))
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

// checkEndHop reports what is left of a hop: records of ingresses, routes and
// copies of Services that no source has, and aliases that nobody keeps.
func (p *prover) checkEndHop(key render.Key, o *manifest.Object, kept map[render.Key]bool) {
	alias := o.Text("spec", "type") == "ExternalName" && p.crossings.of(o.Text("spec", "externalName")) != ""
	switch {
	case alias && !kept[key]:
		p.endf(o, manifest.P("spec", "externalName"), "%s in %s still leads to the ingress of cluster %s", o.ID, key.Place(), p.crossings.of(o.Text("spec", "externalName")))
	case o.Source() != nil || len(kept) > 0:
		return // what is kept needs its hop
	case plan.IsRoute(o):
		p.endf(o, nil, "%s is left in %s: nobody passes the ingress any more", o.ID, key.Place())
	case isServiceKey(key):
		p.endf(o, nil, "%s is left in %s, a copy for routes that are gone", o.ID, key.Place())
	case len(p.world.RecordsOf(o)) > 0:
		p.endf(o, nil, "%s is left: a record of an ingress that nobody passes any more", o.ID)
	}
}
