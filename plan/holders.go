package plan

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// addAppHolders adds the copy of an app that exists today, and the one at its
// target.
func (m *namespaceMove) addAppHolders(a *App) {
	today := &holder{app: a, at: a.From, died: m.waveOf[a]}
	today.calls = m.callsOf(a.Objects, 0, a)
	if a.Spec.Frozen {
		today.frozen = []*App{a}
	}
	m.addBlindCalls(today)
	m.holders = append(m.holders, today)
	if a.Moves() {
		moved := &holder{app: a, at: a.To, born: m.waveOf[a]}
		moved.calls = m.callsOf(a.Objects, m.waveOf[a], a)
		m.holders = append(m.holders, moved)
	}
}

// addBlindCalls adds the edges that only the plan declares: the caller uses the
// old name somewhere that rehome cannot see, so it cannot be repointed.
func (m *namespaceMove) addBlindCalls(h *holder) {
	for _, e := range m.graph.EdgesFrom(h.app) {
		if len(e.Evidence) == 0 {
			h.calls = append(h.calls, call{callee: callee{e.Callee, e.Service}, at: e.Callee.From, blind: true})
		}
	}
}

// addSharedHolders adds the copies of a shared object: where it is today, and
// each place that one of its users moves to.
func (m *namespaceMove) addSharedHolders(s *Shared) {
	if s.Object.ID.Namespace == "" || isService(s.Object) || IsRoute(s.Object) {
		return
	}
	today := &holder{shared: s, at: s.From, died: m.lastLeaves(s)}
	for _, a := range s.Users {
		if a.Spec.Frozen {
			today.frozen = append(today.frozen, a)
		}
	}
	today.calls = m.callsOf([]*manifest.Object{s.Object}, 0, nil)
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
			h.calls = m.callsOf([]*manifest.Object{s.Object}, h.born, nil)
		}
	}
}

// addUnclaimedHolder adds an object that belongs to no app and names Services:
// somebody may read it whom rehome does not know, so the names in it must go on
// working.
func (m *namespaceMove) addUnclaimedHolder(o *manifest.Object) {
	if IsRoute(o) || isService(o) {
		return
	}
	if calls := m.callsOf([]*manifest.Object{o}, 0, nil); len(calls) > 0 {
		m.holders = append(m.holders, &holder{unclaimed: o, at: Place{ClusterOf(o), o.ID.Namespace}, calls: calls})
	}
}

// lastLeaves returns the wave with which the last user of a shared object
// leaves, 0 when one stays.
func (m *namespaceMove) lastLeaves(s *Shared) int {
	last := 0
	for _, a := range s.Users {
		if !a.Moves() {
			return 0
		}
		last = max(last, m.waveOf[a])
	}
	return last
}

// callsOf lists the Services that objects name, each once, with the address
// that a copy made in a wave gets (wave 0: as they are today).
func (m *namespaceMove) callsOf(objects []*manifest.Object, wave int, self *App) []call {
	var out []call
	seen := map[*manifest.Object]int{} // where it is in out, counted from 1
	for _, o := range objects {
		for _, r := range m.graph.ReferencesOf(o) {
			to, ok := m.callees[r.Target]
			if r.Refers != refs.ToService || r.Certainty != refs.Certain || !ok {
				continue
			}
			if seen[to.service] == 0 {
				out = append(out, call{callee: to, at: m.addressAt(wave, self, to.app)})
				seen[to.service] = len(out)
			}
			c := &out[seen[to.service]-1]
			c.direct = c.direct || r.Direct()
		}
	}
	return out
}

// addressAt says where a callee is called by what is made in a wave.
func (m *namespaceMove) addressAt(wave int, self, to *App) Place {
	switch moves := m.waveOf[to]; {
	case moves == 0 || wave == 0:
		return to.From
	case self == to || moves < wave:
		return to.To
	case moves == wave && self != nil && !m.graph.inCycle(self, to):
		return to.To // deployed in a phase before the caller
	}
	return to.From
}

// repointWave returns the wave after which nothing that a holder names moves
// any more, 0 when it needs no new addresses or cannot get them. A holder that
// is going to move itself is left alone: its copy is made with the new ones.
func (m *namespaceMove) repointWave(h *holder) int {
	if len(h.frozen) > 0 || h.died != 0 || h.unclaimed != nil {
		return 0
	}
	last := 0
	for _, c := range h.calls {
		if c.at != c.app.To && !c.blind && c.app != h.app {
			last = max(last, m.waveOf[c.app])
		}
	}
	return last
}
