package plan

import "slices"

// betweenNamespaces is the strategy of moves between namespaces of one cluster:
// the old Service becomes an alias of the new one, or leads to a relay.
func betweenNamespaces() strategy {
	return strategy{
		applies: func(a *App) bool { return a.From.Cluster == a.To.Cluster },
		lead:    (*mover).leadToTarget,
	}
}

// leadToTarget makes the flip of a Service, with the relay that it needs.
func (m *mover) leadToTarget(w *Wave, c callee, ready []*item) []*item {
	cutover, why := m.chooseCutover(c.app, c.service)
	m.checkCutover(c.app, c.service, cutover)
	needs := slices.Clone(ready)
	if cutover == CutoverRelay {
		relay := &Relay{App: c.app, Service: c.service, At: c.app.From, Opening: m.opened.ofRelay(c.service, c.app.From)}
		needs = append(needs, m.add(w, relay, "the relay is ready before the old Service leads to it", ready[0]))
	}
	flip := &Flip{App: c.app, Service: c.service, Cutover: cutover, Why: why, At: c.app.From}
	return []*item{m.add(w, flip, "callers of the old name reach the new copy from now on", needs...)}
}
