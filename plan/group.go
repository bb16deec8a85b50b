package plan

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// Group assigns the objects of an inventory to the apps of a plan. An app is
// its workloads and what is attached to them: by selectors, by references, by
// labels. What several apps use is shared; what none claims is listed.
func Group(p *Plan, inv *manifest.Inventory, references []*refs.Reference) (*Graph, diag.List) {
	g := &grouper{
		plan:   p,
		inv:    inv,
		pods:   newPodIndex(inv.Objects),
		owners: make(map[*manifest.Object][]*App, len(inv.Objects)),
		byID:   make(map[manifest.ID]*manifest.Object, len(inv.Objects)),
		byRefs: referencesByObject(references),
	}
	for _, o := range inv.Objects {
		g.byID[o.ID] = o
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
	plan   *Plan
	inv    *manifest.Inventory
	pods   *podIndex
	apps   []*App
	owners map[*manifest.Object][]*App // in order of names
	byID   map[manifest.ID]*manifest.Object
	byRefs map[*manifest.Object][]*refs.Reference
	diags  diag.List
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
	for _, r := range g.inv.Roots {
		if r.App == a.Name {
			return r
		}
	}
	return nil
}

// claimWorkloads finds the workloads of each app. Whoever is named like a
// workload has it before whoever is only named in its labels.
func (g *grouper) claimWorkloads() {
	byRoot := map[*manifest.Root][]*App{}
	byName, byLabel := map[string]*App{}, map[string]*App{}
	var selecting []*App
	for _, a := range g.apps {
		switch {
		case g.ownRoot(a) != nil:
			byRoot[g.ownRoot(a)] = append(byRoot[g.ownRoot(a)], a)
		case len(a.Spec.Select) > 0:
			selecting = append(selecting, a)
		default:
			byName[a.Name], byLabel[a.Name] = a, a
		}
	}
	for _, o := range g.inv.Objects {
		if own := byRoot[rootOf(o)]; len(own) > 0 {
			g.own(o, own[0])
			continue
		}
		if template := PodTemplate(o); template != nil {
			g.claim(o, template, selecting, byName, byLabel)
		}
	}
	for _, a := range g.apps {
		if len(a.Workloads) == 0 && g.ownRoot(a) == nil {
			g.reportNotFound(a)
		}
	}
}

// claim gives a workload to the app that selects it, is named like it, or is
// named in its labels.
func (g *grouper) claim(o *manifest.Object, template *manifest.Node, selecting []*App, byName, byLabel map[string]*App) {
	var claimants []*App
	for _, a := range selecting {
		if g.inReach(a, o) && selectsWorkload(a.Spec.Select, o, template) {
			claimants = append(claimants, a)
		}
	}
	if a := byName[o.ID.Name]; a != nil && g.inReach(a, o) {
		claimants = append(claimants, a)
	}
	if len(claimants) == 0 {
		if a := byLabel[workloadLabel(o, template)]; a != nil && g.inReach(a, o) {
			claimants = append(claimants, a)
		}
	}
	switch len(claimants) {
	case 0:
	case 1:
		g.own(o, claimants[0])
	default:
		names := make([]string, len(claimants))
		for i, a := range claimants {
			names[i] = a.Name
		}
		g.diags.Errorf(diag.CodeGroup, o.Pos("metadata", "name"), "%s is claimed by the apps %s", o.ID, joinNames(names)).
			WithFix("narrow `select` or rename an app so that each workload belongs to one app").
			WithNote(claimants[0].Pos, "app %s", claimants[0].Name).
			WithNote(claimants[1].Pos, "app %s", claimants[1].Name)
	}
}

// inReach reports whether an app may claim an object: it must be in the
// namespace that the plan says the app comes from.
func (g *grouper) inReach(a *App, o *manifest.Object) bool {
	from := a.Spec.From
	return from == nil || from.Namespace == "" || from.Namespace == o.ID.Namespace
}

func selectsWorkload(selector map[string]string, o *manifest.Object, template *manifest.Node) bool {
	for k, v := range selector { // order does not matter: all must hold
		own := o.Get("metadata", "labels", k)
		if own == nil {
			own = template.Get("metadata", "labels", k)
		}
		if own == nil || own.Value() != v {
			return false
		}
	}
	return true
}

func workloadLabel(o *manifest.Object, template *manifest.Node) string {
	if name := labelledApp(o); name != "" {
		return name
	}
	for _, l := range appLabels {
		if name := template.Text("metadata", "labels", l); name != "" {
			return name
		}
	}
	return ""
}

func (g *grouper) reportNotFound(a *App) {
	var names []string
	for _, o := range g.inv.Objects {
		if PodTemplate(o) != nil {
			names = append(names, o.ID.Name)
		}
	}
	d := g.diags.Errorf(diag.CodeGroup, a.Pos, "app %q is not in the sources: no workload has this name or the label app.kubernetes.io/name or app", a.Name)
	if near := diag.Nearest(a.Name, names); near != "" {
		d.WithFix("did you mean %q?", near)
		return
	}
	d.WithFix("name its workload, say `select` with its labels, or `manifests` with its own manifest root")
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

// attachBySelectors attaches Services, budgets, policies and monitors to the
// workloads whose pods they select.
func (g *grouper) attachBySelectors() {
	for _, o := range g.inv.Objects {
		if PodTemplate(o) != nil {
			continue
		}
		for _, w := range g.selectedWorkloads(o) {
			g.ownAll(o, w)
		}
	}
}

// selectedWorkloads returns the workloads whose pods an object selects.
func (g *grouper) selectedWorkloads(o *manifest.Object) []*manifest.Object {
	switch {
	case isService(o):
		return g.pods.selected(o.ID.Namespace, o.Get("spec", "selector"))
	case o.ID.Kind == "PodDisruptionBudget" && o.Get("spec", "selector") != nil:
		return g.pods.selectedBy(o.ID.Namespace, o.Get("spec", "selector"))
	case o.ID.Kind == "NetworkPolicy" && o.ID.Group == "networking.k8s.io":
		return g.pods.selectedBy(o.ID.Namespace, o.Get("spec", "podSelector"))
	case o.ID.Kind == "PodMonitor" && o.Get("spec", "selector", "matchLabels").Len() > 0:
		return g.pods.selectedBy(o.ID.Namespace, o.Get("spec", "selector"))
	}
	return nil
}

// attachByReferences follows references until nothing changes: what an app's
// object names belongs to the app, and what is attached to an object of the app
// (a RoleBinding to its ServiceAccount, a route to its Service) does too.
func (g *grouper) attachByReferences() {
	for changed := true; changed; {
		changed = false
		for _, o := range g.inv.Objects {
			for _, r := range g.byRefs[o] {
				changed = g.follow(o, r) || changed
			}
		}
	}
}

// follow attaches along one reference and reports whether that changed anything.
func (g *grouper) follow(o *manifest.Object, r *refs.Reference) bool {
	if !r.Known || r.Form != refs.Field || r.Refers == refs.ToNamespace {
		return false
	}
	target := g.byID[r.Target]
	if target == nil || target == o || o.ID.Namespace != "" && target.ID.Namespace != "" && o.ID.Namespace != target.ID.Namespace {
		return false // what is elsewhere does not move along
	}
	if isAnchor(target) && attachesToTarget(o) {
		return g.ownAll(o, target)
	}
	if isService(target) || PodTemplate(target) != nil {
		return false
	}
	if isHub(target) || len(g.owners[o]) == 0 {
		return false
	}
	if o.ID.Kind == "Certificate" && target.ID.Kind == "Secret" {
		return g.ownAll(o, target)
	}
	return g.ownAll(target, o)
}

// isAnchor reports whether other objects are attached to what names an app's
// identity: its workloads, its Services, its ServiceAccounts.
func isAnchor(o *manifest.Object) bool {
	return isService(o) || PodTemplate(o) != nil || o.ID.Kind == "ServiceAccount"
}

// isHub reports whether an object is named by many that have nothing else in
// common, so that naming it says nothing of who belongs together.
func isHub(o *manifest.Object) bool {
	switch o.ID.Kind {
	case "ClusterRole", "IngressClass", "GatewayClass", "StorageClass", "PriorityClass", "Namespace", "ClusterIssuer", "Gateway":
		return true
	}
	return false
}

// attachesToTarget reports whether an object belongs to what it names, instead
// of the other way round.
func attachesToTarget(o *manifest.Object) bool {
	if IsRoute(o) {
		return true
	}
	switch o.ID.Kind {
	case "RoleBinding", "ClusterRoleBinding", "HorizontalPodAutoscaler", "VerticalPodAutoscaler", "ScaledObject",
		"PodDisruptionBudget", "BackendTLSPolicy", "DestinationRule", "ServiceProfile",
		"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService", "TraefikService", "Endpoints", "EndpointSlice":
		return true
	}
	return false
}

// attachByLabels gives what is left over to the app that its labels name, when
// it is in the namespace of that app's workloads.
func (g *grouper) attachByLabels() {
	byName := make(map[string]*App, len(g.apps))
	for _, a := range g.apps {
		byName[a.Name] = a
	}
	for _, o := range g.inv.Objects {
		if len(g.owners[o]) > 0 || o.ID.Kind == "Namespace" || PodTemplate(o) != nil {
			continue
		}
		a := byName[labelledApp(o)]
		if a == nil && (isService(o) || o.ID.Kind == "EndpointSlice" || o.ID.Kind == "Endpoints") {
			a = byName[o.ID.Name]
		}
		if a != nil && a.runsIn(o.ID.Namespace) {
			g.own(o, a)
		}
	}
}

// runsIn reports whether the app has a workload in a namespace; "" stands for
// objects of the cluster.
func (a *App) runsIn(namespace string) bool {
	if namespace == "" {
		return true
	}
	return slices.ContainsFunc(a.Workloads, func(w *manifest.Object) bool { return w.ID.Namespace == namespace })
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
			if isService(o) {
				a.Services = append(a.Services, o)
			}
		case len(owners) > 1:
			g.share(graph, o, owners)
		case o.ID.Kind != "Namespace":
			graph.Unclaimed = append(graph.Unclaimed, o)
		}
	}
	return graph
}

