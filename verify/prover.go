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
	graph    *plan.Graph
	world    *sim.World // of the first asker
	askers   []*asker
	current  map[render.Key]*manifest.Object
	index    *callIndex
	public   *publicTable
	bindings bindingIndex

	found   int // how many calls have been found
	scanner *refs.Scanner
	scanned map[*manifest.Object][]*refs.Reference

	selectors   map[selectorKey][]service         // Services by the first label of their selector
	workloadsOf map[string][]*manifest.Object     // by owner
	labelsOf    map[string][]*manifest.Node       // by owner: the labels of its pods
	copies      map[*manifest.Source][]render.Key // where the copies of an object are in the current state
	namespaces  map[string]bool                   // that exist today
	known       map[string]bool                   // kinds and names of what the sources hold
	singletons  map[string]bool                   // owners of which two copies must not run
	addresses   map[*manifest.Source][]*refs.Reference
	accounts    map[string][]*manifest.Object // workloads of today by their ServiceAccount

	whose    map[*manifest.Source]string // who an object of today belongs to: an app, or the object itself
	meanings map[meaningKey]meaning      // whom a reference means, by its place in today's object
	origins  map[*refs.Reference]meaningKey
	assumed  map[string]bool

	counters     map[counterKey]*counterexample
	counterOrder []counterKey

	proof *Proof
	diags diag.List
}

// Prove looks at every mixture of every phase's changes, forward and back, and
// reports each call that does not reach whom it means.
//
// The references are scanned with the options that the plan asked for.
func Prove(schedule *plan.Schedule, states []*render.State, opts refs.Options) (*Proof, diag.List) {
	p := newProver(schedule.Graph, servicesOfAll(states), opts)
	for _, c := range states[0].Changes {
		p.namespaces[c.Key.Namespace] = true
	}
	p.warm(states[0].Changes)
	p.load(states[0])
	p.learn()
	p.learnPublic(states[0])
	for _, s := range states[1:] {
		p.provePhase(s)
	}
	p.flushCounterexamples()
	p.end(schedule)
	return p.proof, append(p.diags, checkPlan(schedule, states, p.proof)...)
}

func newProver(g *plan.Graph, services []refs.ServiceInfo, opts refs.Options) *prover {
	var clusters []sim.Cluster
	domains := []string{plan.DefaultDomain}
	for _, name := range slices.Sorted(maps.Keys(g.Plan.Spec.Clusters)) {
		domain := g.Plan.Spec.Clusters[name].Domain
		clusters = append(clusters, sim.Cluster{Name: name, Domain: domain})
		domains = append(domains, cmp.Or(domain, plan.DefaultDomain))
	}
	p := &prover{
		graph:       g,
		current:     make(map[render.Key]*manifest.Object, len(g.Inventory.Objects)),
		index:       newCallIndex(),
		public:      newPublicTable(),
		bindings:    bindingIndex{},
		scanned:     make(map[*manifest.Object][]*refs.Reference, len(g.Inventory.Objects)),
		selectors:   map[selectorKey][]service{},
		copies:      make(map[*manifest.Source][]render.Key, len(g.Inventory.Objects)),
		namespaces:  map[string]bool{},
		known:       make(map[string]bool, len(g.Inventory.Objects)),
		singletons:  make(map[string]bool, len(g.Apps)),
		addresses:   addressesOf(g.References),
		accounts:    accountsOf(g.Inventory.Objects),
		workloadsOf: map[string][]*manifest.Object{},
		labelsOf:    map[string][]*manifest.Node{},
		whose:       make(map[*manifest.Source]string, len(g.Inventory.Objects)),
		meanings:    map[meaningKey]meaning{},
		origins:     map[*refs.Reference]meaningKey{},
		counters:    map[counterKey]*counterexample{},
		assumed:     map[string]bool{},
		proof:       &Proof{Final: map[diag.Code]int{}, Hazards: map[diag.Code]int{}},
	}
	p.world = sim.New(clusters...)
	p.askers = append(p.askers, &asker{prover: p, world: p.world})
	for range opts.Workers - 1 {
		p.askers = append(p.askers, &asker{prover: p, world: p.world.Clone()})
	}
	opts.Domains, opts.Namespaces = domains, targetNamespaces(g)
	p.scanner = refs.NewScanner(services, opts)
	for _, a := range g.Apps {
		p.singletons[a.Name] = a.Spec.Singleton
		for _, o := range a.Objects {
			p.whose[o.Source()] = a.Name
		}
	}
	for _, o := range g.Inventory.Objects {
		p.known[o.ID.Kind+"/"+o.ID.Name] = true
		if template := plan.PodTemplate(o); template != nil {
			owner := p.owner(o)
			p.workloadsOf[owner] = append(p.workloadsOf[owner], o)
			p.labelsOf[owner] = append(p.labelsOf[owner], template.Get("metadata", "labels"))
		}
	}
	return p
}

