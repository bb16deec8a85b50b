package verify

import (
	"maps"
	"slices"
	"strings"

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

// isPoint reports whether a place is a point on the way to another cluster.
func (it *item) isPoint() bool { return isServiceKey(it.Key) && it.Namespace == "" }

// trackCrossing keeps the routes findable by their hosts.
func (p *prover) trackCrossing(it *item, before, after *facts) {
	if len(p.doors.byHost) == 0 {
		return
	}
	for _, at := range p.hostPointsOf(it.Cluster, before) {
		delete(p.crossed[at], it)
	}
	for _, at := range p.hostPointsOf(it.Cluster, after) {
		if p.crossed[at] == nil {
			p.crossed[at] = map[*item]bool{}
		}
		p.crossed[at][it] = true
	}
}

func (p *prover) hostPointsOf(cluster string, f *facts) []*item {
	if f == nil {
		return nil
	}
	var out []*item
	_, hosts := p.world.HostsOf(f.object)
	for _, host := range hosts {
		out = append(out, p.serviceItem(hostPoint(cluster, host)))
	}
	return out
}

// decidePoints is about the points at which a change can decide about calls from
// another cluster.
func (p *prover) decidePoints(t *transition, i int) {
	if len(p.doors.byHost) == 0 {
		return
	}
	it := t.items[i]
	for _, f := range [...]*facts{t.before[i], t.after[i]} {
		if f == nil {
			continue
		}
		for _, at := range p.hostPointsOf(it.Cluster, f) {
			t.decides(i, at)
			t.moving[at] = append(t.moving[at], it)
		}
		for _, name := range p.world.RecordsOf(f.object) {
			t.decides(i, p.serviceItem(recordPoint(name)))
		}
	}
	if p.doors.concerns(it.Key) {
		t.decides(i, p.serviceItem(doorPoint(it.Cluster)))
	}
}

// concerns reports whether an object decides about all that passes the ingress of
// its cluster: its Gateway and what it reads beside routes, namespaces, by whose
// labels a Gateway may select, and what is in the namespace of its pods.
func (d *doors) concerns(key render.Key) bool {
	home := d.namespace[key.Cluster]
	switch key.Kind {
	case "Gateway", "ReferenceGrant", "Middleware", "Namespace":
		return home != ""
	case "NetworkPolicy", "Deployment", "DaemonSet":
		return home != "" && key.Namespace == home
	}
	return false
}

// crossFrom adds the points behind an alias, or the configuration of a relay, that
// leads to the ingress of a cluster, none of any other object.
func (p *prover) crossFrom(c *call, f *facts, add func(render.Key)) {
	switch {
	case len(p.doors.byHost) == 0:
	case isAlias(f.object):
		p.crossTo(c, f.object.Text("spec", "externalName"), add)
	default:
		for _, host := range relayHosts(f.object.Text("data", "haproxy.cfg")) {
			p.crossTo(c, host, add)
		}
	}
}

// crossTo adds the points behind the name of an ingress, none of another name.
// Which routes mean the call depends on the Host that it sends: the name that the
// caller wrote.
func (p *prover) crossTo(c *call, name string, add func(render.Key)) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	cluster := p.doors.of(name)
	if cluster == "" {
		return
	}
	host := strings.TrimSuffix(c.host, ".")
	for _, at := range [...]service{recordPoint(name), doorPoint(cluster), hostPoint(cluster, ""), hostPoint(cluster, host)} {
		add(at.key())
	}
	for rest := host; ; {
		_, parent, more := strings.Cut(rest, ".")
		if !more {
			return
		}
		add(hostPoint(cluster, "*."+parent).key())
		rest = parent
	}
}

// routedFrom adds the Services that the routes for a host lead to, now or, where
// a transition is given, after it.
func (p *prover) routedFrom(at *item, t *transition, add func(render.Key)) {
	routes := slices.Collect(maps.Keys(p.crossed[at]))
	if t != nil {
		routes = append(routes, t.moving[at]...)
	}
	slices.SortFunc(routes, compareItems)
	for _, it := range slices.Compact(routes) {
		versions := []*facts{it.now}
		if t != nil {
			versions = append(versions, t.next(it))
		}
		for _, f := range versions {
			if f == nil {
				continue
			}
			for _, r := range f.found {
				if r.Refers == refs.ToService {
					add(service{it.Cluster, r.Target.Namespace, r.Target.Name}.key())
				}
			}
		}
	}
}
