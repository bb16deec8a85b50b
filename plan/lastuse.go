package plan

import "slices"

// readersAt returns the users of a shared object that run at a place when the
// apps of a wave have been retired.
func (m *mover) readersAt(s *Shared, at Place, wave int) []*App {
	return slices.DeleteFunc(slices.Clone(s.Users), func(a *App) bool {
		moved := a.Moves() && m.waveOf[a] <= wave
		return moved && a.To != at || !moved && a.From != at
	})
}

// lastUse returns the wave after which nobody uses the old name of a Service, 0
// when somebody always will.
func (m *mover) lastUse(s callee) int {
	last := m.waveOf[s.app]
	for _, h := range m.holdersOf(s) {
		ends := m.usesUntil(h, h.callTo(s))
		if ends == 0 {
			return 0
		}
		last = max(last, ends)
	}
	return last
}

// planKept lists the names that stay, with the callers that need them.
func (m *mover) planKept() {
	m.keepReaches()
	for _, a := range m.movingApps() {
		for _, s := range a.Services {
			if m.lastUse(callee{a, s}) != 0 || a.From.Cluster != a.To.Cluster && m.hops.byService[s] == nil {
				continue
			}
			k := Kept{Service: s, At: a.From, Cutover: m.cutover(a, s)}
			for _, h := range m.holdersOf(callee{a, s}) {
				if m.usesUntil(h, h.callTo(callee{a, s})) == 0 {
					k.For = append(k.For, m.usersOf(h)...)
					if h.unclaimed != nil {
						k.Named = append(k.Named, h.unclaimed)
					}
				}
			}
			sortApps(k.For)
			k.For = slices.Compact(k.For)
			k.Until = k.until()
			m.kept = append(m.kept, k)
		}
	}
}

// keepReaches lists the names of apps that stay in a cluster which their callers
// have left.
func (m *mover) keepReaches() {
	for _, h := range m.hops.all {
		if h.app.Moves() {
			continue
		}
		for _, r := range h.reaches {
			k := Kept{Service: h.service, At: r.at, Cutover: CutoverExternalName, Until: h.app.Name + " moves to cluster " + r.at.Cluster + " too"}
			for _, e := range m.graph.Edges {
				if e.Service == h.service && e.Caller.To.Cluster == r.at.Cluster {
					k.For = append(k.For, e.Caller)
				}
			}
			k.For = slices.Compact(k.For)
			m.kept = append(m.kept, k)
		}
	}
}
