package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// mover turns the moves of a plan into items: what all kinds of moves have in
// common. How callers are led from the old copy of an app to the new one is a
// [strategy].
//
// Each copy of a caller (a holder) knows an address for every Service it names.
// An address is final when it is where the callee is after the last wave. A
// holder is made with final addresses where that is possible, because callees
// move first; where it is not (cycles, callers that move early, objects shared
// by many) it is made with the address of the old place, which the alias or
// relay serves, and repointed once, in the wave after which nothing it names
// moves any more. An old name goes when its last holder has gone or has been
// repointed.
type mover struct {
	graph    *Graph
	waves    []*Wave
	waveOf   map[*App]int // 0: stays
	callees  map[clusterID]callee
	holders  []*holder
	moved    map[*App]*holder               // the copies at the targets
	oldUsers map[*manifest.Object][]*holder // by Service: who calls it at its old place
	births   map[int][]*holder              // by wave: the copies of shared objects that are made
	repoints map[int][]*holder              // by wave: the holders that get final addresses
	early    map[int][]*holder              // by wave: the holders that are repointed before the flips
	peers    map[*manifest.Object]bool      // Services by which the pods of an app call each other
	unflips  map[int][]callee               // by wave: the Services whose old name goes
	orphans  map[*App][]*Shared             // what nobody uses at the old place once the app has left
	made     map[Place]bool                 // namespaces that exist or have been made
	exists   map[clusterID]*manifest.Object // what is in the inventory, and objects of clusters that have been copied

	byWave    map[*Wave][]*item
	deploy    map[*App]*item
	running   map[*App]*item               // after which the new copies of an app are ready
	stopped   map[*App]*item               // the retire of a singleton, which comes before
	repointed map[*manifest.Object][]*item // by Service: the early repoints of this wave
	hops      *hops
	grants    map[*App][]Grant
	opened    *openings
	kept      []Kept
	diags     diag.List
}

// holder is an app, a shared object or an object of nobody at a place, with the
// addresses it uses.
type holder struct {
	app       *App // nil for shared objects
	shared    *Shared
	unclaimed *manifest.Object // belongs to no app: it is never changed
	at        Place
	born      int    // the wave that makes it; 0: exists today
	died      int    // the wave that removes it; never when 0
	repoint   int    // the wave that gives it final addresses; 0: has them, or never gets them
	early     []int  // the waves that repoint it before the flips, in order
	frozen    []*App // the apps that keep it from being repointed
	calls     []call
}

// call is a Service that a holder names.
type call struct {
	callee
	at     Place // where it is called until the holder is repointed
	blind  bool  // declared only: no reference shows where the address is written
	direct bool  // by a name that an alias does not serve
}

func newMover(g *Graph, waves []*Wave) *mover {
	m := &mover{
		graph:    g,
		waves:    waves,
		waveOf:   map[*App]int{},
		callees:  map[clusterID]callee{},
		moved:    map[*App]*holder{},
		oldUsers: map[*manifest.Object][]*holder{},
		births:   map[int][]*holder{},
		repoints: map[int][]*holder{},
		early:    map[int][]*holder{},
		peers:    map[*manifest.Object]bool{},
		unflips:  map[int][]callee{},
		orphans:  map[*App][]*Shared{},
		made:     map[Place]bool{},
		exists:   make(map[clusterID]*manifest.Object, len(g.Inventory.Objects)),
		byWave:   map[*Wave][]*item{},
		deploy:   map[*App]*item{},
		running:  map[*App]*item{},
		stopped:  map[*App]*item{},
		grants:   findGrants(g),

		repointed: map[*manifest.Object][]*item{},
	}
	for _, w := range waves {
		for _, a := range w.Apps {
			m.waveOf[a] = w.Number
		}
	}
	for _, a := range g.Apps {
		for _, s := range a.Services {
			m.callees[idOf(s)] = callee{a, s}
		}
	}
	for _, o := range g.Inventory.Objects {
		m.exists[idOf(o)] = o
		if o.ID.Kind == "Namespace" && o.ID.Group == "" {
			m.made[Place{ClusterOf(o), o.ID.Name}] = true
		} else if o.ID.Namespace != "" {
			m.made[Place{ClusterOf(o), o.ID.Namespace}] = true
		}
	}
	return m
}

