package sim

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// decodeIngressRoute reads Traefik's IngressRoute. A rule that can't be parsed
// is dropped by Traefik with an error in its log; here it may mean anything.
func decodeIngressRoute(o *manifest.Object) resident {
	set := &routeSet{id: o.ID}
	for i, rule := range o.Get("spec", "routes").Items() {
		r := route{
			priority: len(rule.Text("match")), layer: httpLayer, secure: !o.Get("spec", "tls").IsNull(),
			middlewares: routeMiddlewares(o.ID.Namespace, rule),
		}
		set.addTraefik(o, i, rule, r)
	}
	return set
}

// decodeIngressRouteTCP reads Traefik's IngressRouteTCP: without tls it takes
// connections, with tls handshakes, by their server name.
func decodeIngressRouteTCP(o *manifest.Object) resident {
	set := &routeSet{id: o.ID}
	tls := o.Get("spec", "tls")
	for i, rule := range o.Get("spec", "routes").Items() {
		r := route{priority: tcpPriority(rule.Text("match")), layer: tcpLayer}
		if !tls.IsNull() {
			r.layer = tlsLayer
			if !tls.Get("passthrough").Bool() {
				r.opaque = "it ends TLS itself"
			}
		}
		set.addTraefik(o, i, rule, r)
	}
	return set
}

// tcpPriority is the priority that Traefik computes of a TCP rule: its length, and
// the lowest for the one that means every connection (pkg/muxer/tcp/mux.go,
// GetRulePriority).
func tcpPriority(rule string) int {
	if clauses, err := parseRule(rule); err == nil && len(clauses) == 1 && clauses[0].everything() {
		return -1
	}
	return len(rule)
}

// addTraefik adds the alternatives of one rule of an object.
func (s *routeSet) addTraefik(o *manifest.Object, i int, rule *manifest.Node, r route) {
	if p, ok := rule.Get("priority").Int(); ok && p != 0 {
		r.priority = int(p)
	}
	r.object, r.path, r.flavour = o, manifest.P("spec", "routes").Index(i), Traefik
	r.entryPoints = texts(o.Get("spec", "entryPoints"))
	r.backends, r.transport = traefikBackends(o.ID.Namespace, rule)
	clauses, err := parseRule(rule.Text("match"))
	if err != nil {
		clauses = []clause{{opaque: []string{rule.Text("match")}}}
	}
	for _, c := range clauses {
		meant := c.route()
		if meant == nil {
			continue
		}
		each := r
		each.order = len(s.all)
		each.host, each.kind, each.text = meant.host, meant.kind, meant.text
		each.extra, each.weight = meant.extra, meant.weight
		each.opaque = orDefault(each.opaque, meant.opaque)
		s.all = append(s.all, &each)
	}
}

// traefikBackends lists the Services of a route; other kinds (TraefikService)
// lead nowhere that the simulator knows. It says too whether all of them name a
// ServersTransport, which tells how TLS to them is verified.
func traefikBackends(namespace string, rule *manifest.Node) (out []RouteBackend, transport bool) {
	transport = true
	for _, s := range rule.Get("services").Items() {
		if kind := s.Text("kind"); kind != "" && kind != "Service" {
			continue
		}
		transport = transport && s.Text("serversTransport") != ""
		out = append(out, RouteBackend{
			Namespace: orDefault(s.Text("namespace"), namespace), Name: s.Text("name"), Port: s.Text("port"), Scheme: s.Text("scheme"),
		})
	}
	return out, transport
}

// route makes a route of an alternative, nil when it can never hold.
func (c *clause) route() *route {
	r := &route{kind: RawPrefix, text: "/", extra: strings.Join(c.extra, " && "), weight: len(c.extra), opaque: strings.Join(c.opaque, " && ")}
	for i, h := range c.hosts {
		if i > 0 && h != r.host {
			return nil
		}
		r.host = h
	}
	for i, p := range c.paths {
		if i > 0 && p != r.text {
			return nil
		}
		r.kind, r.text = ExactPath, p
	}
	for _, p := range c.prefix {
		switch {
		case r.kind == ExactPath && !strings.HasPrefix(r.text, p):
			return nil
		case r.kind == ExactPath || strings.HasPrefix(r.text, p):
		case strings.HasPrefix(p, r.text):
			r.text = p
		default:
			return nil
		}
	}
	return r
}
