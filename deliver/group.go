package deliver

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// group is what has a directory under apps/: a kustomization with all that it
// builds, because an overlay has one base; of other sources each app by itself,
// so that a change to one of them does not write the others again.
type group struct {
	name  string         // of the directory, unique among those that have variants
	order int            // tells groups of the same name apart
	base  *overlayBase   // nil when full manifests are written
	app   *plan.App      // nil when it is not one app
	root  *manifest.Root // nil when rehome made it, or when it is one app of a root
}

// madeName is the group of the objects that belong to no unit, such as the
// namespaces and policies that rehome makes.
const madeName = "rehome"

// grouper tells which group an object belongs to.
type grouper struct {
	groups []*group
	made   *group
	byRoot map[*manifest.Root]*group
	byApp  map[*plan.App]*group
	owners map[*manifest.Object]*plan.App // the apps of the inventory's objects
}

func newGrouper(schedule *plan.Schedule, today *render.State, opts Options, diags *diag.List) *grouper {
	g := &grouper{byRoot: map[*manifest.Root]*group{}, byApp: map[*plan.App]*group{}, owners: map[*manifest.Object]*plan.App{}}
	for _, u := range schedule.Graph.Units {
		g.byRoot[u.Root] = g.add(&group{name: u.Name, root: u.Root})
	}
	for _, a := range schedule.Graph.Apps {
		for _, o := range a.Objects {
			g.owners[o] = a
		}
	}
	for _, c := range today.Changes {
		g.unit(c)
	}
	if !opts.Flat {
		g.overlays(today, diags)
	}
	for _, a := range schedule.Graph.Apps {
		g.app(a)
	}
	g.made = g.add(&group{name: madeName})
	return g
}

func (g *grouper) add(n *group) *group {
	n.order = len(g.groups)
	g.groups = append(g.groups, n)
	return n
}

// unit returns the group of the root that a change's object comes from, nil
// when it comes from none and has no owner.
func (g *grouper) unit(c render.Change) *group {
	root := rootOf(c.After)
	if c.Owner != nil {
		root = c.Owner.Root
	}
	if root == nil {
		return nil
	}
	if g.byRoot[root] == nil {
		name := root.Path
		if c.Owner != nil {
			name = c.Owner.Name
		}
		g.byRoot[root] = g.add(&group{name: dirName(name), root: root})
	}
	return g.byRoot[root]
}

// overlays finds the groups that are written as overlays.
func (g *grouper) overlays(today *render.State, diags *diag.List) {
	for _, c := range today.Changes {
		if u := g.byRoot[rootOf(c.After)]; u != nil && c.After.Build() != nil && u.root.Kind == manifest.Kustomization {
			if u.base == nil {
				u.base = &overlayBase{}
			}
			u.base.objects = append(u.base.objects, c.After)
		}
	}
	for _, u := range g.groups {
		if u.base != nil && !u.base.index() {
			diags.Infof(diag.CodeOutput, u.root.Pos, "%s is written as full manifests: it builds objects that a patch cannot tell apart, because they have the same kind and name and one of them states no namespace", u.root.Path)
			u.base = nil
		}
	}
}

// app gives an app a group of its own, unless it is part of an overlay or is
// all that its unit consists of.
func (g *grouper) app(a *plan.App) {
	if len(a.Objects) == 0 {
		return
	}
	u := g.byRoot[rootOf(a.Objects[0])]
	switch {
	case u == nil:
	case u.base != nil:
		g.byApp[a] = u
		return
	case u.root.App == a.Name:
		u.app, g.byApp[a] = a, u
		return
	}
	g.byApp[a] = g.add(&group{name: a.Name, app: a})
}

// of returns the group that holds the object of a change.
func (g *grouper) of(c render.Change) *group {
	u := g.unit(c)
	if u == nil {
		return g.made
	}
	if u.base != nil {
		return u
	}
	if a := g.owners[c.After]; a != nil {
		return g.byApp[a]
	}
	if a := appOf(c.Step); a != nil && g.byApp[a] != nil {
		return g.byApp[a]
	}
	return u
}

// appOf returns the app that a step is about, nil when it is about none or
// several.
func appOf(s plan.Step) *plan.App {
	switch s := s.(type) {
	case *plan.Deploy:
		return s.App
	case *plan.Relay:
		return s.App
	case *plan.Route:
		return s.App
	case *plan.Unroute:
		return s.App
	case *plan.Flip:
		return s.App
	case *plan.Retire:
		return s.App
	case *plan.Repoint:
		return s.App
	case *plan.Unflip:
		return s.App
	case *plan.OpenHop:
		return s.App
	case *plan.CloseHop:
		return s.App
	case *plan.Prepare, *plan.Finish, nil:
	}
	return nil
}

// nameGroups makes the names of the groups in use unique. What has a name of its
// own keeps it; a root whose apps have groups of their own steps back.
func nameGroups(h *history) {
	var used []*group
	seen := map[*group]bool{}
	for _, v := range h.variants {
		if !seen[v.group] {
			seen[v.group], used = true, append(used, v.group)
		}
	}
	slices.SortFunc(used, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), a.compare(b))
	})
	taken := map[string]bool{}
	for _, g := range used {
		want := g.name
		if taken[want] && g.rank() == 1 {
			want += "-shared"
		}
		g.name = want
		for n := 2; taken[g.name]; n++ {
			g.name = want + "-" + strconv.Itoa(n)
		}
		taken[g.name] = true
	}
}

// rank orders groups by how much of a right they have to their name.
func (g *group) rank() int {
	switch {
	case g.base != nil || g.app != nil:
		return 0
	case g.root != nil:
		return 1
	}
	return 2
}

func (g *group) compare(o *group) int {
	return cmp.Or(cmp.Compare(g.name, o.name), cmp.Compare(g.order, o.order))
}

func rootOf(o *manifest.Object) *manifest.Root {
	if o == nil || o.Source() == nil {
		return nil
	}
	return o.Source().Root
}

// dirName makes one directory name of a path.
func dirName(path string) string {
	out := []byte(path)
	for i, c := range out {
		if c == '/' || c == '\\' || c == '.' {
			out[i] = '-'
		}
	}
	return cmp.Or(string(out), "sources")
}
