package sim

import (
	"cmp"
	"slices"
	"strings"
)

// request is what an ingress sees of a call.
type request struct {
	flavour Flavour
	class   string // of Ingress objects; "" for any
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

// match finds the route of a request.
func (c *cluster) match(req request) matched {
	var m matched
	ranked := c.ranked(req)
	for i, r := range ranked {
		switch {
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
		for _, o := range ranked[i+1:] {
			if o.extra == "" && o.opaque == "" && c.compare(req, r, o) == 0 && !r.leadsWhere(o) {
				m.rival = o
				break
			}
		}
		break
	}
	m.dropAgreeing()
	return m
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
			if !r.readBy(req.flavour, req.class) || r.flavour == Gateway && !c.attached(r) {
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

// readBy reports whether a controller of a flavour and class reads the route.
func (r *route) readBy(f Flavour, class string) bool {
	switch {
	case r.flavour == f:
		return r.class == "" || class == "" || r.class == class
	case f == Traefik && r.flavour == Nginx:
		return r.class == "" // Traefik reads an Ingress without class too
	}
	return false
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
