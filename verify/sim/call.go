package sim

import (
	"net/netip"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// Call is a pod that opens a connection.
type Call struct {
	Cluster  string
	From     PodGroup // who calls; its workload gives the namespace
	Host     string   // a name or an address as the caller writes it; _port._proto.name asks for SRV records
	Port     int32    // 0 only with SRV
	Protocol string   // "TCP" when empty
	Libc     Libc     // AnyLibc takes the worse of all

	// Of requests, which matter when a hop is an ingress:
	Scheme    string // http, https, grpc ...; "" when it is not known
	Authority string // the Host header; Host when empty
	Path      string // "/" when empty
}

// Backend is whom a call may reach.
type Backend struct {
	Cluster  string
	Service  manifest.ID // the last Service on the way; zero when there is none
	Workload manifest.ID // zero for an address outside
	App      string
	Group    *PodGroup  // nil for an address outside
	Address  netip.Addr // of an address outside
	Port     int32      // at the pod or address
}

// Call answers what becomes of a call.
func (w *World) Call(c Call) Result { return w.run(c, traceOff) }

// Explain answers what becomes of a call, with the trace.
func (w *World) Explain(c Call) Result { return w.run(c, traceOn) }

// tracing says whether a trace is wanted. Without one a call costs microseconds.
type tracing uint8

const (
	traceOff tracing = iota
	traceOn
)

// query is one call in progress.
type query struct {
	world    *World
	cluster  *cluster
	call     Call
	source   party
	resolver *resolver
	tracing  tracing
	result   Result
	differs  bool      // a lookup met NODATA, where musl gives up
	passed   []passage // ingresses on the way
}

func (w *World) run(c Call, t tracing) Result {
	if c.Protocol == "" {
		c.Protocol = tcp
	}
	if c.From.Template == nil {
		return Result{Outcome: Unknown, Trace: []Hop{{Kind: End, Text: "no pod calls"}}}
	}
	libc := c.Libc
	if libc == AnyLibc {
		c.Libc = Glibc
	}
	q := w.newQuery(&w.queries[0], c, t)
	q.sayCall()
	q.start()
	if libc == AnyLibc && q.result.Outcome == OK && (q.differs || q.resolver.differs(c.Host)) {
		c.Libc = Musl
		musl := w.newQuery(&w.queries[1], c, t)
		musl.sayCall()
		musl.start()
		if musl.result.Outcome != OK {
			q = musl
		}
	}
	q.sayEnd()
	return q.result
}

// newQuery begins a query in the place of an earlier one, which has ended.
func (w *World) newQuery(q *query, c Call, t tracing) *query {
	cl := w.cluster(c.Cluster)
	ns := cl.namespace(c.From.Workload.Namespace)
	*q = query{
		world:    w,
		cluster:  cl,
		call:     c,
		source:   party{namespace: ns, template: c.From.Template},
		resolver: cl.resolverOf(c.From.Template, ns.name),
		tracing:  t,
	}
	return q
}

// start finds the address of the host, by itself, in /etc/hosts or by DNS, and
// connects.
func (q *query) start() {
	host := strings.Trim(q.call.Host, "[]")
	if a, ok := parseAddress(host); ok {
		q.connectAddress(a)
		return
	}
	if host == "" || strings.Contains(host, "..") || len(host) > maxSearchDomain+1 {
		q.end(NXDomain)
		return
	}
	if ip := q.call.From.Template.aliasOf(host); ip != "" {
		q.sayHosts(host, ip)
		if a, err := netip.ParseAddr(ip); err == nil {
			q.connectAddress(a)
			return
		}
	}
	if absolute(host) == "localhost" || q.ownName(absolute(host)) {
		q.connectAddress(netip.AddrFrom4([4]byte{127, 0, 0, 1}))
		return
	}
	if !q.reachDNS() {
		return
	}
	a, outcome := q.resolve(host)
	if outcome != OK {
		q.end(outcome)
		return
	}
	q.connectAnswer(a)
}

// parseAddress parses a literal address. Names, which are the rule, are told
// apart before an error is made for them.
func parseAddress(host string) (netip.Addr, bool) {
	if host == "" || host[0] > '9' && !strings.Contains(host, ":") {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(host)
	return a, err == nil
}

// resolve walks the candidates of a host. The first with an address wins; after
// NXDOMAIN the next is tried; after NODATA glibc and Go go on, musl stops.
func (q *query) resolve(host string) (answer, Outcome) {
	if q.resolver.asks == ownServers && !q.ownServersAreCluster() {
		q.sayOwnServers()
		return answer{}, Unknown
	}
	last, best := answer{}, NXDomain
	for _, n := range q.resolver.names(host, q.call.Libc) {
		name, suffix := n.name, n.suffix
		a := q.lookup(name, nil)
		if _, ours := below(name, q.cluster.domain); a.code == unknown && suffix != "" && !ours {
			q.sayHostDomain(name, suffix)
			q.result.Assumed = true
			a.code = nxdomain
		}
		q.sayLookup(name, a)
		switch a.code {
		case found:
			return a, OK
		case unknown:
			return last, Unknown
		case nodata:
			q.differs = true
			if a.service != nil || suffix == "" || q.call.Libc == Musl {
				best = NoData
			}
			if q.call.Libc == Musl {
				return last, best
			}
		case nxdomain:
		}
	}
	return last, best
}

// ownServersAreCluster reports whether the nameserver of a pod with dnsPolicy
// None is known to be the cluster's.
func (q *query) ownServersAreCluster() bool {
	if len(q.resolver.nameservers) == 0 {
		return false
	}
	s := q.cluster.byIP[q.resolver.nameservers[0]]
	return s != nil && s.id().Namespace == dnsNamespace
}

// end settles the outcome. Of several destinations the worst counts, because a
// client cannot choose among them: anything is worse than OK, and what is known
// to fail is worse than what is not known.
func (q *query) end(o Outcome) {
	if now := q.result.Outcome; now == 0 || now == OK || now == Unknown && o != OK {
		q.result.Outcome = o
	}
}

// endIfOpen settles the outcome when nothing else has.
func (q *query) endIfOpen(o Outcome) {
	if q.result.Outcome == 0 {
		q.result.Outcome = o
	}
}
