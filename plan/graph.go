package plan

import (
	"cmp"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// Place is where objects live.
type Place struct {
	Cluster   string
	Namespace string
}

// String returns the namespace, with the cluster where it is not the default.
func (p Place) String() string {
	if p.Cluster == DefaultCluster || p.Cluster == "" {
		return p.Namespace
	}
	return p.Cluster + "/" + p.Namespace
}

// Compare orders places by cluster and namespace.
func (p Place) Compare(q Place) int {
	return cmp.Or(cmp.Compare(p.Cluster, q.Cluster), cmp.Compare(p.Namespace, q.Namespace))
}

// App is a named unit that moves as one: its workloads and everything attached
// to them.
type App struct {
	Name    string
	Pos     diag.Pos
	From    Place
	To      Place // equal to From when the app stays
	Spec    *AppSpec
	Objects []*manifest.Object // all its objects, in inventory order, cluster-scoped ones included

	Workloads []*manifest.Object // of Objects, those that run pods
	Services  []*manifest.Object // of Objects, the Services that select its pods
	Shared    []*Shared          // what it uses together with other apps
}

// Moves reports whether the app changes place.
func (a *App) Moves() bool { return a.From != a.To }

// Shared is an object that several apps use: each place where one of them runs
// has a copy, written for that place.
type Shared struct {
	Object *manifest.Object
	From   Place  // where it is today
	Users  []*App // in order of names
}

// Edge is a caller app that calls a Service of a callee app.
type Edge struct {
	Caller   *App
	Callee   *App
	Service  *manifest.Object  // of the callee
	Port     string            // number or name; "" when the evidence states none
	Evidence []*refs.Reference // where the manifests show it; in order of position
	Declared diag.Pos          // where the plan declares it; zero when it does not
	Denied   bool              // a NetworkPolicy denies it today: the migration does not open it
}

// Unit is what is written as one overlay: an app with a manifest root of its
// own, or all apps and shared objects of one root.
type Unit struct {
	Name string // a directory name, unique in the plan
	Root *manifest.Root
}

// Graph is the apps of a plan with everything that connects them.
type Graph struct {
	Plan       *Plan
	Inventory  *manifest.Inventory
	Apps       []*App // in order of names
	Shared     []*Shared
	Units      []*Unit            // one for each manifest root, by their paths
	Edges      []*Edge            // by caller, callee, Service, port
	References []*refs.Reference  // all, in inventory order
	Unclaimed  []*manifest.Object // objects that belong to no app; they stay where they are
	Missing    []*refs.Reference  // references to Services that are nowhere
	Possible   []*refs.Reference  // doubtful references that the plan has not decided

	byObject map[*manifest.Object][]*refs.Reference
	byRoot   map[*manifest.Root]*Unit
	byCaller map[*App][]*Edge
	services map[clusterID]*App
	cycles   map[*App]int // the number of the cycle an app is in, of moving apps only
}

// ReferencesOf returns the references that an object of the inventory holds.
func (g *Graph) ReferencesOf(o *manifest.Object) []*refs.Reference { return g.byObject[o] }

// EdgesFrom returns the edges of which an app is the caller.
func (g *Graph) EdgesFrom(a *App) []*Edge { return g.byCaller[a] }

// inCycle reports whether two moving apps call each other, directly or through
// others.
func (g *Graph) inCycle(a, b *App) bool {
	return g.cycles[a] != 0 && g.cycles[a] == g.cycles[b]
}

// ServiceOwner returns the app that a Service of a cluster belongs to, nil when
// none does.
func (g *Graph) ServiceOwner(cluster string, id manifest.ID) *App {
	return g.services[clusterID{cluster, id}]
}
