package sim

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/rehome-dev/rehome/diag"
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

func (q *query) sayCircle() {
	if !q.silent() {
		q.add(Connect, diag.Pos{}, "the request goes in a circle: it has passed %d ingresses", q.depth)
	}
}

func (q *query) sayShut(d *Door, port int32) {
	if !q.silent() {
		q.add(Connect, diag.Pos{}, "the ingress does not listen on port %d, only on %s", port, strings.Trim(fmt.Sprint(d.Ports), "[]"))
	}
}

func (q *query) sayNotHTTP(scheme string) {
	if !q.silent() {
		q.add(Connect, diag.Pos{}, "an HTTP ingress carries no %s", orDefault(scheme, q.call.Protocol))
	}
}

func (q *query) sayMaybeHTTP() {
	if !q.silent() {
		q.add(Assume, diag.Pos{}, "assumed: the ingress understands what the caller speaks (%s)", orDefault(q.call.Scheme, "its protocol is not known"))
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
