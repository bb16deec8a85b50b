package verify

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// prover walks through the states, one phase at a time.
type prover struct {
	*premises
	world    *sim.World
	items    map[render.Key]*item
	spare    []item                            // room for more items
	services labelIndex                        // Services by a label of the pods that they select
	pods     labelIndex                        // workloads by the labels of their pods
	crowds   map[string]map[*item]bool         // namespace -> workloads whose calls begin or end there
	copies   map[*manifest.Source][]render.Key // where the copies of an object are in the current state
	public   *publicTable
	bindings bindingIndex
	crossed  map[*item]map[*item]bool // the routes that calls from other clusters may take, by host points
	assumed  map[string]bool

	few   int     // how many changes are looked at in all combinations anyway
	round int     // how often touched calls have been looked for
	way   []*item // of the call that was looked at last

	failures       []callFailure
	worst          map[counterKey]bool // failures that need not be told again: on the way back and forward
	publicFailures []publicFailure

	proof *Proof
	diags diag.List
}

// premises are what does not change while the states are proved.
type premises struct {
	graph       *plan.Graph
	library     *library
	blank       *sim.World // the empty state of the clusters
	workers     int
	workloadsOf map[string][]*manifest.Object // by owner
	namespaces  map[plan.Place]bool           // that exist today
	known       map[string]bool               // kinds and names of what the sources hold
	singletons  map[string]bool               // owners of which two copies must not run
	addresses   map[*manifest.Source][]*refs.Reference
	accounts    map[string][]*manifest.Object // workloads of today by their ServiceAccount
	everService map[render.Key]bool           // the Services of all states
	whose       map[*manifest.Source]string   // who an object of today belongs to: an app, or the object itself
	meanings    map[meaningKey]*meaning       // whom a reference means, by its place in today's object
	doors       doors
	clusters    []string // in order
}

// Prove looks at every mixture of every phase's changes, forward and back, and
// reports each call that does not reach whom it means.
//
// The references are scanned with the options that the plan asked for.
func Prove(schedule *plan.Schedule, states []*render.State, opts refs.Options) (*Proof, diag.List) {
	states = withZones(states)
	p := newProver(schedule.Graph, states, opts)
	p.load(states[0])
	p.learn()
	p.learnPublic(states[0])
	last := p.proveStretches(states)
	last.end(schedule)
	diags := append(last.diags, p.told()...)
	return p.proof, append(diags, checkPlan(schedule, states, p.proof)...)
}

func newProver(g *plan.Graph, states []*render.State, opts refs.Options) *prover {
	clusters, domains := clustersOf(g)
	opts.Domains, opts.Namespaces = domains, targetNamespaces(g)
	p := newState(newPremises(g, states[0]))
	p.blank = sim.New(clusters...)
	p.doors.put(&g.Plan.Spec, p.blank)
	p.world = p.blank.Clone()
	services := p.servicesOfAll(states)
	p.workers = max(1, opts.Workers)
	p.library = &library{scanner: refs.NewScanner(services, opts), world: p.blank, known: make(map[*manifest.Object]*facts, 3*len(g.Inventory.Objects))}
	p.library.fill(states, p.workers)
	return p
}

// clustersOf returns the clusters of a plan, and their domains.
func clustersOf(g *plan.Graph) (clusters []sim.Cluster, domains []string) {
	domains = append(domains, plan.DefaultDomain)
	for _, name := range slices.Sorted(maps.Keys(g.Plan.Spec.Clusters)) {
		domain := g.Plan.Spec.Clusters[name].Domain
		clusters = append(clusters, sim.Cluster{Name: name, Domain: domain})
		domains = append(domains, cmp.Or(domain, plan.DefaultDomain))
	}
	return clusters, domains
}

