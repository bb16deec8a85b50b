package sim

import "strings"

// Libc is the resolver library of a caller.
type Libc uint8

// The resolver libraries.
const (
	// AnyLibc is not known: a call must work with each of them.
	AnyLibc Libc = iota
	// Glibc stands for glibc and Go, which agree in what matters here.
	Glibc
	// Musl is Alpine's.
	Musl
)

// String returns the library's name.
func (l Libc) String() string {
	switch l {
	case Glibc:
		return "glibc or Go"
	case Musl:
		return "musl"
	case AnyLibc:
	}
	return "any"
}

// question is a host that a resolver is asked for.
type question struct {
	host string
	libc Libc
}

// candidate is an absolute name that a resolver asks for, and the search domain
// that it ends in.
type candidate struct{ name, suffix string }

// names returns what a resolver asks for until it is answered, in order. They
// are put together once: callers ask for the same hosts in every state.
func (r *resolver) names(host string, l Libc) []candidate {
	ask := question{host, l}
	out, known := r.asked[ask]
	if !known {
		r.candidates(host, l, func(name, suffix string) bool {
			out = append(out, candidate{name, suffix})
			return true
		})
		r.asked[ask] = out
	}
	return out
}

// candidates calls try with the absolute names that a resolver asks for, in
// order, and the search domain that each ends in, until try returns false (Go: net/dnsclient_unix.go nameList; glibc:
// res_search; musl: name_from_dns_search).
func (r *resolver) candidates(host string, l Libc, try func(name, suffix string) bool) {
	if name, rooted := strings.CutSuffix(host, "."); rooted {
		try(absolute(name), "")
		return
	}
	host = absolute(host)
	absoluteFirst := strings.Count(host, ".") >= r.ndots
	if absoluteFirst && (!try(host, "") || l == Musl) {
		return
	}
	if l != Musl || r.muslReadsSearch() {
		for _, suffix := range r.search {
			if len(host)+1+len(suffix) <= maxSearchDomain && !try(host+"."+suffix, suffix) {
				return
			}
		}
	}
	if !absoluteFirst {
		try(host, "")
	}
}

// muslReadsSearch reports whether the search line is short enough for musl.
func (r *resolver) muslReadsSearch() bool {
	n := len("search") + len("\n")
	for _, s := range r.search {
		n += 1 + len(s)
	}
	return n <= muslLine
}

// differs reports whether musl could end elsewhere than glibc for a host.
func (r *resolver) differs(host string) bool {
	return !strings.HasSuffix(host, ".") && (strings.Count(host, ".") >= r.ndots || !r.muslReadsSearch())
}

// zoneName is a name of the cluster's zone, taken apart
// (CoreDNS plugin/kubernetes/parse.go, parseRequest).
type zoneName struct {
	pod            bool // below pod.<zone>
	namespace      string
	service        string
	endpoint       string
	port, protocol string
}

// parseZoneName takes the part of a name before the cluster domain apart. ok is
// false for names that CoreDNS answers with NXDOMAIN because of their form.
func parseZoneName(base string) (n zoneName, ok bool) {
	base, last := cutLast(base)
	switch last {
	case "pod":
		n.pod = true
	case "svc":
	default:
		return n, last == ""
	}
	base, n.namespace = cutLast(base)
	base, n.service = cutLast(base)
	if base == "" {
		return n, true
	}
	base, last = cutLast(base)
	if base == "" {
		n.endpoint = last
		return n, true
	}
	n.protocol = strings.TrimPrefix(last, "_")
	base, last = cutLast(base)
	n.port = strings.TrimPrefix(last, "_")
	return n, base == ""
}

// cutLast splits the last label off a name.
func cutLast(name string) (rest, last string) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name
	}
	return name[:i], name[i+1:]
}

// below reports whether a name lies in a zone, and what stands before it.
func below(name, zone string) (base string, ok bool) {
	if name == zone {
		return "", true
	}
	if len(name) > len(zone) && strings.HasSuffix(name, zone) && name[len(name)-len(zone)-1] == '.' {
		return name[:len(name)-len(zone)-1], true
	}
	return "", false
}
