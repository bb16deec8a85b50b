package sim

import (
	"net/netip"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// Door is the ingress of a cluster, listening at an address outside of it.
type Door struct {
	Cluster string
	Flavour Flavour
	Class   string       // of the Ingress objects that it reads; "" for any
	Group   string       // of the IngressRoutes that it reads; "" for any
	Gateway manifest.ID  // that a Gateway's routes have to name; zero for any
	Entries []EntryPoint // that it listens on
	// Namespace is where the pods of its controller run, for policies; "" when that
	// is not known either. Which labels they have is read from the workload there, if
	// there is just one.
	Namespace string
	// ExternalNames says that it leads to ExternalName Services too, which is
	// off by default in Traefik and not possible behind a Gateway.
	ExternalNames bool
	// CrossNamespace says that Traefik leads from a route to Services of other
	// namespaces, which is off by default (allowCrossNamespace).
	CrossNamespace bool
}

// SetDoor puts an ingress behind an address.
func (w *World) SetDoor(address netip.Addr, d Door) { w.outside.doors[address] = d }

// RemoveDoor is the opposite of [World.SetDoor].
func (w *World) RemoveDoor(address netip.Addr) { delete(w.outside.doors, address) }

// Match finds the Services that an ingress leads a host and path to, as [Entry]
// claims do; the outcome is OK, Ambiguous, Unknown, or Unreachable when no route
// means them.
func (w *World) Match(d Door, host, path string) ([]RouteBackend, Result) {
	q := &query{world: w, cluster: w.cluster(d.Cluster), tracing: traceOn}
	req := d.request(host, path)
	if r := q.route(&d, &req); r != nil {
		if q.result.Outcome == 0 {
			q.end(OK)
		}
		return r.backends, q.result
	}
	return nil, q.result
}

// request returns what the door sees of a host and path; who speaks what and
// where it came in is left open.
func (d *Door) request(host, path string) request {
	return request{
		flavour: d.Flavour, class: d.Class, group: d.Group, gateway: d.Gateway,
		host: hostOf(host), path: orDefault(path, "/"),
	}
}

// route asks the routes of a door, and ends the call when they do not lead on.
func (q *query) route(d *Door, req *request) *route {
	m := q.cluster.match(*req)
	q.sayMatch(d, req, &m)
	switch {
	case m.opaque != nil:
		q.end(Unknown)
	case m.route == nil && m.conditional != nil:
		q.end(Unknown)
	case m.route == nil:
		q.blame(q.whyNoRoute(req))
		q.end(Unreachable)
	case m.rival != nil:
		q.blame(SameRank)
		q.end(Ambiguous)
	}
	if m.route == nil {
		return nil
	}
	if m.conditional != nil {
		q.result.Assumed = true
	}
	q.checkRoute(d, req, m.route)
	return m.route
}

// whyNoRoute tells a missing route from one that the ingress does not take: a
// Gateway whose listeners do not admit it, or a protocol that no route is for.
func (q *query) whyNoRoute(req *request) Cause {
	for _, host := range hostPatterns(*req) {
		for _, r := range q.cluster.routes.byHost[host] {
			switch {
			case r.flavour != req.flavour:
			case req.flavour == Gateway && !q.cluster.attached(r, req):
				q.sayNotAttached(r)
				return NotAttached
			case req.flavour == Traefik && !r.onEntry(req):
				q.sayOtherEntry(r, req)
				return PortShut
			case host != "":
				q.sayOtherSpeech(r, req)
				return NotSpoken
			}
		}
	}
	return NoRoute
}

// checkRoute ends the call when the ingress does not carry out a route.
func (q *query) checkRoute(d *Door, req *request, r *route) {
	for _, b := range r.backends {
		switch {
		case d.Flavour == Gateway && !q.cluster.granted(r, b):
			q.sayNotGranted(r, b)
			q.blame(NotGranted)
			q.end(Unreachable)
		case r.flavour == Traefik && !d.CrossNamespace && b.Namespace != r.object.ID.Namespace:
			q.sayForeign(r, b)
			q.blame(Foreign)
			q.end(Unreachable)
		}
	}
	if req.speaks != anything {
		for _, m := range r.middlewares {
			q.checkMiddleware(d, r, m)
		}
	}
}

// hostOf returns the host of a Host header as ingresses compare it: lower case,
// without port and without the dot at its end.
func hostOf(authority string) string {
	if h, port, ok := strings.Cut(authority, ":"); ok && !strings.Contains(port, ":") {
		authority = h
	}
	return absolute(authority)
}
