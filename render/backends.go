package render

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// backends are the apps that a route leads to. One route may lead to all apps of
// a place, and be divided as often as one of them moves.
type backends struct {
	route *manifest.Object
	apps  []*plan.App
	below map[string][]*plan.App // by the path of each part of the route
}

// backendsOf returns the backends of a route of the inventory.
func (f *folder) backendsOf(route *manifest.Object) *backends {
	if b := f.backends[route]; b != nil {
		return b
	}
	b := &backends{route: route, below: map[string][]*plan.App{}}
	seen := map[*plan.App]bool{}
	for _, r := range f.graph.ReferencesOf(route) {
		if r.Refers != refs.ToService {
			continue
		}
		a := f.graph.ServiceOwner(plan.ClusterOf(route), r.Target)
		if a == nil {
			continue
		}
		if !seen[a] {
			seen[a] = true
			b.apps = append(b.apps, a)
		}
		for n := 2; n < len(r.Path); n++ {
			part := r.Path[:n].Pointer()
			if apps := b.below[part]; len(apps) == 0 || apps[len(apps)-1] != a {
				b.below[part] = append(apps, a)
			}
		}
	}
	f.backends[route] = b
	return b
}

// share is how many of a route's apps are wanted.
type share uint8

const (
	none share = iota + 1
	some
	all
)

func (b *backends) share(wanted func(*plan.App) bool) share {
	yes := slices.ContainsFunc(b.apps, wanted)
	no := slices.ContainsFunc(b.apps, func(a *plan.App) bool { return !wanted(a) })
	switch {
	case !no: // nor where it leads to no app at all
		return all
	case !yes:
		return none
	}
	return some
}

// filterRules removes the rules that lead to apps that are not wanted, and
// within an Ingress rule the paths.
func (f *folder) filterRules(whole *manifest.Object, b *backends, wanted func(*plan.App) bool) *manifest.Object {
	o := whole
	lists, _ := plan.RouteRules(b.route)
	for _, list := range lists {
		if rules := o.Get(list...); rules != nil {
			o = o.With(list, rules.MapItems(func(i int, rule *manifest.Node) *manifest.Node {
				return f.filterRule(rule, list.Index(i), b, wanted)
			}))
		}
	}
	if backend := manifest.P("spec", "defaultBackend"); o.Get(backend...) != nil && f.drops(backend, b, wanted) {
		o = o.Without(backend)
	}
	return o
}

// filterRule returns what stays of a rule, nil when nothing does.
func (f *folder) filterRule(rule *manifest.Node, at manifest.Path, b *backends, wanted func(*plan.App) bool) *manifest.Node {
	paths := rule.Get("http", "paths")
	if paths.Len() == 0 {
		if f.drops(at, b, wanted) {
			return nil
		}
		return rule
	}
	paths = paths.MapItems(func(i int, path *manifest.Node) *manifest.Node {
		if f.drops(at.Join("http", "paths").Index(i), b, wanted) {
			return nil
		}
		return path
	})
	if paths.Len() == 0 {
		return nil
	}
	return rule.With(manifest.P("http", "paths"), paths)
}

// drops reports whether the part of a route at a path goes, because none of its
// backends is wanted. A part with both cannot be divided.
func (f *folder) drops(at manifest.Path, b *backends, wanted func(*plan.App) bool) bool {
	apps := b.below[at.Pointer()]
	keep := slices.ContainsFunc(apps, wanted)
	drop := slices.ContainsFunc(apps, func(a *plan.App) bool { return !wanted(a) })
	if keep && drop {
		f.diags.Errorf(diag.CodeRender, b.route.Pos(at...), "one rule of %s leads to several apps that move at different times", b.route.ID).
			WithFix("split the rule, or move these apps in one wave (schedule.order: explicit)")
	}
	return drop && !keep
}
