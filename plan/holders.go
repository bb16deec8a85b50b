package plan

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// addAppHolders adds the copy of an app that exists today, and the one at its
// target.
func (m *mover) addAppHolders(a *App) {
	today := &holder{app: a, at: a.From, died: m.waveOf[a]}
	today.calls = m.callsOf(a.Objects, today, a)
	if a.Spec.Frozen {
		today.frozen = []*App{a}
	}
	m.addBlindCalls(today)
	m.holders = append(m.holders, today)
	if a.Moves() {
		moved := &holder{app: a, at: a.To, born: m.waveOf[a]}
		moved.calls = m.callsOf(a.Objects, moved, a)
		m.holders = append(m.holders, moved)
	}
}

// addBlindCalls adds the edges that only the plan declares: the caller uses the
// old name somewhere that rehome cannot see, so it cannot be repointed.
func (m *mover) addBlindCalls(h *holder) {
	for _, e := range m.graph.EdgesFrom(h.app) {
		if len(e.Evidence) == 0 {
			h.calls = append(h.calls, call{callee: callee{e.Callee, e.Service}, at: e.Callee.From, blind: true})
		}
	}
}

// addSharedHolders adds the copies of a shared object: where it is today, and
// each place that one of its users moves to.
func (m *mover) addSharedHolders(s *Shared) {
	if s.Object.ID.Namespace == "" || s.Object.ID.IsService() || IsRoute(s.Object) {
		return
	}
	today := &holder{shared: s, at: s.From, died: m.lastLeaves(s)}
	for _, a := range s.Users {
		if a.Spec.Frozen {
			today.frozen = append(today.frozen, a)
		}
	}
	today.calls = m.callsOf([]*manifest.Object{s.Object}, today, nil)
	m.holders = append(m.holders, today)
	byPlace := map[Place]*holder{}
	for _, a := range s.Users {
		if !a.Moves() {
			continue
		}
		h := byPlace[a.To]
		if h == nil {
			h = &holder{shared: s, at: a.To, born: m.waveOf[a]}
			byPlace[a.To] = h
			m.holders = append(m.holders, h)
		}
		h.born = min(h.born, m.waveOf[a])
	}
	for _, a := range s.Users {
		if h := byPlace[a.To]; h != nil && h.calls == nil {
			h.calls = m.callsOf([]*manifest.Object{s.Object}, h, nil)
		}
	}
}

// addUnclaimedHolder adds an object that belongs to no app and names Services:
// somebody may read it whom rehome does not know, so the names in it must go on
// working.
func (m *mover) addUnclaimedHolder(o *manifest.Object) {
	if IsRoute(o) || o.ID.IsService() {
		return
	}
	h := &holder{unclaimed: o, at: Place{ClusterOf(o), o.ID.Namespace}}
	if h.calls = m.callsOf([]*manifest.Object{o}, h, nil); len(h.calls) > 0 {
		m.holders = append(m.holders, h)
	}
}

// lastLeaves returns the wave with which the last user of a shared object
// leaves, 0 when one stays.
func (m *mover) lastLeaves(s *Shared) int {
	last := 0
	for _, a := range s.Users {
		if !a.Moves() {
			return 0
		}
		last = max(last, m.waveOf[a])
	}
	return last
}

// callsOf lists the Services that the objects of a holder name, each once, with
// the address that it is made with.
func (m *mover) callsOf(objects []*manifest.Object, h *holder, self *App) []call {
	var out []call
	seen := map[*manifest.Object]int{} // where it is in out, counted from 1
	for _, o := range objects {
		for _, r := range m.graph.ReferencesOf(o) {
			to, ok := m.callees[targetOf(r)]
			if r.Refers != refs.ToService || r.Certainty != refs.Certain || !ok {
				continue
			}
			if seen[to.service] == 0 {
				out = append(out, call{callee: to, at: m.addressAt(h, self, to.app)})
				seen[to.service] = len(out)
			}
			c := &out[seen[to.service]-1]
			c.direct = c.direct || r.Direct()
		}
	}
	return out
}

// addressAt says where a holder calls an app: where it is today, for what exists
// today; else where it will be, when it is there in time. In another cluster that
// is where the app's name is made to mean it.
func (m *mover) addressAt(h *holder, self, to *App) Place {
	switch moves := m.waveOf[to]; {
	case h.born == 0:
		return to.From
	case h.at.Cluster != to.From.Cluster:
		return Place{h.at.Cluster, to.To.Namespace}
	case moves == 0 || to.To.Cluster != to.From.Cluster:
		return to.From
	case self == to || moves < h.born:
		return to.To
	case moves == h.born && self != nil && !m.graph.inCycle(self, to):
		return to.To // deployed in a phase before the caller
	}
	return to.From
}

// repointWave returns the wave after which nothing that a holder names moves
// any more, 0 when it needs no new addresses or cannot get them. A holder that
// is going to move itself is left alone: its copy is made with the new ones.
func (m *mover) repointWave(h *holder) int {
	if len(h.frozen) > 0 || h.died != 0 || h.unclaimed != nil {
		return 0
	}
	last := 0
	for _, c := range h.calls {
		if c.at != c.app.To && !c.blind && c.app != h.app && c.at.Cluster == c.app.To.Cluster {
			last = max(last, m.waveOf[c.app])
		}
	}
	return last
}
