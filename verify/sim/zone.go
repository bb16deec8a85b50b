package sim

import (
	"net/netip"
	"slices"
	"strings"
)

// code is what a lookup ends with.
type code uint8

const (
	found code = iota + 1
	nodata
	nxdomain
	unknown
)

// answer is what a name means.
type answer struct {
	code code
	// The meaning of a name of the cluster's zone: a Service, whose virtual IP
	// or, for a headless one or a name below it, whose endpoints are given.
	service  *serviceEntry
	pods     bool   // endpoints are given
	endpoint string // the one that is named, all when empty
	srv      *servicePort
	// The meaning of any other name: an address, and others of which a client may
	// take any.
	address netip.Addr
	others  []netip.Addr
}

// maxChain is the number of CNAMEs that CoreDNS follows
// (plugin/backend_lookup.go, maxCnameChainLength).
const maxChain = 10

// lookup answers an absolute name as the cluster's DNS does. The chain is the
// names that led here by CNAME.
func (q *query) lookup(name string, chain []string) answer {
	base, ours := below(name, q.cluster.domain)
	switch {
	case !ours:
		return q.lookupOutside(name, len(chain))
	case q.resolver.asks == nodeServers:
		return answer{code: nxdomain} // the nodes' servers do not know the cluster's zone
	}
	n, ok := parseZoneName(base)
	switch {
	case !ok:
		return answer{code: nxdomain}
	case n.namespace == "":
		return answer{code: nodata} // the zone itself, svc and pod
	case !q.cluster.exists(n.namespace):
		return answer{code: nxdomain}
	case n.service == "":
		return answer{code: nodata}
	case n.pod:
		return q.lookupPod(n)
	}
	s := q.cluster.service(n.namespace, n.service)
	switch {
	case s == nil:
		return answer{code: nxdomain}
	case s.alias:
		return q.lookupAlias(name, n, s, chain)
	case n.port != "" || n.protocol != "":
		return q.lookupSRV(n, s)
	case s.headless || n.endpoint != "":
		return q.lookupEndpoints(n, s)
	}
	return answer{code: found, service: s}
}

// lookupPod answers the name of a pod by its address, which no manifest tells.
func (q *query) lookupPod(n zoneName) answer {
	ip := strings.ReplaceAll(n.service, "-", ".")
	if strings.Count(n.service, "-") != 3 || strings.Contains(n.service, "--") {
		ip = strings.ReplaceAll(n.service, "-", ":")
	}
	if _, err := netip.ParseAddr(ip); err != nil || n.endpoint != "" || n.port != "" {
		return answer{code: nxdomain}
	}
	return answer{code: unknown}
}

// lookupAlias follows an ExternalName Service. It has no endpoints and no ports.
// A target in the zone is looked up as an absolute name, and when nothing comes
// of that, the answer has no data, whatever became of the target. A target that
// is the asked name, or lies below it, is dropped.
func (q *query) lookupAlias(name string, n zoneName, s *serviceEntry, chain []string) answer {
	if n.endpoint != "" || n.port != "" || n.protocol != "" {
		return answer{code: nxdomain}
	}
	target := s.externalName
	if _, isAddress := parseAddress(target); isAddress {
		q.sayBadAlias(s, "is an address, not a name")
		return answer{code: nxdomain}
	}
	if _, loop := below(target, name); loop {
		q.sayBadAlias(s, "leads back to the name that was asked for")
		return answer{code: nodata, service: s}
	}
	if len(chain) > maxChain || slices.Contains(chain, name) {
		q.sayBadAlias(s, "makes a circle or a chain of more than ten names")
		return answer{code: nodata, service: s}
	}
	q.sayAlias(name, s, target)
	a := q.lookup(target, append(chain, name))
	if a.code == nxdomain || a.code == nodata {
		q.sayNoTarget(name, target, a.code)
		return answer{code: nodata, service: s}
	}
	return a
}

// lookupSRV answers _port._protocol.service.
func (q *query) lookupSRV(n zoneName, s *serviceEntry) answer {
	p := s.srvPort(n.port, n.protocol)
	if p == nil {
		return answer{code: nxdomain}
	}
	if s.headless && len(q.cluster.namespaces[n.namespace].resolvable(s, "")) == 0 {
		return answer{code: nxdomain}
	}
	return answer{code: found, service: s, pods: s.headless, srv: p}
}

// lookupEndpoints answers a headless Service, or one endpoint of any Service.
func (q *query) lookupEndpoints(n zoneName, s *serviceEntry) answer {
	if len(q.cluster.namespaces[n.namespace].resolvable(s, n.endpoint)) == 0 {
		q.sayNoEndpoints(s, n.endpoint)
		return answer{code: nxdomain}
	}
	return answer{code: found, service: s, pods: true, endpoint: n.endpoint}
}