// servicesOfAll lists the Services of all states, each once: a name like svc.ns is
// an address only where the Service is known.
func servicesOfAll(states []*render.State) []refs.ServiceInfo {
	var services []*manifest.Object
	seen := map[manifest.ID]bool{}
	for _, s := range states {
		for _, c := range s.Changes {
			if isServiceKey(c.Key) && c.After != nil && !seen[c.Key.ID] {
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
	for _, c := range s.Changes {
		p.set(c.Key, c.After)
	}
	for _, c := range s.Changes {
		p.reindex(c.Key)
	}
}

// set puts an object into the world, or takes it away.
func (p *prover) set(key render.Key, o *manifest.Object) {
	if isServiceKey(key) {
		p.indexSelector(key, p.current[key], o)
	}
	p.trackCopies(key, p.current[key], o)
	p.trackRoute(key, p.current[key], o)
	p.bindings.track(key, p.current[key], o)
	if o == nil {
		for _, a := range p.askers {
			a.world.Remove(key.Cluster, key.ID)
		}
		delete(p.current, key)
		return
	}
	for _, a := range p.askers {
		a.world.Put(key.Cluster, o)
	}
	p.current[key] = o
}

// indexSelector keeps the Services findable by their pods' labels.
func (p *prover) indexSelector(key render.Key, before, after *manifest.Object) {
	s := service{key.Cluster, key.Namespace, key.Name}
	if before != nil {
		if k, ok := selectorOf(key, before); ok {
			p.selectors[k] = slices.DeleteFunc(p.selectors[k], func(x service) bool { return x == s })
		}
	}
	if after != nil {
		if k, ok := selectorOf(key, after); ok {
			p.selectors[k] = append(p.selectors[k], s)
		}
	}
}

// at returns an object of the current state.
func (p *prover) at(key render.Key) *manifest.Object { return p.current[key] }

// reindex brings the index of calls up to date for one object.
func (p *prover) reindex(key render.Key) {
	o := p.current[key]
	p.index.drop(key)
	if o == nil || !isWorkload(o) {
		return
	}
	calls := p.callsOf(key, o, p.at)
	p.index.add(key, calls, p.readsOf(key, o), func(c *call) []service {
		return p.servicesOf(c, func(k render.Key) []*manifest.Object { return nonNil(p.current[k]) })
	})
}

func nonNil(objects ...*manifest.Object) []*manifest.Object {
	return slices.DeleteFunc(objects, func(o *manifest.Object) bool { return o == nil })
}

// owner says whose an object is: the app, or for what belongs to none the
// object itself as it was read. What rehome made is nobody's: "".
func (p *prover) owner(o *manifest.Object) string {
	if o == nil || o.Source() == nil {
		return ""
	}
	if name, ok := p.whose[o.Source()]; ok {
		return name
	}
	return o.Base().Text("kind") + " " + o.Base().Text("metadata", "name")
}
