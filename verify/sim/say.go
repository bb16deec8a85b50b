package sim

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// add appends a line to the trace. Each say method asks for itself whether a
// trace is wanted, before it spends anything on text.
func (q *query) add(kind HopKind, pos diag.Pos, format string, args ...any) {
	q.result.Trace = append(q.result.Trace, Hop{Kind: kind, Text: fmt.Sprintf(format, args...), Pos: pos})
}

func (q *query) silent() bool { return q.tracing == traceOff }

func (q *query) sayCall() {
	if q.silent() {
		return
	}
	c := &q.call
	if c.From.Workload == (manifest.ID{}) {
		q.add(Ask, diag.Pos{}, "somebody outside asks for %s", hostPort(orDefault(c.Authority, c.Host), c.Port))
		return
	}
	q.add(Ask, diag.Pos{}, "a pod of %s asks for %s", q.nameOf(c.From.Workload), hostPort(c.Host, c.Port))
	if c.Libc == Musl {
		q.add(Ask, diag.Pos{}, "its image is taken to use musl, as Alpine does")
	}
}

func hostPort(host string, port int32) string {
	if port == 0 {
		return host
	}
	return fmt.Sprintf("%s:%d", host, port)
}

// nameOf writes an ID, with the cluster where the call has passed into another.
func (q *query) nameOf(id manifest.ID) string {
	if len(q.passed) > 0 {
		return fmt.Sprintf("%s in cluster %s", id, q.cluster.name)
	}
	return id.String()
}

func (q *query) sayHosts(host, ip string) {
	if !q.silent() {
		q.add(Name, diag.Pos{}, "hostAliases: %s is %s", host, ip)
	}
}

func (q *query) sayLookup(name string, a answer) {
	if q.silent() {
		return
	}
	switch {
	case a.code == nxdomain:
		q.add(Name, diag.Pos{}, "lookup: %s: NXDOMAIN", name)
	case a.code == nodata && a.service == nil:
		q.add(Name, diag.Pos{}, "lookup: %s: exists without an address (NODATA)", name)
	case a.code == nodata:
		q.add(Name, a.service.object.Pos("spec", "externalName"), "lookup: %s: alias without an address (NODATA)", name)
	case a.code == unknown:
		q.add(Name, diag.Pos{}, "lookup: %s: not in the manifests", name)
	case a.service == nil:
		q.add(Name, diag.Pos{}, "lookup: %s is %s", name, a.address)
	case a.pods && a.endpoint != "":
		q.add(Name, a.service.object.Pos(), "lookup: %s is pod %s of %s", name, a.endpoint, q.nameOf(a.service.id()))
	case a.pods:
		q.add(Name, a.service.object.Pos(), "lookup: %s is the pods of headless %s", name, q.nameOf(a.service.id()))
	default:
		q.add(Name, a.service.object.Pos(), "lookup: %s is the virtual IP of %s", name, q.nameOf(a.service.id()))
	}
}

func (q *query) sayAlias(name string, s *serviceEntry, target string) {
	if !q.silent() {
		q.add(Name, s.object.Pos("spec", "externalName"), "lookup: %s CNAME %s (ExternalName %s)", name, target, q.nameOf(s.id()))
	}
}

func (q *query) sayBadAlias(s *serviceEntry, why string) {
	if !q.silent() {
		q.add(Name, s.object.Pos("spec", "externalName"), "externalName %s of %s %s", s.externalName, q.nameOf(s.id()), why)
	}
}

func (q *query) sayNoTarget(name, target string, c code) {
	if q.silent() {
		return
	}
	word := "NXDOMAIN"
	if c == nodata {
		word = "NODATA"
	}
	q.add(Name, diag.Pos{}, "lookup: %s: %s, so %s has no address", target, word, name)
}

func (q *query) sayNoEndpoints(s *serviceEntry, endpointName string) {
	switch {
	case q.silent():
	case endpointName != "":
		q.add(Name, s.object.Pos(), "%s has no ready endpoint named %s", q.nameOf(s.id()), endpointName)
	default:
		q.add(Name, s.object.Pos("spec", "selector"), "headless %s has no ready endpoint", q.nameOf(s.id()))
	}
}

func (q *query) sayRecord(name, value string) {
	if !q.silent() {
		q.add(Name, diag.Pos{}, "record: %s is %s", name, value)
	}
}

func (q *query) sayEntry(name string, r recordOf, value string) {
	if !q.silent() {
		q.add(Name, r.pos(), "record: %s is %s (%s)", name, value, r.object.ID)
	}
}

func (q *query) sayClash(name string, a, b recordOf) {
	if !q.silent() {
		q.add(Name, b.pos(), "%s of cluster %s and %s of cluster %s say different things about %s", a.object.ID, a.cluster, b.object.ID, b.cluster, name)
	}
}

func (q *query) sayHostDomain(name, suffix string) {
	if !q.silent() {
		q.add(Assume, diag.Pos{}, "assumed: %s, in the nodes' search domain %s, does not exist", name, suffix)
	}
}

func (q *query) sayOwnServers() {
	if !q.silent() {
		q.add(Name, diag.Pos{}, "dnsPolicy None: what the nameservers %s answer is not in the manifests", strings.Join(q.resolver.nameservers, ", "))
	}
}

func (q *query) sayNoDNS() {
	if !q.silent() {
		q.add(Policy, diag.Pos{}, "so the cluster's DNS (UDP port %d of pods %s=%s in %s) cannot be asked", dnsPort, dnsApp, dnsName, dnsNamespace)
	}
}

