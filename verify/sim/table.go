package sim

import (
	"cmp"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// Entry is one host and path with all that claim it.
type Entry struct {
	Flavour    Flavour
	Class      string
	Host       string // "" for every host, "*.x" for a wildcard
	Kind       PathKind
	Path       string
	Conditions string // on methods, headers and queries, and those that can't be evaluated
	Claims     []Claim
}

// Claim is a route that gives an entry a meaning.
type Claim struct {
	Object   manifest.ID
	Pos      diag.Pos
	Backends []RouteBackend
	// Wins says that requests go here. When several claims win, chance decides
	// among them.
	Wins bool
}

// Meanings returns the different sets of Services that requests of the entry
// may be led to: one, when all is well.
func (e *Entry) Meanings() [][]RouteBackend {
	var out [][]RouteBackend
	for _, c := range e.Claims {
		same := func(b []RouteBackend) bool { return slices.Equal(b, c.Backends) }
		if c.Wins && !slices.ContainsFunc(out, same) {
			out = append(out, c.Backends)
		}
	}
	return out
}

// Hosts returns all hosts that routes of a cluster name, sorted.
func (w *World) Hosts(cluster string) []string {
	c := w.cluster(cluster)
	out := make([]string, 0, len(c.routes.byHost))
	for host := range c.routes.byHost {
		out = append(out, host)
	}
	slices.Sort(out)
	return out
}

// Table returns every path of some hosts with its meanings, in order of hosts,
// flavours, classes and paths.
func (w *World) Table(cluster string, hosts ...string) []Entry {
	c := w.cluster(cluster)
	var out []Entry
	for _, host := range hosts {
		out = append(out, c.entries(host)...)
	}
	return out
}

// Claims returns an entry as it is now, without claims when no route means it.
func (w *World) Claims(cluster string, e Entry) Entry {
	c := w.cluster(cluster)
	var routes []*route
	for _, r := range c.routes.byHost[e.Host] {
		same := r.flavour == e.Flavour && r.class == e.Class && r.kind == e.Kind && r.text == e.Path && r.extra+r.opaque == e.Conditions
		if same && r.layer != tcpLayer && r.layer != tlsLayer && (r.flavour != Gateway || c.attached(r, &request{})) {
			routes = append(routes, r)
		}
	}
	if routes == nil {
		return Entry{}
	}
	return c.entry(routes)
}

// entries groups the routes of one host.
func (c *cluster) entries(host string) []Entry {
	routes := slices.DeleteFunc(slices.Clone(c.routes.byHost[host]), func(r *route) bool {
		return r.flavour == Gateway && !c.attached(r, &request{}) || r.layer == tcpLayer || r.layer == tlsLayer
	})
	slices.SortStableFunc(routes, compareMeaning)
	var out []Entry
	for start := 0; start < len(routes); {
		end := start + 1
		for end < len(routes) && compareMeaning(routes[start], routes[end]) == 0 {
			end++
		}
		out = append(out, c.entry(routes[start:end]))
		start = end
	}
	return out
}

// compareMeaning orders routes by what requests they mean; 0 means the same.
func compareMeaning(a, b *route) int {
	return cmp.Or(
		cmp.Compare(a.flavour, b.flavour),
		cmp.Compare(a.class, b.class),
		cmp.Compare(a.text, b.text),
		cmp.Compare(a.kind, b.kind),
		cmp.Compare(a.extra, b.extra),
		cmp.Compare(a.opaque, b.opaque),
	)
}

func (c *cluster) entry(routes []*route) Entry {
	r := routes[0]
	e := Entry{Flavour: r.flavour, Class: r.class, Host: r.host, Kind: r.kind, Path: r.text, Conditions: r.extra + r.opaque}
	req := request{flavour: r.flavour, class: r.class, host: r.host, path: r.text}
	first := slices.MinFunc(routes, func(a, b *route) int { return c.compare(req, a, b) })
	for _, o := range routes {
		e.Claims = append(e.Claims, Claim{Object: o.object.ID, Pos: o.pos(), Backends: o.backends, Wins: c.compare(req, first, o) == 0})
	}
	return e
}
