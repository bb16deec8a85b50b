package plan

import (
	"fmt"
	"slices"
)

// betweenClusters is the strategy of moves between clusters, with or without
// another namespace. A name means something in its own cluster only, so callers
// and callees that are in different clusters meet at an ingress (the hop): the
// old name becomes an alias of the ingress of the other cluster, which knows the
// Service by the Host that the caller goes on sending.
//
// The routes of a hop lead to a copy of the Service that is never an alias. So
// a request that has passed an ingress ends at pods, whatever the aliases of
// either cluster lead to at the time: no circle can close (H49), and no ingress
// has to follow an alias or forget one (H33, H34).
func betweenClusters() strategy {
	return strategy{
		applies: func(a *App) bool { return a.From.Cluster != a.To.Cluster },
		lead:    (*mover).leadAcross,
	}
}

// openHops makes what has to be there before the apps of a wave are deployed:
// the hop of the old cluster, its rehearsal, and aliases for callers that arrive
// before what they call.
func (m *mover) openHops(w *Wave, prepared map[Place]*item) {
	for _, h := range m.hops.all {
		if h.needsOld() && h.begins() == w.Number {
			h.opened = m.add(w, m.openHop(h, h.app.From), "calls that will come from the other cluster are answered before they are made")
			m.planRehearsal(w, h)
		}
		for _, r := range h.reaches {
			if r.wave == w.Number {
				m.planReach(w, h, r, prepared[r.at])
			}
		}
	}
}

// planRehearsal leads the callers inside the old cluster through its ingress,
// before anything depends on it.
func (m *mover) planRehearsal(w *Wave, h *hop) {
	if !h.rehearsed {
		return
	}
	h.opened = m.add(w, &Flip{App: h.app, Service: h.service, Cutover: CutoverExternalName, At: h.app.From, Lead: ToOldHop},
		"callers inside the old cluster try the way through its ingress while all pods are still here", h.opened)
}

// planReach lets callers at a place in another cluster call the app before it
// arrives there, if it ever does.
func (m *mover) planReach(w *Wave, h *hop, r *reach, prepared *item) {
	needs := []*item{h.opened}
	if prepared != nil {
		needs = append(needs, prepared)
	}
	if h.reachBy == CutoverRelay {
		needs = []*item{m.addRelay(w, h, r.at, ToOldHop, needs...)}
	}
	r.made = m.add(w, &Flip{App: h.app, Service: h.service, Cutover: h.reachBy, At: r.at, Lead: ToOldHop},
		"callers that move first reach back into the old cluster", needs...)
}

// leadAcross makes the steps that lead the callers of one Service to its new
// cluster: its hop there, the name itself where callers have arrived already, and
// the old name.
func (m *mover) leadAcross(w *Wave, c callee, ready []*item) []*item {
	h := m.hops.byService[c.service]
	if h == nil {
		return nil
	}
	m.checkCutover(c.app, c.service, h.cutover)
	opened := m.add(w, m.openHop(h, c.app.To), "the new copies are reachable from the old cluster before its callers are led there", ready[0])
	done := []*item{opened}
	for _, r := range h.reaches {
		if r.at == c.app.To {
			done = append(done, m.add(w, &Flip{App: c.app, Service: c.service, Cutover: h.reachBy, At: r.at, Lead: ToItself},
				"callers that moved first have the new copies beside them now", ready[0]))
		}
	}
	needs := append(slices.Clone(ready), opened)
	if h.cutover == CutoverRelay {
		needs = append(needs, m.addRelay(w, h, c.app.From, ToNewHop, opened))
	}
	flip := &Flip{App: c.app, Service: c.service, Cutover: h.cutover, Why: h.why, At: c.app.From, Lead: ToNewHop}
	return append(done, m.add(w, flip, "callers in the old cluster reach the new copies from now on", needs...))
}

// addRelay makes the relay of a hop: it carries what an alias cannot, because it
// dials another port than it is called at.
func (m *mover) addRelay(w *Wave, h *hop, at Place, lead Lead, needs ...*item) *item {
	door := h.app.From.Cluster
	if lead == ToNewHop {
		door = h.app.To.Cluster
	}
	relay := &Relay{App: h.app, Service: h.service, At: at, Lead: lead, Ports: h.ports[door], Opening: m.opened.ofRelay(h.service, at)}
	return m.add(w, relay, "the relay is ready before the name leads to it", needs...)
}

// closeHops removes the hops that nobody uses after a wave.
func (m *mover) closeHops(w *Wave) {
	for _, h := range m.hops.all {
		if !h.app.Moves() {
			continue // it stays behind, and those that have left it go on calling it
		}
		ends := m.lastUse(h.callee)
		if ends == w.Number || ends == 0 && w.Number == len(m.waves) {
			m.closeHop(w, h, ends != 0)
		}
	}
}

// closeHop closes both sides of a hop, the new one only when its callers have
// all left the old cluster.
func (m *mover) closeHop(w *Wave, h *hop, allLeft bool) {
	needs := m.switchesOf(w, h)
	for _, r := range h.reaches {
		if h.reachBy == CutoverRelay {
			needs = append(needs, m.add(w, &Unflip{App: h.app, Service: h.service, Cutover: CutoverRelay, At: r.at, Lead: ToItself, Opening: m.opened.ofRelay(h.service, r.at)},
				"callers that moved first no longer pass the relay", needs...))
		}
	}
	why := fmt.Sprintf("nobody calls %s from the other cluster any more", h.service.ID.Name)
	if h.needsOld() {
		m.add(w, &CloseHop{App: h.app, Service: h.service, At: h.app.From}, why, needs...)
	}
	if allLeft {
		m.add(w, &CloseHop{App: h.app, Service: h.service, At: h.app.To}, why, needs...)
	}
}

// switchesOf returns the items of a wave that change where the names of a
// Service lead to, or remove one, or its old pods.
func (m *mover) switchesOf(w *Wave, h *hop) []*item {
	var out []*item
	for _, it := range m.byWave[w] {
		switch s := it.step.(type) {
		case *Flip:
			if s.Service == h.service {
				out = append(out, it)
			}
		case *Unflip:
			if s.Service == h.service {
				out = append(out, it)
			}
		case *Retire:
			out = append(out, it) // the last callers in the old cluster
		case *OpenHop, *CloseHop, *Prepare, *Deploy, *Relay, *Route, *Unroute, *Repoint, *Finish:
		}
	}
	return out
}

// openHop returns the step that opens one side of a hop.
func (m *mover) openHop(h *hop, at Place) *OpenHop {
	return &OpenHop{
		App: h.app, Service: h.service, At: at,
		Ports: h.ports[at.Cluster], Hosts: h.hosts[at.Cluster], Callers: h.callersAt(at),
	}
}

// callersAt returns the places of the names that lead through the ingress of one
// side.
func (h *hop) callersAt(at Place) []Place {
	if at != h.app.From {
		return []Place{h.app.From}
	}
	var out []Place
	if h.rehearsed {
		out = append(out, h.app.From)
	}
	for _, r := range h.reaches {
		out = append(out, r.at)
	}
	slices.SortFunc(out, Place.Compare)
	return out
}
