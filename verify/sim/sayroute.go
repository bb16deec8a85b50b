package sim

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// String returns namespace/name:port.
func (b RouteBackend) String() string {
	if b.Port == "" {
		return b.Namespace + "/" + b.Name
	}
	return fmt.Sprintf("%s/%s:%s", b.Namespace, b.Name, b.Port)
}

func backendList(r *route) string {
	if len(r.backends) == 0 {
		return "no Service"
	}
	names := make([]string, len(r.backends))
	for i, b := range r.backends {
		names[i] = b.String()
	}
	return strings.Join(names, ", ")
}

func (q *query) sayMatch(d *Door, req *request, m *matched) {
	if q.silent() {
		return
	}
	if r := m.opaque; r != nil {
		q.add(Route, r.pos(), "whether %s takes the request is not known: %s", q.nameOf(r.object.ID), r.opaque)
	}
	if r := m.conditional; r != nil {
		kind := Assume
		if m.route == nil {
			kind = Route
		}
		q.add(kind, r.pos(), "assumed: the request does not meet %q of %s, which leads to %s", r.extra, q.nameOf(r.object.ID), backendList(r))
	}
	if m.route == nil {
		q.add(Route, diag.Pos{}, "no route of %s (%s) means Host %s with path %s", d.Cluster, d.Flavour, req.host, req.path)
		return
	}
	q.add(Route, m.route.pos(), "Host %s with path %s leads by %s to %s", req.host, req.path, q.nameOf(m.route.object.ID), backendList(m.route))
	if r := m.rival; r != nil {
		q.add(Route, r.pos(), "and just as well by %s to %s", q.nameOf(r.object.ID), backendList(r))
	}
}

func (q *query) sayNotGranted(r *route, b RouteBackend) {
	if !q.silent() {
		q.add(Route, r.pos(), "no ReferenceGrant in %s lets %s refer to Service %s", b.Namespace, q.nameOf(r.object.ID), b)
	}
}

func (q *query) sayDoor(d *Door, a netip.Addr, port int32) {
	if !q.silent() {
		q.add(Connect, diag.Pos{}, "%s is the ingress of cluster %s (%s), asked on port %d", a, d.Cluster, d.Flavour, port)
	}
}

func (q *query) sayCircle(host string) {
	if !q.silent() {
		q.add(Connect, diag.Pos{}, "the request goes in a circle: it has been here before, with the same Host %s", host)
	}
}

func (q *query) sayShut(d *Door, port int32) {
	if !q.silent() {
		q.add(Connect, diag.Pos{}, "the ingress does not listen on port %d, only on %s", port, strings.Trim(fmt.Sprint(q.ports(d)), "[]"))
	}
}

func (q *query) sayNotCarried(d *Door, s speech) {
	if !q.silent() {
		q.add(Connect, diag.Pos{}, "%s carries no %s", d.Flavour, s.noun())
	}
}

func (q *query) sayMaybe(s speech) {
	if !q.silent() {
		q.add(Assume, diag.Pos{}, "assumed: the caller speaks %s to the ingress (%s)", s.noun(), orDefault(q.call.Scheme, "its address does not say"))
	}
}

func (q *query) saySecond(d *Door) {
	if !q.silent() {
		q.add(Assume, diag.Pos{}, "assumed: the ingress of cluster %s trusts the forwarded headers of the one before it (X-Forwarded-For, X-Forwarded-Proto)", d.Cluster)
	}
}

func (q *query) sayMaybeAdmitted(d *Door, p *policy) {
	if !q.silent() {
		q.add(Assume, p.object.Pos(), "assumed: %s lets callers of other clusters through to the ingress of cluster %s", q.nameOf(p.object.ID), d.Cluster)
	}
}

func (q *query) sayCertificate(host string) {
	if !q.silent() {
		q.add(Assume, diag.Pos{}, "assumed: the ingress has a certificate for %s that callers trust", host)
	}
}

func (q *query) sayNotAttached(r *route) {
	if !q.silent() {
		q.add(Route, r.pos(), "%s means it, but no listener of its Gateway takes it: see the listeners' port, hostname, protocol and allowedRoutes", q.nameOf(r.object.ID))
	}
}

func (q *query) sayOtherEntry(r *route, req *request) {
	if !q.silent() {
		q.add(Route, r.pos(), "%s means it, but is bound to entry points %s, and the request came in by %s", q.nameOf(r.object.ID), strings.Join(r.entryPoints, ", "), req.entry.Name)
	}
}

func (q *query) sayOtherSpeech(r *route, req *request) {
	if !q.silent() {
		q.add(Route, r.pos(), "%s means it, but is not there for %s", q.nameOf(r.object.ID), req.speaks.noun())
	}
}

func (q *query) sayForeign(r *route, b RouteBackend) {
	if !q.silent() {
		q.add(Route, r.pos(), "Traefik drops %s, because %s is of another namespace (allowCrossNamespace)", q.nameOf(r.object.ID), b)
	}
}

func (q *query) sayForeignMiddleware(r *route, m middleware) {
	if !q.silent() {
		q.add(Route, r.pos(), "Traefik drops %s, because Middleware %s/%s is of another namespace (allowCrossNamespace)", q.nameOf(r.object.ID), m.namespace, m.name)
	}
}

func (q *query) sayNoMiddleware(r *route, m middleware) {
	if !q.silent() {
		q.add(Route, r.pos(), "%s uses Middleware %s, which is not in the manifests", q.nameOf(r.object.ID), strings.TrimPrefix(m.namespace+"/"+m.name, "/"))
	}
}

func (q *query) sayMiddleware(r *route, by *manifest.Object) {
	if !q.silent() {
		q.add(Assume, r.pos(), "assumed: %s lets the request through", q.nameOf(by.ID))
	}
}

// sayRedirect tells of a redirection by a Middleware, or by the route itself.
func (q *query) sayRedirect(r *route, by *manifest.Object) {
	switch {
	case q.silent():
	case by != nil:
		q.add(Route, by.Pos(), "%s answers with a redirection to https, where there is no certificate for an internal name", q.nameOf(by.ID))
	default:
		q.add(Route, r.pos(), "%s answers with a redirection to https, where there is no certificate for an internal name", q.nameOf(r.object.ID))
	}
}

func (q *query) sayUpstream(s *serviceEntry, p *servicePort, scheme, wanted string) {
	if !q.silent() {
		q.add(Connect, s.object.Pos("spec", "ports"), "the ingress speaks %s to port %d of %s, whose callers speak %s", scheme, p.number, q.nameOf(s.id()), wanted)
	}
}

func (q *query) sayUnverified(s *serviceEntry, p *servicePort) {
	if !q.silent() {
		q.add(Connect, s.object.Pos("spec", "ports"), "the ingress opens TLS to the addresses of the pods behind port %d of %s, and no certificate is valid for those", p.number, q.nameOf(s.id()))
	}
}

func (q *query) sayNoService(b RouteBackend) {
	if !q.silent() {
		q.add(Connect, diag.Pos{}, "Service %s does not exist", b)
	}
}

func (q *query) sayNoRoutePort(s *serviceEntry, b RouteBackend) {
	if !q.silent() {
		q.add(Connect, s.object.Pos("spec", "ports"), "%s has no port %q", q.nameOf(s.id()), b.Port)
	}
}

func (q *query) sayNoAliases(d *Door, s *serviceEntry) {
	if !q.silent() {
		q.add(Connect, s.object.Pos("spec", "type"), "%s does not lead to ExternalName Services, as %s is", d.Flavour, q.nameOf(s.id()))
	}
}