// plan makes the items of all waves.
func (m *mover) plan() {
	for _, a := range m.graph.Apps {
		m.addAppHolders(a)
	}
	for _, s := range m.graph.Shared {
		m.addSharedHolders(s)
	}
	for _, o := range m.graph.Unclaimed {
		m.addUnclaimedHolder(o)
	}
	m.indexUsers()
	m.findPeers()
	for _, h := range m.holders {
		h.repoint = m.repointWave(h)
		m.addEarly(h)
	}
	m.indexUsers()
	m.hops = m.findHops()
	m.indexHolders()
	m.opened = m.findOpenings()
	for _, w := range m.waves {
		m.planWave(w)
	}
	m.planKept()
}

// planWave makes the steps of one wave.
func (m *mover) planWave(w *Wave) {
	prepared := m.planPrepare(w)
	m.openHops(w, prepared)
	for _, a := range w.Apps {
		m.planDeploy(w, a, prepared[a.To])
	}
	for _, a := range w.Apps {
		m.orderDeploys(a)
	}
	for _, a := range w.Apps {
		m.planRunning(w, a)
	}
	m.planEarly(w)
	for _, a := range w.Apps {
		m.planSwitch(w, a)
	}
	for _, h := range m.repoints[w.Number] {
		m.add(w, m.repointStep(h), fmt.Sprintf("nothing that %s calls moves any more", h.name()))
	}
	for _, c := range m.unflips[w.Number] {
		m.add(w, &Unflip{App: c.app, Service: c.service, Cutover: m.cutover(c.app, c.service), At: c.app.From, Opening: m.opened.ofRelay(c.service, c.app.From)},
			fmt.Sprintf("nobody uses the old name of %s any more", c.service.ID.Name))
	}
	m.closeHops(w)
	if w.Number == len(m.waves) {
		m.planFinish(w)
	}
}

func (m *mover) add(w *Wave, s Step, why string, needs ...*item) *item {
	it := &item{step: s, wave: w, why: why, needs: needs}
	m.byWave[w] = append(m.byWave[w], it)
	return it
}

func (m *mover) movingApps() []*App {
	return slices.DeleteFunc(slices.Clone(m.graph.Apps), func(a *App) bool { return !a.Moves() })
}

// planPrepare makes one Prepare for each place that apps of the wave move to and
// that lacks something they need.
func (m *mover) planPrepare(w *Wave) map[Place]*item {
	steps := map[Place]*Prepare{}
	var places []Place
	at := func(place Place) *Prepare {
		if steps[place] == nil {
			steps[place] = &Prepare{Place: place, Namespace: !m.made[place]}
			m.made[place] = true
			places = append(places, place)
		}
		return steps[place]
	}
	for _, a := range w.Apps {
		p := at(a.To)
		p.Apps = append(p.Apps, a)
		p.Grants = append(p.Grants, m.grants[a]...)
		p.Policies = append(p.Policies, policiesOf(a)...)
		m.addNeeds(p, a)
	}
	for _, h := range m.hops.all {
		for _, r := range h.reaches {
			if r.wave == w.Number {
				p := at(r.at)
				p.Apps = append(p.Apps, h.app)
			}
		}
	}
	for _, h := range m.births[w.Number] {
		steps[h.at].Copies = append(steps[h.at].Copies, SharedCopy{Shared: h.shared, Addresses: h.addresses()})
	}
	if openings := m.opened.atWave(w.Number); len(openings) > 0 {
		steps[places[0]].Openings = openings
	}
	out := map[Place]*item{}
	for _, place := range places {
		if p := steps[place]; p.Namespace || len(p.Openings) > 0 || len(p.Policies) > 0 || len(p.Copies) > 0 || len(p.Grants) > 0 || len(p.Globals) > 0 || len(p.Needed) > 0 {
			out[place] = m.add(w, p, "namespaces, shared objects, rights and policies exist before the apps that need them")
		}
	}
	return out
}

// planFinish takes back what was widened, when anything was.
func (m *mover) planFinish(w *Wave) {
	step := &Finish{Apps: m.movingApps()}
	for _, a := range step.Apps {
		step.Grants = append(step.Grants, m.grants[a]...)
	}
	step.Openings = m.opened.final()
	for _, a := range step.Apps {
		step.Closed = append(step.Closed, m.opened.ofOld(a)...)
		step.Policies = append(step.Policies, policiesOf(a)...)
		for _, s := range m.orphans[a] {
			if isPolicy(s.Object) {
				step.Shared = append(step.Shared, s)
			}
		}
	}
	if len(step.Grants)+len(step.Openings)+len(step.Closed)+len(step.Policies)+len(step.Shared) > 0 || m.leavesGenerated() {
		m.add(w, step, "all apps have moved: what was widened for the migration is narrowed")
	}
}

