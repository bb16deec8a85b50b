package plan

import (
	"slices"

	"github.com/rehome-dev/rehome/refs"
)

// hostClaims are the Hosts that one ingress is to know, with the hops that they
// mean.
type hostClaims map[string][]*hop

func (c hostClaims) add(host string, h *hop) {
	if !slices.Contains(c[host], h) {
		c[host] = append(c[host], h)
	}
}

// findHosts works out which Hosts each ingress has to know: the names that
// callers use for a Service, each in all the forms it can be written (H42).
func (m *mover) findHosts(x *hops) {
	full, short := map[string]hostClaims{}, map[string]hostClaims{}
	claim := func(door string, at Place, h *hop) {
		if full[door] == nil {
			full[door], short[door] = hostClaims{}, hostClaims{}
		}
		for _, host := range HostVariants(h.service.ID.Name, at, m.graph.Plan.Spec.DomainOf(at.Cluster)) {
			full[door].add(host, h)
		}
		short[door].add(h.service.ID.Name, h)
	}
	for _, h := range x.all {
		if h.rehearsed {
			claim(h.app.From.Cluster, h.app.From, h)
		}
		for _, r := range h.reaches {
			claim(h.app.From.Cluster, r.at, h)
		}
		if h.moves != 0 && h.app.From.Cluster != h.app.To.Cluster {
			claim(h.app.To.Cluster, h.app.From, h)
		}
	}
	for _, h := range x.all {
		h.hosts = map[string][]string{}
		for _, door := range h.doors() {
			h.hosts[door] = m.hostsAt(h, full[door], short[door])
		}
	}
}

// doors returns the clusters whose ingresses lead to the hop.
func (h *hop) doors() []string {
	if h.moves != 0 && h.app.To.Cluster != h.app.From.Cluster {
		return []string{h.app.From.Cluster, h.app.To.Cluster}
	}
	return []string{h.app.From.Cluster}
}

// hostsAt returns the Hosts that mean a hop at one ingress. The name alone is
// one of them where no other Service of that name passes the ingress (H43).
func (m *mover) hostsAt(h *hop, full, short hostClaims) []string {
	var out []string
	for host, claimants := range full { // put into order below
		if slices.Contains(claimants, h) {
			out = append(out, host)
		}
	}
	slices.Sort(out)
	for _, host := range out {
		m.reportClash(h, host, full[host])
	}
	name := h.service.ID.Name
	switch claimants := short[name]; {
	case !slices.Contains(claimants, h):
	case len(claimants) == 1:
		out = append(out, name)
		slices.Sort(out)
	default:
		m.reportShort(h, claimants)
	}
	return out
}

// reportClash reports a Host that means two Services at one ingress, once.
func (m *mover) reportClash(h *hop, host string, claimants []*hop) {
	if len(claimants) < 2 || claimants[0] != h {
		return
	}
	other := claimants[1]
	m.diags.Errorf("H43", h.service.Pos("metadata", "name"), "calls of %s and of %s arrive at one ingress with the same Host %s", h.service.ID, other.service.ID, host).
		WithFix("move one of the apps to another namespace, or in a plan of its own").
		WithNote(other.service.Pos("metadata", "name"), "the other Service").WithApp(h.app.Name)
}

// reportShort reports callers that use a name which means several Services at
// an ingress.
func (m *mover) reportShort(h *hop, claimants []*hop) {
	for _, e := range m.graph.Edges {
		if e.Service != h.service {
			continue
		}
		for _, r := range e.Evidence {
			if r.Form == refs.Short && m.crosses(e) {
				other := claimants[0]
				if other == h {
					other = claimants[1]
				}
				m.diags.Errorf("H43", r.Pos(), "%s is called with the Host %q, which means %s too at the ingress", h.service.ID, r.Text(), other.service.ID).
					WithFix("write %s.%s in %s before the migration", h.service.ID.Name, h.app.From.Namespace, e.Caller.Name).
					WithNote(other.service.Pos("metadata", "name"), "the other Service").WithApp(e.Caller.Name)
			}
		}
	}
}

// crosses reports whether a call of an edge passes an ingress at some time.
func (m *mover) crosses(e *Edge) bool {
	return e.Callee.From.Cluster != e.Callee.To.Cluster || e.Caller.To.Cluster != e.Callee.From.Cluster
}

// DomainOf returns the DNS domain of a cluster.
func (s *Spec) DomainOf(cluster string) string {
	if d := s.Clusters[cluster].Domain; d != "" {
		return d
	}
	return DefaultDomain
}
