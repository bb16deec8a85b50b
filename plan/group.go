package plan

import (
	"cmp"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// Group assigns the objects of an inventory to the apps of a plan. An app is
// its workloads and what is attached to them: by selectors, by references, by
// labels. What several apps use is shared; what none claims is listed.
func Group(p *Plan, inv *manifest.Inventory, references []*refs.Reference) (*Graph, diag.List) {
	g := &grouper{
		plan:     p,
		inv:      inv,
		pods:     newPodIndex(inv.Objects),
		owners:   make(map[*manifest.Object][]*App, len(inv.Objects)),
		byID:     make(map[clusterID]*manifest.Object, len(inv.Objects)),
		byRefs:   referencesByObject(references),
		rootOf:   map[string]*manifest.Root{},
		disputed: map[*App]bool{},
	}
	for _, r := range slices.Backward(inv.Roots) { // the first of an app counts
		g.rootOf[r.App] = r
	}
	for _, o := range inv.Objects {
		g.byID[idOf(o)] = o
	}
	g.makeApps()
	g.claimWorkloads()
	if g.diags.HasErrors() {
		return nil, g.diags
	}
	g.attachBySelectors()
	g.attachByReferences()
	g.attachByLabels()
	g.attachByReferences()
	graph := g.graph(references)
	g.placeApps(graph)
	g.assignUnits(graph)
	return graph, g.diags
}

// grouper holds what is known while objects are assigned.
type grouper struct {
	plan     *Plan
	inv      *manifest.Inventory
	pods     *podIndex
	apps     []*App
	owners   map[*manifest.Object][]*App // in order of names
	byID     map[clusterID]*manifest.Object
	byRefs   map[*manifest.Object][]*refs.Reference
	rootOf   map[string]*manifest.Root // by the app that has it alone
	disputed map[*App]bool             // apps that claim a workload together with another
	diags    diag.List
}

func referencesByObject(references []*refs.Reference) map[*manifest.Object][]*refs.Reference {
	out := make(map[*manifest.Object][]*refs.Reference, len(references)/2)
	for _, r := range references {
		out[r.Object] = append(out[r.Object], r)
	}
	return out
}

// makeApps makes the apps of the plan in order of their names.
func (g *grouper) makeApps() {
	for i := range g.plan.Spec.Apps {
		spec := &g.plan.Spec.Apps[i]
		g.apps = append(g.apps, &App{Name: spec.Name, Pos: spec.Pos, Spec: spec})
	}
	slices.SortFunc(g.apps, func(a, b *App) int { return cmp.Compare(a.Name, b.Name) })
}

// ownRoot returns the manifest root that belongs to the app alone, nil when it
// is found in shared sources.
func (g *grouper) ownRoot(a *App) *manifest.Root {
	if a.Spec.Manifests == "" {
		return nil
	}
	return g.rootOf[a.Name]
}

// own adds an app to the owners of an object and reports whether that is new.
func (g *grouper) own(o *manifest.Object, a *App) bool {
	owners := g.owners[o]
	i, found := slices.BinarySearchFunc(owners, a, func(x, y *App) int { return cmp.Compare(x.Name, y.Name) })
	if found {
		return false
	}
	g.owners[o] = slices.Insert(owners, i, a)
	if PodTemplate(o) != nil {
		a.Workloads = append(a.Workloads, o)
	}
	return true
}

// ownAll makes every owner of one object an owner of another.
func (g *grouper) ownAll(o *manifest.Object, of *manifest.Object) bool {
	changed := false
	for _, a := range g.owners[of] {
		changed = g.own(o, a) || changed
	}
	return changed
}

// graph collects what the objects' owners say.
func (g *grouper) graph(references []*refs.Reference) *Graph {
	graph := &Graph{Plan: g.plan, Inventory: g.inv, Apps: g.apps, References: references, byObject: g.byRefs, byRoot: map[*manifest.Root]*Unit{}}
	for _, o := range g.inv.Objects {
		owners := g.owners[o]
		switch {
		case len(owners) == 1:
			a := owners[0]
			a.Objects = append(a.Objects, o)
			if o.ID.IsService() {
				a.Services = append(a.Services, o)
				g.checkStrangers(a, o)
			}
		case len(owners) > 1:
			g.share(graph, o, owners)
		case o.ID.Kind != "Namespace":
			graph.Unclaimed = append(graph.Unclaimed, o)
		}
	}
	graph.sort()
	return graph
}

// sort puts what steps are made of into an order that does not depend on that of
// sources, files and documents.
func (g *Graph) sort() {
	byID := func(a, b *Shared) int { return a.Object.ID.Compare(b.Object.ID) }
	slices.SortStableFunc(g.Shared, byID)
	for _, a := range g.Apps {
		slices.SortStableFunc(a.Shared, byID)
		slices.SortStableFunc(a.Services, func(x, y *manifest.Object) int { return x.ID.Compare(y.ID) })
	}
}

// share makes an object shared. A Service that several apps stand behind cannot
// be shared when one of them moves: its flip would move them all.
func (g *grouper) share(graph *Graph, o *manifest.Object, owners []*App) {
	s := &Shared{Object: o, Users: owners}
	graph.Shared = append(graph.Shared, s)
	for _, a := range owners {
		a.Shared = append(a.Shared, s)
	}
	if !o.ID.IsService() {
		return
	}
	for _, a := range owners {
		if a.Spec.To != nil {
			g.diags.Errorf("H31", o.Pos("spec", "selector"), "%s selects pods of the apps %s: flipping it would move all of them", o.ID, joinNames(appNames(owners))).
				WithFix("list their workloads as one app, or give each app a Service of its own first").
				WithNote(a.Pos, "app %s moves", a.Name)
			return
		}
	}
}

// checkStrangers reports a Service of an app that moves that selects pods of
// nobody as well.
func (g *grouper) checkStrangers(a *App, service *manifest.Object) {
	if a.Spec.To == nil {
		return
	}
	for _, w := range g.selectedWorkloads(service) {
		if len(g.owners[w]) == 0 {
			g.diags.Errorf("H31", service.Pos("spec", "selector"), "%s selects pods of %s, which belongs to no app of the plan: flipping it would take its callers away", service.ID, w.ID).
				WithFix("make it a part of app %s, or give it a Service of its own first", a.Name).
				WithNote(w.Pos("metadata", "name"), "the workload").WithApp(a.Name)
			return
		}
	}
}

func appNames(apps []*App) []string {
	names := make([]string, len(apps))
	for i, a := range apps {
		names[i] = a.Name
	}
	return names
}
