package sim

import (
	"net/netip"
	"slices"
	"strings"
)

// Door is the ingress of a cluster, listening at an address outside of it.
type Door struct {
	Cluster string
	Flavour Flavour
	Class   string  // of the Ingress objects that it reads; "" for any
	Ports   []int32 // that it listens on
	// Pods are those of its controller, for policies; nil when they are not in
	// the manifests.
	Pods *PodGroup
	// ExternalNames says that it leads to ExternalName Services too, which is
	// off by default in Traefik and not possible behind a Gateway.
	ExternalNames bool
}

// SetDoor puts an ingress behind an address.
func (w *World) SetDoor(address netip.Addr, d Door) { w.outside.doors[address] = d }

// RemoveDoor is the opposite of [World.SetDoor].
func (w *World) RemoveDoor(address netip.Addr) { delete(w.outside.doors, address) }

// maxDoors is the number of ingresses that a request may pass before it is
// taken to go in a circle.
const maxDoors = 4

// Match finds the Services that an ingress leads a host and path to, as [Entry]
// claims do; the outcome is OK, Ambiguous, Unknown, or Unreachable when no route
// means them.
func (w *World) Match(d Door, host, path string) ([]RouteBackend, Result) {
	q := &query{world: w, cluster: w.cluster(d.Cluster), tracing: traceOn}
	backends := q.route(&d, host, path)
	if q.result.Outcome == 0 {
		q.end(OK)
	}
	return backends, q.result
}

// route asks the routes of a door, and ends the call when they do not lead on.
func (q *query) route(d *Door, host, path string) []RouteBackend {
	req := request{flavour: d.Flavour, class: d.Class, host: hostOf(host), path: orDefault(path, "/")}
	m := q.cluster.match(req)
	q.sayMatch(d, &req, &m)
	switch {
	case m.opaque != nil:
		q.end(Unknown)
	case m.route == nil && m.conditional != nil:
		q.end(Unknown)
	case m.route == nil:
		q.end(Unreachable)
	case m.rival != nil:
		q.end(Ambiguous)
	}
	if m.route == nil {
		return nil
	}
	if m.conditional != nil {
		q.result.Assumed = true
	}
	if d.Flavour == Gateway {
		for _, b := range m.route.backends {
			if !q.cluster.granted(m.route, b) {
				q.sayNotGranted(m.route, b)
				q.end(Unreachable)
			}
		}
	}
	return m.route.backends
}

// hostOf returns the host of a Host header as ingresses compare it: lower case,
// without port and without the dot at its end.
func hostOf(authority string) string {
	if h, port, ok := strings.Cut(authority, ":"); ok && !strings.Contains(port, ":") {
		authority = h
	}
	return absolute(authority)
}

// httpSchemes are those that an HTTP ingress understands.
var httpSchemes = []string{"http", "https", "ws", "wss", "grpc", "grpcs", "h2c"}

// enterDoor passes a call through an ingress: the host that the client wrote
// chooses the route, not the names that its lookup went through.
func (q *query) enterDoor(d *Door, a netip.Addr, port int32) {
	q.sayDoor(d, a, port)
	scheme := strings.ToLower(q.call.Scheme)
	switch {
	case q.depth >= maxDoors:
		q.sayCircle()
		q.end(Unreachable)
		return
	case !slices.Contains(d.Ports, port):
		q.sayShut(d, port)
		q.end(NoSuchPort)
		return
	case q.call.Protocol != tcp || scheme != "" && !slices.Contains(httpSchemes, scheme):
		q.sayNotHTTP(scheme)
		q.end(Unreachable)
		return
	case scheme == "" || strings.HasPrefix(scheme, "grpc"):
		q.result.Assumed = true
		q.sayMaybeHTTP()
	}
	inner := q.through(d)
	backends := inner.route(d, orDefault(q.call.Authority, q.call.Host), q.call.Path)
	if inner.result.Outcome == 0 || inner.result.Outcome == Ambiguous {
		for _, b := range backends {
			inner.connectBackend(d, b)
		}
		inner.endIfOpen(Unreachable)
	}
	outcome := inner.result.Outcome
	inner.result.Outcome = q.result.Outcome
	q.result = inner.result
	q.end(outcome)
}

// through returns the query as the ingress carries it on: other cluster, other
// pods that call, the same request.
func (q *query) through(d *Door) *query {
	inner := *q
	inner.result.Outcome = 0
	inner.depth++
	inner.cluster = q.world.cluster(d.Cluster)
	inner.call.Cluster = d.Cluster
	inner.call.Authority = orDefault(q.call.Authority, q.call.Host)
	inner.source = party{}
	inner.call.From = PodGroup{Template: inner.cluster.stranger}
	if d.Pods != nil {
		inner.call.From = *d.Pods
		inner.source = party{namespace: inner.cluster.namespace(d.Pods.Workload.Namespace), template: d.Pods.Template}
	}
	inner.resolver = inner.cluster.resolverOf(inner.call.From.Template, inner.call.From.Workload.Namespace)
	return &inner
}

// connectBackend connects an ingress to a Service: to its endpoints, or, for an
// ExternalName one, to the name and port that the Service states.
func (q *query) connectBackend(d *Door, b RouteBackend) {
	s := q.cluster.service(b.Namespace, b.Name)
	if s == nil {
		q.sayNoService(b)
		q.end(Refused)
		return
	}
	p := s.named(b.Port)
	switch {
	case p == nil:
		q.sayNoRoutePort(s, b)
		q.end(NoSuchPort)
	case !s.alias:
		q.connectReady(s, p)
	case d.Flavour == Gateway || d.Flavour == Traefik && !d.ExternalNames:
		q.sayNoAliases(d, s)
		q.end(Unreachable)
	default:
		port := p.number
		if d.Flavour == Nginx {
			port = p.target.number // ingress-nginx dials the targetPort
		}
		q.sayAlias(s.id().Name, s, s.externalName)
		q.call.Host, q.call.Port = s.externalName+".", port
		q.start()
	}
}

// connectReady connects an ingress to the endpoints of a Service, which it reads
// itself: unlike kube-proxy it leaves out those that terminate.
func (q *query) connectReady(s *serviceEntry, p *servicePort) {
	if _, fallback := q.cluster.namespaces[s.id().Namespace].destinations(s, p); fallback {
		q.sayNobody(s, p)
		q.end(Refused)
		return
	}
	q.connectVIP(s, p)
}

// named returns the port that a route names by number or name; a Service with
// one port has it also when the route names none.
func (s *service) named(port string) *servicePort {
	if port == "" && len(s.ports) == 1 {
		return &s.ports[0]
	}
	for i := range s.ports {
		if p := &s.ports[i]; port != "" && (p.name == port || port == target{number: p.number}.String()) {
			return p
		}
	}
	return nil
}
