package sim

import (
	"slices"
	"strconv"
	"strings"
)

// The values of dnsPolicy.
const (
	clusterFirst        = "ClusterFirst"
	clusterFirstHostNet = "ClusterFirstWithHostNet"
	dnsNone             = "None"
)

// The limits of the kubelet (k8s.io/kubernetes/pkg/apis/core/validation) and of
// the resolvers: glibc's RES_MAXNDOTS, which Go and musl share.
const (
	maxNameservers  = 3
	maxSearchPaths  = 32
	maxSearchChars  = 2048
	maxSearchDomain = 253
	maxNdots        = 15
	defaultNdots    = 1
	clusterNdots    = 5
)

// muslLine is the longest line of resolv.conf, newline included, that musl
// reads; it ignores longer ones (musl src/network/resolvconf.c).
const muslLine = 255

// servers says whom a pod asks for names.
type servers uint8

const (
	clusterServers servers = iota + 1 // the cluster's DNS
	nodeServers                       // those of the node: cluster names are unknown to them
	ownServers                        // those of dnsConfig alone
)

// resolver is the resolv.conf that the kubelet writes for a pod.
type resolver struct {
	asks        servers
	nameservers []string // of dnsConfig
	search      []string
	ndots       int
	asked       map[question][]candidate // what it has been asked for before
}

// resolverKey identifies a resolver: the search list names the namespace.
type resolverKey struct {
	template  *Template
	namespace string
}

// resolverOf returns the resolver of the pods of a template.
func (c *cluster) resolverOf(t *Template, namespace string) *resolver {
	key := resolverKey{t, namespace}
	if t.usualDNS() {
		key.template = nil // one for all pods of the namespace
	}
	r := c.resolvers[key]
	if r == nil {
		r = c.newResolver(t, namespace)
		c.resolvers[key] = r
	}
	return r
}

// usualDNS reports whether pods leave all that a resolver is made of to the
// cluster.
func (t *Template) usualDNS() bool {
	return t.DNSPolicy == clusterFirst && !t.HostNetwork && len(t.DNS.Nameservers)+len(t.DNS.Searches)+len(t.DNS.Options) == 0
}

// newResolver does what the kubelet does in pkg/kubelet/network/dns/dns.go,
// GetPodDNS: the policy gives a base, dnsConfig is appended, limits cut it.
func (c *cluster) newResolver(t *Template, namespace string) *resolver {
	r := &resolver{ndots: defaultNdots, asked: map[question][]candidate{}}
	switch {
	case t.DNSPolicy == dnsNone:
		r.asks = ownServers
	case t.DNSPolicy == clusterFirstHostNet, t.DNSPolicy == clusterFirst && !t.HostNetwork:
		r.asks = clusterServers
		r.ndots = clusterNdots
		r.search = []string{namespace + ".svc." + c.domain, "svc." + c.domain, c.domain}
		r.search = append(r.search, c.hostSearch...)
	default:
		r.asks = nodeServers
		r.search = slices.Clone(c.hostSearch)
	}
	r.nameservers = t.DNS.Nameservers
	if limit := maxNameservers; len(r.nameservers) > limit {
		r.nameservers = r.nameservers[:limit]
	}
	r.search = fitSearch(unique(append(r.search, t.DNS.Searches...)))
	for _, o := range t.DNS.Options {
		if o.Name == "ndots" {
			r.ndots = ndots(o.Value)
		}
	}
	return r
}

// ndots reads the option as resolvers do.
func ndots(value string) int {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return defaultNdots
	}
	return min(n, maxNdots)
}

// unique drops repetitions, keeping the first (kubelet: omitDuplicates), and
// writes domains in lower case and without the dot at their end.
func unique(domains []string) []string {
	out := make([]string, 0, len(domains))
	for _, d := range domains {
		d = strings.ToLower(strings.TrimSuffix(d, "."))
		if d != "" && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// fitSearch cuts a search list to the kubelet's limits (formDNSSearchFitsLimits).
func fitSearch(search []string) []string {
	if len(search) > maxSearchPaths {
		search = search[:maxSearchPaths]
	}
	search = slices.DeleteFunc(search, func(s string) bool { return len(s) > maxSearchDomain })
	for len(strings.Join(search, " ")) > maxSearchChars {
		search = search[:len(search)-1]
	}
	return search
}

// aliasOf returns the address that /etc/hosts has for a name.
func (t *Template) aliasOf(name string) string {
	name = strings.TrimSuffix(name, ".")
	for _, a := range t.HostAliases {
		for _, n := range a.Names {
			if strings.EqualFold(n, name) {
				return a.IP
			}
		}
	}
	return ""
}

// ownName reports whether a name is that of the caller itself in its /etc/hosts:
// the hostname, and below a subdomain the full name too (podHostsFileContent in
// k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go). Of several pods that have
// different names, none can count on it.
func (q *query) ownName(host string) bool {
	g := &q.call.From
	if g.Replicas != 1 || g.Template.HostNetwork {
		return false
	}
	name := strings.ToLower(g.hostname())
	if name == "" || host == name {
		return name != ""
	}
	full, below := strings.CutPrefix(host, name+".")
	return below && g.Template.Subdomain != "" && full == g.Template.Subdomain+"."+g.Workload.Namespace+".svc."+q.cluster.domain
}
