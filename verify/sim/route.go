package sim

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// Flavour is the kind of controller that reads routes.
type Flavour uint8

// The flavours.
const (
	// Nginx reads Ingress as the API documents it, and settles duplicates as
	// ingress-nginx does: the oldest object wins.
	Nginx Flavour = iota + 1
	// Traefik reads IngressRoute, and Ingress as rules of its own.
	Traefik
	// Gateway reads HTTPRoute.
	Gateway
)

// String returns the flavour's name.
func (f Flavour) String() string {
	switch f {
	case Nginx:
		return "ingress-nginx"
	case Traefik:
		return "Traefik"
	case Gateway:
		return "Gateway API"
	}
	return "unknown"
}

// PathKind says how a route compares paths.
type PathKind uint8

// The path kinds.
const (
	ExactPath  PathKind = iota + 1
	PathPrefix          // element by element
	RawPrefix           // byte by byte: Traefik, and ImplementationSpecific
)

// RouteBackend is a Service that a route leads to.
type RouteBackend struct {
	Namespace, Name string
	Port            string // number or name
	Scheme          string // what the ingress speaks to it; "" when the port decides
}

// route is one rule of a route object for one host and path.
type route struct {
	object *manifest.Object
	path   manifest.Path // of the rule in its object
	order  int           // among the rules of its object

	flavour  Flavour
	class    string // of an Ingress
	host     string // lower case; "" for every host, "*.x" for a wildcard
	kind     PathKind
	text     string // the path
	extra    string // conditions on methods, headers and queries, as text; "" when there are none
	weight   int    // of those conditions: how specific they are
	opaque   string // a condition that the simulator can't evaluate; "" when there is none
	priority int    // of Traefik
	backends []RouteBackend
	parents  []parentRef // of a route of the Gateway API

	layer       layer
	secure      bool         // of HTTP: it takes requests over TLS, and no others, for Traefik; other ingresses take both
	entryPoints []string     // of Traefik, by name; none means all
	middlewares []middleware // of Traefik
	redirects   bool         // answers plain HTTP with a redirection to https
	transport   bool         // names how TLS to its backends is verified
}

// pos is where the rule stands.
func (r *route) pos() diag.Pos { return r.object.Pos(r.path...) }

// leadsWhere reports whether two routes lead to the same Services.
func (r *route) leadsWhere(o *route) bool { return slices.Equal(r.backends, o.backends) }

// routeIndex finds the routes of a cluster by host.
type routeIndex struct {
	byHost   map[string][]*route // sorted by object and order
	gateways map[manifest.ID]*gateway
	grants   map[string][]*grant // by the namespace that they open

	middlewares map[middleware]*middlewareObject
}

func newRouteIndex() routeIndex {
	return routeIndex{byHost: map[string][]*route{}, gateways: map[manifest.ID]*gateway{}, grants: map[string][]*grant{}, middlewares: map[middleware]*middlewareObject{}}
}

// routeSet is the routes of one object.
type routeSet struct {
	id  manifest.ID
	all []*route
}

func (s *routeSet) enter(c *cluster) {
	c.namespace(s.id.Namespace).population++
	for _, r := range s.all {
		bucket := c.routes.byHost[r.host]
		at, _ := slices.BinarySearchFunc(bucket, r, compareRoutes)
		c.routes.byHost[r.host] = slices.Insert(bucket, at, r)
	}
}

func (s *routeSet) leave(c *cluster) {
	c.namespace(s.id.Namespace).population--
	for _, r := range s.all {
		rest := slices.DeleteFunc(c.routes.byHost[r.host], func(o *route) bool { return o == r })
		if len(rest) == 0 {
			delete(c.routes.byHost, r.host)
			continue
		}
		c.routes.byHost[r.host] = rest
	}
}

func compareRoutes(a, b *route) int {
	return cmp.Or(a.object.ID.Compare(b.object.ID), cmp.Compare(a.order, b.order))
}

// HostsOf returns the flavour and the hosts of a route object, which is what
// another version of it may change; none for other objects.
func (w *World) HostsOf(o *manifest.Object) (Flavour, []string) {
	set, ok := w.decoder.decode(o).(*routeSet)
	if !ok || len(set.all) == 0 {
		return 0, nil
	}
	var hosts []string
	for _, r := range set.all {
		hosts = append(hosts, r.host)
	}
	slices.Sort(hosts)
	return set.all[0].flavour, slices.Compact(hosts)
}

// pathMatches reports whether a request's path is one that the route means.
func (r *route) pathMatches(path string) bool {
	switch r.kind {
	case ExactPath:
		return path == r.text
	case RawPrefix:
		return strings.HasPrefix(path, r.text)
	case PathPrefix:
	}
	prefix := strings.TrimSuffix(r.text, "/")
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '/')
}

// length is how specific a path is; a slash at the end of a prefix adds nothing.
func (r *route) length() int {
	if r.kind == PathPrefix {
		return len(strings.TrimSuffix(r.text, "/"))
	}
	return len(r.text)
}