// leavesGenerated reports whether a repoint renames a generated object: the
// old one is kept for pods that still run with it, until Finish.
func (m *mover) leavesGenerated() bool {
	for _, h := range m.holders {
		if h.repoint == 0 && len(h.early) == 0 {
			continue
		}
		for _, o := range h.objects() {
			if b := o.Build(); b != nil && b.HashSuffix && m.namesMoved(o) {
				return true
			}
		}
	}
	return false
}

// namesMoved reports whether an object names a Service that moves.
func (m *mover) namesMoved(o *manifest.Object) bool {
	return slices.ContainsFunc(m.callsOf([]*manifest.Object{o}, &holder{}, nil), func(c call) bool { return c.app.Moves() })
}

// planDeploy makes the Deploy of an app at its target. Workloads of which two
// must never run at once are made in a Deploy of their own, after the Retire.
func (m *mover) planDeploy(w *Wave, a *App, prepared *item) {
	h := m.holderAt(a)
	now := slices.DeleteFunc(m.movable(a), func(o *manifest.Object) bool {
		return IsRoute(o) || isPolicy(o) || isAPICall(o) || m.waits(a, o) || m.hops.byService[o].reachAt(a.To) != nil
	})
	m.deploy[a] = m.add(w, &Deploy{App: a, Objects: now, Addresses: h.addresses()}, "the new copies run before anything leads to them")
	if prepared != nil {
		m.deploy[a].needs = append(m.deploy[a].needs, prepared)
	}
}

// movable returns the objects of an app that its deployment may have to make, in a
// slice of its own. Those of the cluster exist at the target already, unless that
// is another cluster.
func (m *mover) movable(a *App) []*manifest.Object {
	if a.From.Cluster != a.To.Cluster {
		return slices.DeleteFunc(slices.Clone(a.Objects), func(o *manifest.Object) bool { return !travels(o) })
	}
	return namespaced(a.Objects)
}

// waits reports whether a workload is started only after its old copy ended.
func (m *mover) waits(a *App, o *manifest.Object) bool {
	return isOnce(o) || a.Spec.Singleton && PodTemplate(o) != nil
}

// orderDeploys lets an app be deployed after those of its wave that it calls at
// their new place, and after the aliases of those that come later.
func (m *mover) orderDeploys(a *App) {
	it := m.deploy[a]
	for _, c := range m.holderAt(a).calls {
		if r := m.hops.byService[c.service].reachAt(c.at); r != nil && c.app != a && r.made != nil {
			it.needs = append(it.needs, r.made)
			continue
		}
		if c.app != a && c.at == c.app.To && m.waveOf[c.app] == m.waveOf[a] && c.app.Moves() {
			it.needs = append(it.needs, m.deploy[c.app])
		}
	}
	m.orderReaches(a)
}

// orderReaches lets an app be deployed in another cluster after the names there of
// those that come later, also of those which only an object shared by several
// apps names.
func (m *mover) orderReaches(a *App) {
	if a.From.Cluster == a.To.Cluster {
		return
	}
	it := m.deploy[a]
	for _, e := range m.graph.EdgesFrom(a) {
		h := m.hops.byService[e.Service]
		if h == nil || e.Callee == a {
			continue
		}
		for _, r := range h.reaches {
			if r.at.Cluster == a.To.Cluster && r.wave <= m.waveOf[a] && r.made != nil && !slices.Contains(it.needs, r.made) {
				it.needs = append(it.needs, r.made)
			}
		}
	}
}

// planRunning notes after which step the new copies of an app are ready. Those of
// a singleton wait for the end of the old ones.
func (m *mover) planRunning(w *Wave, a *App) {
	m.running[a] = m.deploy[a]
	if a.Spec.Singleton {
		m.stopped[a] = m.add(w, m.retireStep(a), "two copies must never run at once: the old one is stopped first", m.deploy[a])
		m.running[a] = m.deployLate(w, a, m.stopped[a])
	}
}

