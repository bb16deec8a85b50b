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
		at := manifest.P("spec", "routes").Index(i)
		text := rule.Text("match")
		priority := len(text)
		if p, ok := rule.Get("priority").Int(); ok && p != 0 {
			priority = int(p)
		}
		backends := traefikBackends(o.ID.Namespace, rule)
		clauses, err := parseRule(text)
		if err != nil {
			clauses = []clause{{opaque: []string{text}}}
		}
		for _, c := range clauses {
			r := c.route()
			if r == nil {
				continue
			}
			r.object, r.path, r.order = o, at, len(set.all)
			r.flavour, r.priority, r.backends = Traefik, priority, backends
			set.all = append(set.all, r)
		}
	}
	return set
}

// traefikBackends lists the Services of a route; other kinds (TraefikService)
// lead nowhere that the simulator knows.
func traefikBackends(namespace string, rule *manifest.Node) []RouteBackend {
	var out []RouteBackend
	for _, s := range rule.Get("services").Items() {
		if kind := s.Text("kind"); kind != "" && kind != "Service" {
			continue
		}
		out = append(out, RouteBackend{Namespace: orDefault(s.Text("namespace"), namespace), Name: s.Text("name"), Port: s.Text("port")})
	}
	return out
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
