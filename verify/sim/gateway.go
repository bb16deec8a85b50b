package sim

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"k8s.io/apimachinery/pkg/labels"
)

const gatewayGroup = "gateway.networking.k8s.io"

// gateway is a decoded Gateway.
type gateway struct {
	id        manifest.ID
	listeners []listener
}

// listener is one entry of a Gateway's listeners.
type listener struct {
	name     string
	port     int32
	protocol string // HTTP, HTTPS, TLS, TCP, UDP, or another word of an implementation
	host     string
	kinds    []string        // of routes that it admits; none means those of its protocol
	from     string          // allowedRoutes.namespaces.from, "Same" when absent
	selector labels.Selector // of from: Selector
}

// parentRef is a Gateway that a route wants to attach to.
type parentRef struct {
	gateway manifest.ID
	section string
	port    int32
}

func decodeGateway(o *manifest.Object) resident {
	g := &gateway{id: o.ID}
	for _, l := range o.Get("spec", "listeners").Items() {
		out := listener{
			name: l.Text("name"),
			port: portNumber(l.Get("port")),
			host: strings.ToLower(l.Text("hostname")),

			protocol: orDefault(l.Text("protocol"), "HTTP"),
			from:     orDefault(l.Text("allowedRoutes", "namespaces", "from"), "Same"),
		}
		for _, k := range l.Get("allowedRoutes", "kinds").Items() {
			out.kinds = append(out.kinds, k.Text("kind"))
		}
		var err error
		if out.selector, err = decodeSelector(l.Get("allowedRoutes", "namespaces", "selector")); err != nil {
			out.selector = labels.Nothing()
		}
		g.listeners = append(g.listeners, out)
	}
	return g
}

func (g *gateway) enter(c *cluster) {
	c.namespace(g.id.Namespace).population++
	c.routes.gateways[g.id] = g
}

func (g *gateway) leave(c *cluster) {
	c.namespace(g.id.Namespace).population--
	delete(c.routes.gateways, g.id)
}

// admits reports whether a listener takes routes of a namespace.
func (l *listener) admits(c *cluster, gatewayNamespace, routeNamespace string) bool {
	switch l.from {
	case "All":
		return true
	case "Selector":
		return selectsNamespace(l.selector, c.namespace(routeNamespace)) == allowed
	case "Same":
		return gatewayNamespace == routeNamespace
	}
	return false
}

// attached reports whether a route is attached to a listener that a request may
// come in by. A Gateway that is not in the world is taken to admit the route on
// the listener that it names.
func (c *cluster) attached(r *route, req *request) bool {
	return slices.ContainsFunc(r.parents, func(p parentRef) bool {
		if req.gateway != (manifest.ID{}) && p.gateway != req.gateway {
			return false
		}
		g := c.routes.gateways[p.gateway]
		if g == nil {
			return (p.section == "" || req.entry.Name == "" || p.section == req.entry.Name) &&
				(p.port == 0 || req.entry.Port == 0 || req.entry.Name == "" || p.port == req.entry.Port)
		}
		return slices.ContainsFunc(g.listeners, func(l listener) bool {
			return (p.section == "" || p.section == l.name) && (p.port == 0 || p.port == l.port) && g.receives(&l, req) &&
				l.takes(r) && l.admits(c, g.id.Namespace, r.object.ID.Namespace) && hostsIntersect(l.host, r.host)
		})
	})
}

// receives reports whether a request arrives at a listener: at its port, and of
// the listeners of one port at the one with the most specific host (gateway-api
// apis/v1/gateway_types.go, Listener.Hostname).
func (g *gateway) receives(l *listener, req *request) bool {
	if req.entry.Name == "" {
		return true
	}
	if l.port != req.entry.Port || !l.means(req.host) {
		return false
	}
	return !slices.ContainsFunc(g.listeners, func(o listener) bool {
		return o.port == l.port && o.protocol == l.protocol && o.means(req.host) && moreSpecific(o.host, l.host)
	})
}

// means reports whether a listener is there for a host.
func (l *listener) means(host string) bool {
	rest, wild := strings.CutPrefix(l.host, "*")
	return l.host == "" || l.host == host || wild && strings.HasSuffix(host, rest)
}

// moreSpecific compares the hosts of two listeners that mean the same request.
func moreSpecific(a, b string) bool {
	return cmp.Or(cmp.Compare(wildcard(a), wildcard(b)), cmp.Compare(len(b), len(a))) < 0
}

// takes reports whether a listener is there for a kind of route: the kinds that
// it lists, else those of its protocol (gateway-api apis/v1/gateway_types.go,
// ProtocolType and AllowedRoutes.Kinds).
func (l *listener) takes(r *route) bool {
	if len(l.kinds) > 0 && !slices.Contains(l.kinds, r.object.ID.Kind) {
		return false
	}
	switch l.protocol {
	case "HTTP", "HTTPS":
		return r.layer == httpLayer || r.layer == grpcLayer
	case "TLS":
		return r.layer == tlsLayer || r.layer == tcpLayer
	case "TCP":
		return r.layer == tcpLayer
	case "UDP":
		return false
	}
	return true
}

// hostsIntersect reports whether some host is meant by both patterns. A
// Gateway's wildcard stands for one or more labels; no pattern means every host.
func hostsIntersect(a, b string) bool {
	switch {
	case a == "" || b == "" || a == b:
		return true
	case strings.HasPrefix(a, "*.") && strings.HasSuffix(b, a[1:]):
		return true
	case strings.HasPrefix(b, "*.") && strings.HasSuffix(a, b[1:]):
		return true
	}
	return false
}

// grant is a decoded ReferenceGrant.
type grant struct {
	id   manifest.ID
	from []manifest.ID // group, kind and namespace of those who may refer
	to   []manifest.ID // group, kind and perhaps name of what they may refer to
}

func decodeGrant(o *manifest.Object) resident {
	g := &grant{id: o.ID}
	for _, f := range o.Get("spec", "from").Items() {
		g.from = append(g.from, manifest.ID{Group: f.Text("group"), Kind: f.Text("kind"), Namespace: f.Text("namespace")})
	}
	for _, t := range o.Get("spec", "to").Items() {
		g.to = append(g.to, manifest.ID{Group: t.Text("group"), Kind: t.Text("kind"), Name: t.Text("name")})
	}
	return g
}

func (g *grant) enter(c *cluster) {
	ns := g.id.Namespace
	c.namespace(ns).population++
	c.routes.grants[ns] = append(c.routes.grants[ns], g)
}

func (g *grant) leave(c *cluster) {
	ns := g.id.Namespace
	c.namespace(ns).population--
	c.routes.grants[ns] = slices.DeleteFunc(c.routes.grants[ns], func(o *grant) bool { return o == g })
}

// granted reports whether a route may refer to a Service: in its own namespace
// always, in another one by a ReferenceGrant there.
func (c *cluster) granted(r *route, b RouteBackend) bool {
	own := r.object.ID
	if b.Namespace == own.Namespace {
		return true
	}
	return slices.ContainsFunc(c.routes.grants[b.Namespace], func(g *grant) bool {
		from := slices.Contains(g.from, manifest.ID{Group: own.Group, Kind: own.Kind, Namespace: own.Namespace})
		to := slices.Contains(g.to, manifest.ID{Kind: "Service"}) || slices.Contains(g.to, manifest.ID{Kind: "Service", Name: b.Name})
		return from && to
	})
}