func (q *query) sayNoPort(s *serviceEntry, port int32) {
	if q.silent() {
		return
	}
	have := make([]string, len(s.ports))
	for i, p := range s.ports {
		have[i] = fmt.Sprintf("%d/%s", p.number, p.protocol)
	}
	list := strings.Join(have, ", ")
	if list == "" {
		list = "none"
	}
	q.add(Connect, s.object.Pos("spec", "ports"), "%s has no port %d/%s; its ports: %s", q.nameOf(s.id()), port, q.call.Protocol, list)
}

func (q *query) sayUnproxied(s *serviceEntry) {
	if !q.silent() {
		q.add(Connect, s.object.Pos("metadata", "labels"), "%s is left to another proxy than kube-proxy", q.nameOf(s.id()))
	}
}

func (q *query) sayNobody(s *serviceEntry, p *servicePort) {
	if q.silent() {
		return
	}
	total := 0
	var states []string
	for _, e := range q.cluster.namespaces[s.id().Namespace].endpointsOf(s) {
		total++
		if e.group != nil {
			states = append(states, fmt.Sprintf("those of %s are %s", q.nameOf(e.group.Workload), e.group.Readiness))
		}
	}
	switch {
	case total == 0 && s.selector == nil:
		q.add(Connect, s.object.Pos("spec"), "%s has no selector, and no Endpoints or EndpointSlice gives it an address", q.nameOf(s.id()))
	case total == 0:
		q.add(Connect, s.object.Pos("spec", "selector"), "the selector of %s (%s) selects no pod", q.nameOf(s.id()), s.selector)
	default:
		q.add(Connect, s.object.Pos("spec"), "no endpoint of %s is ready for port %d (targetPort %s): %s", q.nameOf(s.id()), p.number, p.target, strings.Join(states, ", "))
	}
}

// String returns a targetPort as manifests write it.
func (t target) String() string {
	if t.name != "" {
		return t.name
	}
	return fmt.Sprint(t.number)
}

func (q *query) sayVIP(s *serviceEntry, p *servicePort, to []destination, fallback bool) {
	if q.silent() {
		return
	}
	if fallback {
		q.add(Connect, s.object.Pos("spec"), "no endpoint of %s is ready: terminating ones that still serve are used", q.nameOf(s.id()))
	}
	for i := range to {
		d := &to[i]
		if d.group == nil {
			q.add(Connect, d.slice.object.Pos(), "port %d is %s by %s", p.number, netipPort(d.at.ip, d.port), q.nameOf(d.slice.object.ID))
			continue
		}
		q.add(Connect, s.object.Pos("spec", "ports"), "port %d is targetPort %s, port %d of %s", p.number, p.target, d.port, q.nameOf(d.group.Workload))
	}
}

func netipPort(ip string, port int32) string {
	if strings.Contains(ip, ":") {
		ip = "[" + ip + "]"
	}
	return fmt.Sprintf("%s:%d", ip, port)
}

func (q *query) sayLocal(s *serviceEntry) {
	if !q.silent() {
		q.add(Assume, s.object.Pos("spec", "internalTrafficPolicy"), "assumed: every node that calls %s has one of its pods (internalTrafficPolicy: Local)", q.nameOf(s.id()))
	}
}

func (q *query) sayPod(s *serviceEntry, e *endpoint, port int32) {
	switch {
	case q.silent():
	case e.group == nil:
		q.add(Connect, e.slice.object.Pos(), "connects to %s", netipPort(e.at.ip, port))
	default:
		q.add(Connect, s.object.Pos(), "connects to port %d of the pods of %s", port, q.nameOf(e.group.Workload))
	}
}

func (q *query) sayNotListening(s *serviceEntry, e *endpoint, port int32) {
	switch {
	case q.silent():
	case e.group == nil:
		q.add(Connect, e.slice.object.Pos("ports"), "%s does not state port %d", q.nameOf(e.slice.object.ID), port)
	default:
		q.add(Connect, s.object.Pos("spec", "ports"), "the pods of %s do not listen on port %d/%s, and headless %s translates no ports", q.nameOf(e.group.Workload), port, q.call.Protocol, q.nameOf(s.id()))
	}
}

func (q *query) sayUndeclared(e *endpoint, port int32) {
	if !q.silent() {
		q.add(Assume, diag.Pos{}, "assumed: the pods of %s, which declare no ports, listen on %d", q.nameOf(e.group.Workload), port)
	}
}

func (q *query) sayPublished(s *serviceEntry, d *destination) {
	if !q.silent() {
		q.add(Assume, s.object.Pos("spec", "publishNotReadyAddresses"), "assumed: callers of %s pass over the pods of %s that are not ready (publishNotReadyAddresses)", q.nameOf(s.id()), q.nameOf(d.group.Workload))
	}
}

func (q *query) sayLoopback() {
	if !q.silent() {
		q.add(Connect, diag.Pos{}, "the address is the pod's own")
	}
}

func (q *query) sayPinned(a netip.Addr, s *service) {
	if !q.silent() {
		q.add(Connect, s.object.Pos("spec"), "%s is the address of %s", a, q.nameOf(s.id()))
	}
}

func (q *query) sayUnknownAddress(a netip.Addr) {
	if !q.silent() {
		q.add(Connect, diag.Pos{}, "whose address %s is, is not in the manifests", a)
	}
}

func (q *query) sayEnd() {
	if q.silent() {
		return
	}
	if q.result.Outcome != OK {
		q.add(End, diag.Pos{}, "outcome: %s", q.result.Outcome)
		return
	}
	for i := range q.result.Backends {
		b := &q.result.Backends[i]
		state := ""
		if b.Group != nil && b.Group.Readiness != Ready {
			state = " (" + b.Group.Readiness.String() + ")"
		}
		q.add(End, diag.Pos{}, "outcome: the pods of %s answer on port %d%s", b.Workload, b.Port, state)
	}
}
