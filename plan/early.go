package plan

import (
	"cmp"
	"slices"
)

// An alias cannot stand for every name of a Service: it has no names of pods and
// no SRV records, and who looks a name up only once keeps an address that is
// given up (H02, H10, H11). Holders of such names are repointed early: when the
// new copy of the callee is ready, and before the old Service is flipped. Where
// all who use a Service are repointed early, nothing is left that an alias would
// serve: the Service is not flipped at all, and goes after the old pods.

// direct reports whether a holder uses a Service by a name that an alias does
// not serve, or has to make way for the callee's own pods, which do.
func (m *mover) direct(c call) bool {
	return (c.direct || m.peers[c.service]) && c.app.From.Cluster == c.app.To.Cluster && m.cutover(c.app, c.service) == CutoverExternalName
}

// findPeers notes the Services by which pods of one app call each other: the
// members of a StatefulSet know one another by name.
func (m *mover) findPeers() {
	for _, a := range m.movingApps() {
		for _, c := range m.callsOf(a.Objects, &holder{at: a.From}, a) {
			if c.app == a && c.direct && a.From.Cluster == a.To.Cluster {
				m.peers[c.service] = true
			}
		}
	}
}

// addEarly notes the waves in which a holder is repointed before the flip.
func (m *mover) addEarly(h *holder) {
	if h.unclaimed != nil || len(h.frozen) > 0 {
		return
	}
	for _, c := range h.calls {
		if wave := m.waveOf[c.app]; h.calledEarly(c) && m.direct(c) && m.runsIn(h, wave) {
			h.early = append(h.early, wave)
		}
	}
	slices.Sort(h.early)
	h.early = slices.Compact(h.early)
	for _, wave := range h.early {
		m.early[wave] = append(m.early[wave], h)
	}
}

// calledEarly reports whether a call leads to an old place, and can be changed.
func (h *holder) calledEarly(c call) bool {
	return c.app.Moves() && c.at == c.app.From && c.app != h.app && !c.blind
}

// runsIn reports whether a holder is there when the apps of a wave are flipped.
func (m *mover) runsIn(h *holder, wave int) bool { return h.born <= wave && !h.gone(wave) }

// gone reports whether a holder has ended when the apps of a wave are flipped:
// the old copy of a singleton is stopped before its new one is started.
func (h *holder) gone(wave int) bool {
	return h.died != 0 && (h.died < wave || h.died == wave && h.app != nil && h.app.Spec.Singleton)
}

// earlyFrom returns the wave in which an early repoint ends a holder's use of a
// callee's old place, 0 when none does.
func (m *mover) earlyFrom(h *holder, c call) int {
	if c.blind || c.app == h.app {
		return 0
	}
	for _, wave := range h.early {
		if wave >= m.waveOf[c.app] {
			return wave
		}
	}
	return 0
}

// usesUntil returns the wave after which a holder no longer uses the old place
// of a callee, 0 when it always will. The new name of what has moved to another
// cluster means nothing to a caller that stays.
func (m *mover) usesUntil(h *holder, c call) int {
	if c.blind || c.app.From.Cluster != c.app.To.Cluster {
		return h.died
	}
	return cmp.Or(m.earlyFrom(h, c), h.repoint, h.died)
}

// withoutFlip reports whether nobody but the old pods themselves uses the old name
// of a Service any more when its app is switched, because all others were
// repointed early or stopped.
func (m *mover) withoutFlip(s callee) bool {
	early := m.peers[s.service]
	for _, h := range m.holdersOf(s) {
		wave := m.waveOf[s.app]
		c := h.callTo(s)
		switch {
		case h.gone(wave):
			early = early || h.died == wave && m.direct(c)
		case m.earlyFrom(h, c) != wave:
			return false
		default:
			early = true
		}
	}
	return early
}

// planEarly makes the early repoints of a wave.
func (m *mover) planEarly(w *Wave) {
	for _, h := range m.early[w.Number] {
		step := m.earlyStep(h, w.Number)
		it := m.add(w, step, "an alias has no names of pods and no SRV records, and does not reach who looked a name up once: these callers are led to the new copies before")
		it.early = true
		for _, c := range h.calls {
			if m.waveOf[c.app] == w.Number && c.app != h.app {
				it.needs = append(it.needs, m.running[c.app])
				m.repointed[c.service] = append(m.repointed[c.service], it)
			}
		}
		if h.born == w.Number {
			it.needs = append(it.needs, m.born(h, step)...)
		}
	}
}

// born returns the deploys after which a holder that this wave makes is read.
func (m *mover) born(h *holder, step *Repoint) []*item {
	if h.app != nil {
		return []*item{m.running[h.app]}
	}
	var out []*item
	for _, a := range step.Readers {
		if it := m.running[a]; it != nil && a.To == h.at {
			out = append(out, it)
		}
	}
	return out
}

// earlyStep leads a holder to the new copies of all callees that have moved with
// this wave.
func (m *mover) earlyStep(h *holder, wave int) *Repoint {
	step := &Repoint{App: h.app, Shared: h.shared, At: h.at, Early: true}
	if h.shared != nil {
		step.Readers = m.runningReaders(h.shared, h.at, wave)
	}
	for _, c := range h.calls {
		at := c.at
		if c.app != h.app && !c.blind && m.waveOf[c.app] != 0 && m.waveOf[c.app] <= wave {
			at = c.app.To
		}
		step.Addresses = append(step.Addresses, Address{Service: c.service, At: at})
	}
	return step
}

// runningReaders returns the users of a shared object that have a copy at a place
// before the old copies of a wave are retired.
func (m *mover) runningReaders(s *Shared, at Place, wave int) []*App {
	return slices.DeleteFunc(slices.Clone(s.Users), func(a *App) bool {
		leaves := a.From == at && (!a.Moves() || m.waveOf[a] >= wave)
		came := a.To == at && m.waveOf[a] <= wave
		return !leaves && !came
	})
}

// earlyNeeds returns what has to be complete before a Service is flipped, or its
// pods are retired: the early repoints of its users, and the end of those that
// are stopped.
func (m *mover) earlyNeeds(s callee) []*item {
	needs := m.repointed[s.service]
	for _, h := range m.holdersOf(s) {
		if c := h.callTo(s); m.direct(c) && h.died == m.waveOf[s.app] && h.gone(h.died) {
			needs = append(needs, m.stopped[h.app])
		}
	}
	return needs
}