// planSwitch makes the steps that lead traffic from the old copy of an app to
// the new one, as the strategy of its move does, and remove the old one.
func (m *mover) planSwitch(w *Wave, a *App) {
	ready := m.planRoutes(w, a, m.running[a])
	switched := slices.Clone(ready)
	lead := strategyOf(a).lead
	for _, s := range a.Services {
		c := callee{a, s}
		needs := append(slices.Clone(ready), m.earlyNeeds(c)...)
		if m.withoutFlip(c) {
			switched = append(switched, needs...)
			continue
		}
		switched = append(switched, lead(m, w, c, needs)...)
	}
	if m.stopped[a] == nil {
		retired := m.add(w, m.retireStep(a), "nothing leads to the old copies any more", switched...)
		m.deployLate(w, a, retired)
	}
}

// planRoutes makes the steps that move the routes of an app, and returns what
// its flips have to wait for.
func (m *mover) planRoutes(w *Wave, a *App, running *item) []*item {
	routes := m.routesOf(a)
	if len(routes) == 0 {
		return []*item{running}
	}
	added := m.add(w, &Route{App: a, Objects: routes, Addresses: m.holderAt(a).addresses()}, "the new routes answer before the old ones go", running)
	removed := m.add(w, &Unroute{App: a, Objects: routes}, "an ingress that still leads to the old Service might not forward to an alias", added)
	return []*item{running, removed}
}

// deployLate makes the workloads that had to wait for the end of their old copies.
func (m *mover) deployLate(w *Wave, a *App, retired *item) *item {
	late := slices.DeleteFunc(namespaced(a.Objects), func(o *manifest.Object) bool { return !m.waits(a, o) })
	if len(late) == 0 {
		return retired
	}
	return m.add(w, &Deploy{App: a, Objects: late, Addresses: m.holderAt(a).addresses(), AfterStop: true},
		"two copies must never run at once: the old one has ended", retired)
}

// retireStep deletes what an app had at its old place, and the shared objects
// that it was the last to use there.
func (m *mover) retireStep(a *App) *Retire {
	return &Retire{
		App: a,
		Objects: slices.DeleteFunc(m.movable(a), func(o *manifest.Object) bool {
			return IsRoute(o) || isPolicy(o) || isAPICall(o) || m.outlives(a, o) || !deletable(o)
		}),
		Shared: slices.DeleteFunc(slices.Clone(m.orphans[a]), func(s *Shared) bool { return isPolicy(s.Object) }),
	}
}

// outlives reports whether a Service stays after the retreat of its app, as a name
// that stands for the new copy.
func (m *mover) outlives(a *App, o *manifest.Object) bool {
	return slices.Contains(a.Services, o) && (a.From.Cluster == a.To.Cluster || m.hops.byService[o] != nil)
}

// addNeeds adds to the preparation of a place what an app of another cluster
// takes for granted there.
func (m *mover) addNeeds(p *Prepare, a *App) {
	n := m.needsOf(a)
	for _, o := range n.copied {
		if id := (clusterID{p.Place.Cluster, o.ID}); m.exists[id] == nil {
			m.exists[id] = o
			p.Globals = append(p.Globals, o)
		}
	}
	for _, id := range n.asked {
		if !slices.Contains(p.Needed, id) {
			p.Needed = append(p.Needed, id)
		}
	}
}

// lastUser returns the app that leaves a shared object last; of those of one
// wave the last by name.
func (m *mover) lastUser(s *Shared) *App {
	return slices.MaxFunc(s.Users, func(a, b *App) int {
		return cmp.Or(cmp.Compare(m.waveOf[a], m.waveOf[b]), cmp.Compare(a.Name, b.Name))
	})
}

// routesOf returns the routes that lead to an app: its own, and those it has
// together with other apps; and what the API server itself calls it by.
func (m *mover) routesOf(a *App) []*manifest.Object {
	var out []*manifest.Object
	leads := isAPIPlumbing
	if a.From.Cluster != a.To.Cluster {
		leads = isAPICall // definitions exist in both clusters
	}
	for _, o := range a.Objects {
		if IsRoute(o) || leads(o) {
			out = append(out, o)
		}
	}
	for _, s := range a.Shared {
		if IsRoute(s.Object) || leads(s.Object) {
			out = append(out, s.Object)
		}
	}
	return out
}

func (m *mover) repointStep(h *holder) *Repoint {
	step := &Repoint{App: h.app, Shared: h.shared, At: h.at}
	if h.shared != nil {
		step.Readers = m.readersAt(h.shared, h.at, h.repoint)
	}
	for _, c := range h.calls {
		at := c.app.To
		if at.Cluster != h.at.Cluster {
			at = c.at // the name is kept where the app has left the cluster
		}
		step.Addresses = append(step.Addresses, Address{Service: c.service, At: at})
	}
	return step
}
