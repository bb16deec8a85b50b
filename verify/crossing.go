package verify

import (
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
)

// A call that leaves its cluster passes points that are no Services: the record
// of an ingress, the ingress itself, and the routes for its Host. They are kept
// in the same indexes as Services, from which they differ by having no namespace.

// recordPoint is a name of the zone.
func recordPoint(name string) service {
	return service{name: "record " + strings.ToLower(strings.TrimSuffix(name, "."))}
}

// doorPoint is the ingress of a cluster: its Gateway, its Middlewares, grants.
func doorPoint(cluster string) service { return service{cluster: cluster, name: "ingress"} }

// hostPoint is the routes of a cluster for one host.
func hostPoint(cluster, host string) service { return service{cluster: cluster, name: "host " + host} }

// isPoint reports whether a point is no Service.
func (s service) isPoint() bool { return s.namespace == "" }

// crossings finds the routes that calls from other clusters may take.
type crossings struct {
	doors
	routes map[service]map[render.Key]bool // of the current state, by host points
	moving map[service][]render.Key        // of the transition that is looked at
}

func newCrossings(spec *plan.Spec) *crossings {
	return &crossings{doors: doorsOf(spec), routes: map[service]map[render.Key]bool{}}
}

// trackCrossing keeps the routes findable by their hosts.
func (p *prover) trackCrossing(key render.Key, before, after *manifest.Object) {
	if len(p.crossings.byHost) == 0 {
		return
	}
	for _, at := range p.hostPointsOf(key, before) {
		delete(p.crossings.routes[at], key)
	}
	for _, at := range p.hostPointsOf(key, after) {
		if p.crossings.routes[at] == nil {
			p.crossings.routes[at] = map[render.Key]bool{}
		}
		p.crossings.routes[at][key] = true
	}
}

func (p *prover) hostPointsOf(key render.Key, o *manifest.Object) []service {
	if o == nil {
		return nil
	}
	var out []service
	_, hosts := p.world.HostsOf(o)
	for _, host := range hosts {
		out = append(out, hostPoint(key.Cluster, host))
	}
	return out
}

// pointsOf returns the points at which a change can decide about calls from
// another cluster.
func (p *prover) pointsOf(c render.Change) []service {
	if len(p.crossings.byHost) == 0 {
		return nil
	}
	var out []service
	for _, o := range nonNil(c.Before, c.After) {
		out = append(out, p.hostPointsOf(c.Key, o)...)
		for _, name := range p.world.RecordsOf(o) {
			out = append(out, recordPoint(name))
		}
	}
	if p.crossings.concerns(c.Key) {
		out = append(out, doorPoint(c.Key.Cluster))
	}
	return out
}

// concerns reports whether an object decides about all that passes the ingress of
// its cluster: its Gateway and what it reads beside routes, namespaces, by whose
// labels a Gateway may select, and what is in the namespace of its pods.
func (x *crossings) concerns(key render.Key) bool {
	home := x.namespace[key.Cluster]
	switch key.Kind {
	case "Gateway", "ReferenceGrant", "Middleware", "Namespace":
		return home != ""
	case "NetworkPolicy", "Deployment", "DaemonSet":
		return home != "" && key.Namespace == home
	}
	return false
}

// noteMoving makes the routes of a transition findable, those that it makes too.
func (p *prover) noteMoving(t *transition) {
	p.crossings.moving = map[service][]render.Key{}
	for i, c := range t.changes {
		for _, at := range p.pointsOf(c) {
			t.byService[at] = append(t.byService[at], i)
			p.crossings.moving[at] = append(p.crossings.moving[at], c.Key)
		}
	}
}

// crossFrom returns the points behind an alias, or a relay, that leads to the
// ingress of a cluster, none of any other Service.
func (p *prover) crossFrom(c *call, at service, o *manifest.Object, versions func(render.Key) []*manifest.Object) []service {
	if isAlias(o) {
		return p.crossTo(c, o.Text("spec", "externalName"))
	}
	var out []service
	if o.Get("spec", "selector", plan.RelayLabel) != nil {
		for _, config := range versions(configOfRelay(at, o)) {
			for _, host := range relayHosts(config.Text("data", "haproxy.cfg")) {
				out = append(out, p.crossTo(c, host)...)
			}
		}
	}
	return out
}

// crossTo returns the points behind the name of an ingress, none of another name.
// Which routes mean the call depends on the Host that it sends: the name that the
// caller wrote.
func (p *prover) crossTo(c *call, name string) []service {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	cluster := p.crossings.of(name)
	if cluster == "" {
		return nil
	}
	host := strings.ToLower(strings.TrimSuffix(hostOf(c.ref), "."))
	out := []service{recordPoint(name), doorPoint(cluster), hostPoint(cluster, ""), hostPoint(cluster, host)}
	for rest := host; ; {
		_, parent, more := strings.Cut(rest, ".")
		if !more {
			return out
		}
		out = append(out, hostPoint(cluster, "*."+parent))
		rest = parent
	}
}

// routedFrom returns the Services that the routes for a host lead to.
func (p *prover) routedFrom(at service, versions func(render.Key) []*manifest.Object) []service {
	var keys []render.Key
	for key := range p.crossings.routes[at] { // put into order below
		keys = append(keys, key)
	}
	keys = append(keys, p.crossings.moving[at]...)
	slices.SortFunc(keys, render.Key.Compare)
	var out []service
	for _, key := range slices.Compact(keys) {
		for _, o := range versions(key) {
			for _, r := range p.referencesOf(o) {
				if r.Refers == refs.ToService {
					out = append(out, service{key.Cluster, r.Target.Namespace, r.Target.Name})
				}
			}
		}
	}
	return out
}
