package sim

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// request is what an ingress sees of a call.
type request struct {
	flavour Flavour
	class   string      // of Ingress objects; "" for any
	group   string      // of Traefik's resources; "" for any
	gateway manifest.ID // that is asked; zero for any
	entry   EntryPoint
	speaks  speech
	host    string // lower case, without port and dot at the end
	path    string
}

// matched is what an ingress makes of a request.
type matched struct {
	route       *route // who answers; nil when nobody does
	rival       *route // equal in rank, leads elsewhere: chance or age decides
	conditional *route // ranks before, but only for some requests
	opaque      *route // may rank before: it can't be evaluated
}

// match finds the route of a request: in the first group of routes of which one
// may mean it.
func (c *cluster) match(req request) matched {
	all := c.ranked(req)
	for _, group := range req.passes() {
		var ranked []*route
		for _, r := range all {
			if group(r) {
				ranked = append(ranked, r)
			}
		}
		if len(ranked) > 0 {
			return c.choose(req, ranked)
		}
	}
	return matched{}
}

// choose takes the first of the ranked routes that surely means a request.
func (c *cluster) choose(req request, ranked []*route) matched {
	var m matched
	ranked = c.accepted(&req, ranked)
	for i, r := range ranked {
		switch {
		case req.speaks == plainHTTP && r.layer == grpcLayer:
			continue
		case r.opaque != "":
			if m.opaque == nil {
				m.opaque = r
			}
			continue
		case r.extra != "":
			if m.conditional == nil {
				m.conditional = r
			}
			continue
		}
		m.route = r
		m.rival = c.rivalOf(req, r, ranked[i+1:])
		break
	}
	m.dropAgreeing()
	return m
}

// rivalOf returns a route of the same rank that leads elsewhere, nil when there
// is none.
func (c *cluster) rivalOf(req request, r *route, behind []*route) *route {
	for _, o := range behind {
		if o.extra == "" && o.opaque == "" && c.compare(req, r, o) == 0 && !r.leadsWhere(o) {
			return o
		}
	}
	return nil
}

// accepted leaves out routes that a Gateway rejects: of an HTTPRoute and a
// GRPCRoute for one host it accepts only the older, then the first by name
// (gateway-api apis/v1/grpcroute_types.go, GRPCRouteSpec.Hostnames).
func (c *cluster) accepted(req *request, ranked []*route) []*route {
	if req.flavour != Gateway {
		return ranked
	}
	return slices.DeleteFunc(slices.Clone(ranked), func(r *route) bool {
		return slices.ContainsFunc(ranked, func(o *route) bool {
			return o.layer != r.layer && o.host == r.host && cmp.Or(c.compareAge(o, r), compareNames(o, r)) < 0
		})
	})
}

// compareNames orders routes by namespace and name.
func compareNames(a, b *route) int {
	return cmp.Or(cmp.Compare(a.object.ID.Namespace, b.object.ID.Namespace), cmp.Compare(a.object.ID.Name, b.object.ID.Name))
}

// dropAgreeing forgets conditional and opaque routes that lead where the
// unconditional one leads.
func (m *matched) dropAgreeing() {
	if m.route == nil {
		return
	}
	if m.conditional != nil && m.conditional.leadsWhere(m.route) {
		m.conditional = nil
	}
	if m.opaque != nil && m.opaque.leadsWhere(m.route) {
		m.opaque = nil
	}
}

// ranked returns the routes that a request may take, the one that goes first
// first.
func (c *cluster) ranked(req request) []*route {
	var out []*route
	for _, host := range hostPatterns(req) {
		claimed := false
		for _, r := range c.routes.byHost[host] {
			if !r.readBy(&req) || r.flavour == Gateway && !c.attached(r, &req) {
				continue
			}
			claimed = true
			if r.opaque != "" || r.pathMatches(req.path) {
				out = append(out, r)
			}
		}
		if req.flavour == Nginx && claimed {
			break // a server of its own: paths of other hosts do not count
		}
	}
	slices.SortStableFunc(out, func(a, b *route) int { return c.compare(req, a, b) })
	return out
}

// hostPatterns lists the hosts of routes that mean a request's host, the most
// specific first: itself, wildcards, and none. The wildcard of an Ingress or of
// Traefik stands for exactly one label, that of a Gateway for one or more.
func hostPatterns(req request) []string {
	out := []string{req.host}
	for rest := req.host; ; {
		_, parent, more := strings.Cut(rest, ".")
		if !more {
			break
		}
		out = append(out, "*."+parent)
		if req.flavour != Gateway {
			break
		}
		rest = parent
	}
	return append(out, "")
}

// readBy reports whether the controller that a request has reached reads the
// route, for the entry point that the request came in by.
func (r *route) readBy(req *request) bool {
	switch {
	case r.flavour == Traefik && req.flavour == Traefik && r.class == "" && !r.onEntry(req):
		return false
	case r.flavour == req.flavour:
		return r.class == "" || req.class == "" || r.class == req.class
	case req.flavour == Traefik && r.flavour == Nginx:
		return r.class == "" // Traefik reads an Ingress without class too
	}
	return false
}

// onEntry reports whether a route of Traefik's own kinds is bound to an entry
// point, and of the group that this Traefik reads. A route that names no entry
// point is bound to the default ones: to all, unless the static configuration
// marks some (pkg/server/aggregator.go, mergeConfiguration).
func (r *route) onEntry(req *request) bool {
	if req.group != "" && r.object.ID.Group != req.group && strings.HasPrefix(r.object.ID.Kind, "IngressRoute") {
		return false
	}
	return len(r.entryPoints) == 0 || req.entry.Name == "" || slices.Contains(r.entryPoints, req.entry.Name)
}

// compare orders routes that mean the same request, the one that goes first
// first; 0 means that neither does.
func (c *cluster) compare(req request, a, b *route) int {
	if req.flavour == Traefik {
		return cmp.Compare(b.priority, a.priority)
	}
	byHost := cmp.Or(
		cmp.Compare(wildcard(a.host), wildcard(b.host)),
		cmp.Compare(len(b.host), len(a.host)),
	)
	byPath := cmp.Or(
		cmp.Compare(b.length(), a.length()),
		cmp.Compare(a.kind, b.kind),
	)
	if req.flavour == Gateway {
		byPath = cmp.Or(
			-cmp.Compare(exactness(a), exactness(b)),
			cmp.Compare(b.length(), a.length()),
			cmp.Compare(b.weight, a.weight),
		)
	}
	return cmp.Or(byHost, byPath, c.compareAge(a, b))
}

// wildcard ranks hosts: exact, wildcard, none.
func wildcard(host string) int {
	switch {
	case host == "":
		return 2
	case strings.HasPrefix(host, "*."):
		return 1
	}
	return 0
}

func exactness(r *route) int {
	if r.kind == ExactPath {
		return 1
	}
	return 0
}

// compareAge orders routes by the age of their objects. Objects that came to be
// in the same phase have no order that could be relied on, except that the
// rules of one object go in the order in which they are written.
func (c *cluster) compareAge(a, b *route) int {
	if a.object == b.object {
		return cmp.Compare(a.order, b.order)
	}
	return cmp.Compare(c.births[a.object.ID].born, c.births[b.object.ID].born)
}
