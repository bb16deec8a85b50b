package verify

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// stillPassed lists the clusters whose ingresses names that are kept lead to.
func (p *prover) stillPassed(kept map[render.Key]bool) map[string]bool {
	out := map[string]bool{}
	for key := range kept { // a set is made of it
		o := p.current[key]
		switch {
		case o == nil:
		case isAlias(o):
			out[p.crossings.of(o.Text("spec", "externalName"))] = true
		case o.Get("spec", "selector", plan.RelayLabel) != nil:
			if config := p.current[configOfRelay(serviceOf(key), o)]; config != nil {
				for _, host := range relayHosts(config.Text("data", "haproxy.cfg")) {
					out[p.crossings.of(host)] = true
				}
			}
		}
	}
	return out
}

// checkEndHop reports what is left of hops: aliases of ingresses that nobody
// keeps, and routes, copies of Services and records that rehome made for an
// ingress which no kept name leads to.
func (p *prover) checkEndHop(key render.Key, o *manifest.Object, kept map[render.Key]bool, passed map[string]bool) {
	if len(p.crossings.byHost) == 0 {
		return
	}
	if isServiceKey(key) && isAlias(o) && !kept[key] {
		if cluster := p.crossings.of(o.Text("spec", "externalName")); cluster != "" {
			p.endf(o, manifest.P("spec", "externalName"), "%s in %s still leads to the ingress of cluster %s", o.ID, key.Place(), cluster)
			return
		}
	}
	if o.Source() != nil {
		return
	}
	for _, name := range p.world.RecordsOf(o) {
		if !passed[p.crossings.of(name)] {
			p.endf(o, nil, "%s is left: nobody asks for %s any more", key.ID, name)
		}
	}
	switch {
	case passed[key.Cluster]:
	case plan.IsRoute(o):
		p.endf(o, nil, "%s is left in %s: nobody passes the ingress any more", key.ID, key.Place())
	case key.Kind == "ReferenceGrant":
		p.endf(o, nil, "%s is left in %s: the route that it lets in is gone", key.ID, key.Place())
	case isServiceKey(key):
		p.endf(o, nil, "%s is left in %s, a copy for routes that are gone", key.ID, key.Place())
	}
}