func newPremises(g *plan.Graph, today *render.State) *premises {
	p := &premises{
		graph:       g,
		workloadsOf: map[string][]*manifest.Object{},
		namespaces:  map[plan.Place]bool{},
		doors:       doorsOf(&g.Plan.Spec),
		clusters:    slices.Sorted(maps.Keys(g.Plan.Spec.Clusters)),
		known:       make(map[string]bool, len(g.Inventory.Objects)),
		singletons:  make(map[string]bool, len(g.Apps)),
		addresses:   addressesOf(g.References),
		accounts:    accountsOf(g.Inventory.Objects),
		everService: map[render.Key]bool{},
		whose:       make(map[*manifest.Source]string, len(g.Inventory.Objects)),
		meanings:    map[meaningKey]*meaning{},
	}
	for _, c := range today.Changes {
		p.namespaces[c.Key.Place()] = true
	}
	for _, a := range g.Apps {
		p.singletons[a.Name] = a.Spec.Singleton
		for _, o := range a.Objects {
			p.whose[o.Source()] = a.Name
		}
	}
	for _, o := range g.Inventory.Objects {
		p.known[o.ID.Kind+"/"+o.ID.Name] = true
		if isWorkload(o) {
			owner := p.owner(o)
			p.workloadsOf[owner] = append(p.workloadsOf[owner], o)
		}
	}
	return p
}

// servicesOfAll lists the Services of all states, each once: a name like svc.ns is
// an address only where the Service is known.
func (p *premises) servicesOfAll(states []*render.State) []refs.ServiceInfo {
	var services []*manifest.Object
	seen := map[manifest.ID]bool{}
	for _, s := range states {
		for _, c := range s.Changes {
			if !isServiceKey(c.Key) || c.After == nil {
				continue
			}
			p.everService[c.Key] = true
			if !seen[c.Key.ID] {
				seen[c.Key.ID] = true
				services = append(services, c.After)
			}
		}
	}
	return refs.ServicesOf(services)
}

func targetNamespaces(g *plan.Graph) []string {
	var out []string
	for _, a := range g.Apps {
		out = append(out, a.From.Namespace, a.To.Namespace)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// load makes the first state.
func (p *prover) load(s *render.State) {
	items := make([]*item, len(s.Changes))
	for i, c := range s.Changes {
		items[i] = p.item(c.Key)
		p.set(items[i], p.library.of(c.After))
	}
	for _, it := range items {
		p.reindex(it)
	}
}

// set puts an object into the world, or takes it away.
func (p *prover) set(it *item, f *facts) {
	before := it.object()
	p.trackRoute(it, it.now, f)
	p.trackCrossing(it, it.now, f)
	p.trackLabels(it, f)
	it.now = f
	after := it.object()
	p.trackCopies(it.Key, before, after)
	p.bindings.track(it.Key, before, after)
	if after == nil {
		p.world.Remove(it.Cluster, it.ID)
		return
	}
	p.world.Put(it.Cluster, after)
}

// trackLabels keeps Services findable by the labels of their pods, and pods by
// their own.
func (p *prover) trackLabels(it *item, f *facts) {
	if isServiceKey(it.Key) {
		delete(p.services[it.under], it)
		if it.under = (labelKey{}); f != nil {
			it.under = p.services.enterService(it, f.selector)
		}
		return
	}
	if it.now.runs() {
		p.pods.leavePods(it, it.now.labels)
	}
	if f.runs() {
		p.pods.enterPods(it, f.labels)
	}
}

// after returns an object of the state that a transition leads to.
func (p *prover) after(t *transition, key render.Key) *manifest.Object {
	it := p.items[key]
	if it == nil {
		return nil
	}
	if f := t.next(it); f != nil {
		return f.object
	}
	return nil
}

// owner says whose an object is: the app, or for what belongs to none the
// object itself as it was read. What rehome made is nobody's: "".
func (p *premises) owner(o *manifest.Object) string {
	if o == nil || o.Source() == nil {
		return ""
	}
	if name, ok := p.whose[o.Source()]; ok {
		return name
	}
	return o.Base().Text("kind") + " " + o.Base().Text("metadata", "name")
}
