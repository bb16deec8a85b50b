package sim

import (
	"net/netip"
	"slices"
	"strings"
)

// passage is an ingress that a call has passed, with the host that it asked for.
// The host never changes on the way (RFC 9110 section 7.2), so a call that comes
// to the same place again goes in a circle.
type passage struct {
	address netip.Addr
	port    int32
	host    string
}

// enterDoor passes a call through an ingress: the host that the client wrote
// chooses the route, not the names that its lookup went through.
func (q *query) enterDoor(d *Door, a netip.Addr, port int32) {
	q.sayDoor(d, a, port)
	host := hostOf(orDefault(q.call.Authority, q.call.Host))
	here := passage{a, port, host}
	e, open := q.entry(d, port)
	speaks, known := speechOf(&q.call, &e)
	switch {
	case slices.Contains(q.passed, here):
		q.sayCircle(host)
		q.blame(Circle)
		q.end(Unreachable)
		return
	case !open:
		q.sayShut(d, port)
		q.blame(PortShut)
		q.end(NoSuchPort)
		return
	case !d.Flavour.carries(speaks):
		q.sayNotCarried(d, speaks)
		q.blame(NotSpoken)
		q.end(Unreachable)
		return
	case !known:
		q.result.Assumed = true
		q.sayMaybe(speaks)
	}
	inner := q.through(d, here)
	inner.admit(d)
	req := d.request(host, q.call.Path)
	req.entry, req.speaks = e, speaks
	if r := inner.route(d, &req); r != nil {
		inner.follow(d, r, &req)
	}
	inner.result.Doors = max(inner.result.Doors, len(inner.passed))
	outcome := inner.result.Outcome
	inner.result.Outcome = q.result.Outcome
	q.result = inner.result
	q.end(outcome)
}

// through returns the query as the ingress carries it on: other cluster, other
// pods that call, the same request.
func (q *query) through(d *Door, here passage) *query {
	inner := *q
	inner.result.Outcome = 0
	inner.passed = append(slices.Clip(q.passed), here)
	inner.cluster = q.world.cluster(d.Cluster)
	inner.call.Cluster = d.Cluster
	inner.call.Authority = orDefault(q.call.Authority, q.call.Host)
	inner.source, inner.call.From = inner.cluster.keeper(d)
	inner.resolver = inner.cluster.resolverOf(inner.call.From.Template, inner.call.From.Workload.Namespace)
	if len(inner.passed) > 1 {
		inner.result.Assumed = true
		inner.saySecond(d)
	}
	return &inner
}

// keeper returns the pods of a door's controller: those of the one workload in its
// namespace, else pods of that namespace with labels that are not known.
func (c *cluster) keeper(d *Door) (party, PodGroup) {
	if d.Namespace == "" {
		return party{}, PodGroup{Template: c.stranger}
	}
	ns := c.namespace(d.Namespace)
	if len(ns.runs) == 1 {
		for _, run := range ns.runs { // the only one
			return party{namespace: ns, template: run.groups[0].Template}, run.groups[0]
		}
	}
	return party{namespace: ns, template: c.stranger, unlabelled: true}, PodGroup{Template: c.stranger}
}

// admit asks the policies of the controller's own pods for calls from anywhere.
// From which address a call arrives, and on which port of the pod, depends on
// what stands before the ingress: a policy that does not let everybody in decides
// it in a way that manifests do not tell.
func (q *query) admit(d *Door) {
	if q.source.namespace == nil || q.source.onNode() {
		return
	}
	for _, p := range q.source.namespace.policiesOf(q.source.template) {
		if p.isolatesIngress && !slices.ContainsFunc(p.ingress, func(r policyRule) bool { return len(r.peers) == 0 }) {
			q.result.Assumed = true
			q.sayMaybeAdmitted(d, p)
		}
	}
}

// follow connects the ingress to what a route leads to.
func (q *query) follow(d *Door, r *route, req *request) {
	switch {
	case q.result.Outcome != 0 && q.result.Outcome != Ambiguous:
		return
	case r.redirects && req.speaks == plainHTTP:
		q.sayRedirect(r, nil)
		q.blame(Redirected)
		q.end(Unreachable)
		return
	case req.speaks == handshake && r.layer == httpLayer:
		q.result.Assumed = true
		q.sayCertificate(req.host)
	}
	for _, b := range r.backends {
		q.connectBackend(d, r, req, b)
	}
	q.endIfOpen(Unreachable)
}

// connectBackend connects an ingress to a Service: to its endpoints, or, for an
// ExternalName one, to the name and port that the Service states.
func (q *query) connectBackend(d *Door, r *route, req *request, b RouteBackend) {
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
	case p.protocol != q.call.Protocol:
		q.sayNoRoutePort(s, b)
		q.end(NoSuchPort)
	case !q.upstreamSpeaks(d, r, req, s, p, b):
		q.end(Unreachable)
	case !s.alias:
		q.connectReady(s, p)
	case d.Flavour == Gateway || d.Flavour == Traefik && !d.ExternalNames:
		q.sayNoAliases(d, s)
		q.blame(AliasBehind)
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

// upstreamSpeaks reports whether an ingress speaks to the pods what the caller
// would: it does where it passes bytes on. Where it ends the request and makes it
// anew, TLS and HTTP/2 have to be asked for.
func (q *query) upstreamSpeaks(d *Door, r *route, req *request, s *serviceEntry, p *servicePort, b RouteBackend) bool {
	if r.layer == tcpLayer || r.layer == tlsLayer || req.speaks == anything {
		return true
	}
	scheme := upstreamScheme(d.Flavour, p, b)
	switch {
	case req.speaks == plainGRPC && d.Flavour == Traefik && scheme != "h2c",
		req.speaks == plainGRPC && r.layer == httpLayer && d.Flavour == Gateway && scheme != "h2c":
		q.sayUpstream(s, p, scheme, "HTTP/2 without TLS")
		q.blame(NotSpoken)
		return false
	case req.speaks == handshake && scheme != "https":
		q.sayUpstream(s, p, scheme, "TLS")
		q.blame(NotSpoken)
		return false
	case req.speaks == plainHTTP && scheme == "https":
		q.sayUpstream(s, p, scheme, "HTTP without TLS")
		q.blame(NotSpoken)
		return false
	case scheme == "https" && d.Flavour != Nginx && !r.transport:
		q.sayUnverified(s, p)
		q.blame(UpstreamTLS)
		return false
	}
	return true
}

// upstreamScheme is what an ingress speaks to a port of a Service: as the route
// says, for Traefik else by the port's number or name
// (pkg/provider/kubernetes/crd/kubernetes_http.go, parseServiceProtocol), for a
// Gateway by its appProtocol (KEP-3726).
func upstreamScheme(f Flavour, p *servicePort, b RouteBackend) string {
	switch {
	case b.Scheme != "":
		return b.Scheme
	case f == Traefik && (p.number == 443 || strings.HasPrefix(p.name, "https")):
		return "https"
	case f == Gateway && p.appProtocol == "kubernetes.io/h2c":
		return "h2c"
	}
	return "http"
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
