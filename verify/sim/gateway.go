package sim

import (
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
	host     string
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
			from: orDefault(l.Text("allowedRoutes", "namespaces", "from"), "Same"),
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

// attached reports whether a route is attached to some listener for its host.
// A Gateway that is not in the world is taken to admit the route.
func (c *cluster) attached(r *route) bool {
	if len(r.parents) == 0 {
		return false
	}
	return slices.ContainsFunc(r.parents, func(p parentRef) bool {
		g := c.routes.gateways[p.gateway]
		if g == nil {
			return true
		}
		return slices.ContainsFunc(g.listeners, func(l listener) bool {
			return (p.section == "" || p.section == l.name) && (p.port == 0 || p.port == l.port) &&
				l.admits(c, g.id.Namespace, r.object.ID.Namespace) && hostsIntersect(l.host, r.host)
		})
	})
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
