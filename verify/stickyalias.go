package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// stickyAliasCheck is H34: the balancer of ingress-nginx resolves the name of an
// alias again every second for as long as the Ingress leads to the Service, also
// when it is no alias any more (rootfs/etc/nginx/lua/balancer.lua,
// sync_backends_with_external_name).
var stickyAliasCheck = PlanCheck{
	Code: "H34", Severity: diag.Error,
	Summary: "no Ingress leads to a Service that stops being an alias",
	Run: func(p *PlanPass) {
		routes := map[render.Key]*manifest.Object{}
		for _, s := range p.States {
			before := routes
			routes = p.ingressesAfter(routes, s)
			if s.Phase == nil {
				continue
			}
			for _, c := range s.Changes {
				if isServiceKey(c.Key) && c.Before != nil && c.After != nil && isAlias(c.Before) != isAlias(c.After) {
					p.checkSticky(s, c, before, routes)
				}
			}
		}
	},
}

// ingressesAfter returns the Ingress objects after a state, the given ones where
// it changes none.
func (p *PlanPass) ingressesAfter(current map[render.Key]*manifest.Object, s *render.State) map[render.Key]*manifest.Object {
	var out map[render.Key]*manifest.Object
	for _, c := range s.Changes {
		if c.Key.Group != "networking.k8s.io" || c.Key.Kind != "Ingress" {
			continue
		}
		if out == nil {
			out = make(map[render.Key]*manifest.Object, len(current)+1)
			for key, o := range current { // a map is made of it
				out[key] = o
			}
		}
		if out[c.Key] = c.After; c.After == nil {
			delete(out, c.Key)
		}
	}
	if out == nil {
		return current
	}
	return out
}

// checkSticky reports an Ingress that leads to a Service before and after the
// change, which is one forward or on the way back.
func (p *PlanPass) checkSticky(s *render.State, c render.Change, before, after map[render.Key]*manifest.Object) {
	for _, i := range p.ingressesOf(c.Key, after) {
		key := render.Key{Cluster: c.Key.Cluster, ID: i.ID}
		if before[key] == nil {
			continue
		}
		way := "phase "
		if isAlias(c.After) {
			way = "way back of phase "
		}
		p.Reportf("", i, manifest.P("metadata", "name"), "%s%s: %s is no alias any more, and ingress-nginx goes on to where it led, because %s leads to it all the time", way, s.Phase.Title(), c.Key.ID, i.ID).
			WithFix("lead the Ingress to another Service for as long as this one is an alias").
			WithNote(c.Before.Pos("metadata", "name"), "the Service")
	}
}

// ingressesOf returns the Ingress objects of a namespace that lead to a Service,
// in order.
func (p *PlanPass) ingressesOf(service render.Key, all map[render.Key]*manifest.Object) []*manifest.Object {
	var out []*manifest.Object
	for _, key := range sortedKeys(all) {
		if key.Place() != service.Place() {
			continue
		}
		for _, name := range backendNames(all[key]) {
			if name == service.Name {
				out = append(out, all[key])
				break
			}
		}
	}
	return out
}

// backendNames lists the Services that an Ingress leads to.
func backendNames(o *manifest.Object) []string {
	var out []string
	if name := o.Text("spec", "defaultBackend", "service", "name"); name != "" {
		out = append(out, name)
	}
	rules, _ := plan.RouteRules(o)
	for _, at := range rules {
		for _, rule := range o.Get(at...).Items() {
			for _, path := range rule.Get("http", "paths").Items() {
				out = append(out, path.Text("backend", "service", "name"))
			}
		}
	}
	return out
}
