package plan

import (
	"cmp"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// hops are the Services that are called across clusters during the migration.
type hops struct {
	all       []*hop // by Service
	byService map[*manifest.Object]*hop
}

// hop is a Service that is called across clusters at some time.
type hop struct {
	callee
	moves     int      // the wave in which its app moves; 0 when it stays
	reaches   []*reach // places where callers need its name before it is there
	rehearsed bool
	cutover   Cutover              // of the old name
	why       string               // why auto chose it
	reachBy   Cutover              // of the name in other clusters, before the Service arrives
	hosts     map[string][]string  // by the cluster whose ingress it is that takes them
	ports     map[string][]HopPort // by the cluster whose ingress they pass
	opened    *item                // after which the hop of the old cluster can be used
}

// reach is a place in another cluster where callers use the name of a Service
// that is not there yet, or never comes.
type reach struct {
	at   Place
	wave int // that the first of them arrives in
	made *item
}

// needsOld reports whether anybody passes the ingress of the cluster that the
// Service is in today.
func (h *hop) needsOld() bool { return h.rehearsed || len(h.reaches) > 0 }

// begins returns the wave that first needs the hop.
func (h *hop) begins() int {
	first := h.moves
	for _, r := range h.reaches {
		if first == 0 || r.wave < first {
			first = r.wave
		}
	}
	return first
}

// reach returns what is noted of a place.
func (h *hop) reach(at Place, wave int) {
	for _, r := range h.reaches {
		if r.at == at {
			r.wave = min(r.wave, wave)
			return
		}
	}
	h.reaches = append(h.reaches, &reach{at: at, wave: wave})
}

// reachAt returns the reach of a place, nil when there is none.
func (h *hop) reachAt(at Place) *reach {
	if h == nil {
		return nil
	}
	i := slices.IndexFunc(h.reaches, func(r *reach) bool { return r.at == at })
	if i < 0 {
		return nil
	}
	return h.reaches[i]
}

// findHops works out which Services are called across clusters: those of apps
// that change cluster, and those whose callers do.
func (m *mover) findHops() *hops {
	x := &hops{byService: map[*manifest.Object]*hop{}}
	for _, e := range m.graph.Edges {
		if at, ok := m.arrivesFirst(e); ok {
			m.hopOf(x, callee{e.Callee, e.Service}).reach(at, m.waveOf[e.Caller])
		}
	}
	for _, a := range m.movingApps() {
		for _, s := range a.Services {
			if a.From.Cluster != a.To.Cluster {
				h := m.hopOf(x, callee{a, s})
				h.cutover, h.why = m.chooseCutover(a, s)
				h.rehearsed = m.rehearses(h)
			}
		}
	}
	slices.SortFunc(x.all, func(a, b *hop) int {
		return cmp.Or(cmp.Compare(a.app.From.Cluster, b.app.From.Cluster), a.service.ID.Compare(b.service.ID))
	})
	for _, h := range x.all {
		slices.SortFunc(h.reaches, func(a, b *reach) int { return a.at.Compare(b.at) })
	}
	m.findPorts(x)
	m.findHosts(x)
	return x
}

func (m *mover) hopOf(x *hops, c callee) *hop {
	h := x.byService[c.service]
	if h == nil {
		h = &hop{callee: c, moves: m.waveOf[c.app], cutover: CutoverExternalName, reachBy: CutoverExternalName}
		if planned, _ := m.planned(c.app, c.service); planned == CutoverRelay {
			h.reachBy = CutoverRelay
		}
		x.byService[c.service] = h
		x.all = append(x.all, h)
	}
	return h
}

// arrivesFirst reports whether the caller of an edge is in another cluster than
// its callee at some time before the callee follows, and where it uses the
// callee's name there.
func (m *mover) arrivesFirst(e *Edge) (at Place, ok bool) {
	caller, callee := e.Caller, e.Callee
	if caller.To.Cluster == callee.From.Cluster {
		return Place{}, false
	}
	if callee.Moves() && callee.To.Cluster != caller.To.Cluster {
		m.diags.Errorf(diag.CodeSchedule, e.pos(), "app %s moves to cluster %s and calls %s, which moves from %s to %s: calls between clusters can be led to one end of a move only",
			caller.Name, caller.To.Cluster, callee.Name, callee.From, callee.To).
			WithFix("move %s in a plan of its own, before or after", callee.Name).WithApp(caller.Name)
		return Place{}, false
	}
	if !callee.Moves() {
		return Place{caller.To.Cluster, callee.From.Namespace}, true
	}
	together := m.waveOf[caller] == m.waveOf[callee] && (m.graph.inCycle(caller, callee) || !e.own()) // in no order
	return callee.To, together || m.waveOf[caller] < m.waveOf[callee]
}

// pos is where an edge is declared or shown.
func (e *Edge) pos() diag.Pos {
	if len(e.Evidence) > 0 {
		return e.Evidence[0].Pos()
	}
	return e.Declared
}

// rehearses reports whether callers inside the old cluster try its ingress first.
// A relay is tried by its own readiness, before any caller passes it.
// An app with routes of its own does not: they lead to the Service that would
// become an alias, and not every ingress follows one (H33).
func (m *mover) rehearses(h *hop) bool {
	spec := m.graph.Plan.Spec.HopOf(h.app.From.Cluster)
	return spec != nil && spec.Rehearsal != RehearseNever && h.cutover == CutoverExternalName && len(m.routesOf(h.app)) == 0
}