// share makes an object shared. A Service that several apps stand behind cannot
// be shared when one of them moves: its flip would move them all.
func (g *grouper) share(graph *Graph, o *manifest.Object, owners []*App) {
	s := &Shared{Object: o, Users: owners}
	graph.Shared = append(graph.Shared, s)
	for _, a := range owners {
		a.Shared = append(a.Shared, s)
	}
	if !isService(o) {
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

func appNames(apps []*App) []string {
	names := make([]string, len(apps))
	for i, a := range apps {
		names[i] = a.Name
	}
	return names
}

// placeApps sets where each app comes from and goes to.
func (g *grouper) placeApps(graph *Graph) {
	for _, a := range graph.Apps {
		a.From = g.fromOf(a)
		a.To = a.From
		if to := a.Spec.To; to != nil {
			a.To = Place{Cluster: cmp.Or(to.Cluster, a.From.Cluster), Namespace: cmp.Or(to.Namespace, a.From.Namespace)}
			if a.To == a.From {
				g.diags.Warnf(diag.CodePlan, to.Pos, "app %q is in %s already", a.Name, a.To).WithFix("remove its `to`").WithApp(a.Name)
			}
		}
	}
	for _, s := range graph.Shared {
		s.From = Place{Cluster: s.Users[0].From.Cluster, Namespace: s.Object.ID.Namespace}
	}
}

// fromOf returns the place that an app is in today: its workloads say so.
func (g *grouper) fromOf(a *App) Place {
	place := Place{Cluster: DefaultCluster}
	if root := firstRoot(a); root != nil && root.Cluster != "" {
		place.Cluster = root.Cluster
	}
	if a.Spec.From != nil {
		place.Cluster = cmp.Or(a.Spec.From.Cluster, place.Cluster)
		place.Namespace = a.Spec.From.Namespace
	}
	for _, o := range cmpOrSlice(a.Workloads, a.Objects) {
		switch ns := o.ID.Namespace; {
		case ns == "" || ns == place.Namespace:
		case place.Namespace == "":
			place.Namespace = ns
		default:
			g.diags.Errorf(diag.CodeGroup, a.Pos, "app %q has objects in the namespaces %s and %s", a.Name, place.Namespace, ns).
				WithFix("say `from: {namespace: ...}`, or make two apps of it").
				WithNote(o.Pos("metadata", "name"), "%s", o.ID)
			return place
		}
	}
	return place
}

func cmpOrSlice(a, b []*manifest.Object) []*manifest.Object {
	if len(a) > 0 {
		return a
	}
	return b
}

func firstRoot(a *App) *manifest.Root {
	if len(a.Objects) == 0 {
		return nil
	}
	return rootOf(a.Objects[0])
}

func rootOf(o *manifest.Object) *manifest.Root {
	if o.Source() == nil {
		return nil
	}
	return o.Source().Root
}

// assignUnits decides what is written together: a root that one app has to
// itself is written as that app, every other root as itself.
func (g *grouper) assignUnits(graph *Graph) {
	users := map[*manifest.Root]*App{}
	mixed := map[*manifest.Root]bool{}
	for _, o := range g.inv.Objects {
		owners, root := g.owners[o], rootOf(o)
		if len(owners) != 1 || users[root] != nil && users[root] != owners[0] {
			mixed[root] = true
		} else {
			users[root] = owners[0]
		}
	}
	names := map[string]bool{}
	for _, root := range g.inv.Roots {
		name := ""
		if a := users[root]; a != nil && !mixed[root] {
			name = a.Name
		} else {
			name = strings.TrimSuffix(path.Base(root.Path), path.Ext(root.Path))
		}
		unit := &Unit{Name: uniqueName(names, name), Root: root}
		graph.Units = append(graph.Units, unit)
		graph.byRoot[root] = unit
	}
}

// uniqueName returns the name, with a number where it is taken already.
func uniqueName(taken map[string]bool, name string) string {
	out := name
	for i := 2; taken[out]; i++ {
		out = name + "-" + strconv.Itoa(i)
	}
	taken[out] = true
	return out
}

// UnitOf returns what an object of the inventory is written with.
func (g *Graph) UnitOf(o *manifest.Object) *Unit {
	return g.byRoot[rootOf(o)]
}
