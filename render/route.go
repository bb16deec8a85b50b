package render

import (
	"maps"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// route makes the app's routes at its target, beside the old ones: both lead to
// the same app. What the API server calls follows too.
func (f *folder) route(s *plan.Route) {
	f.arrived[s.App] = true
	book := newAddressBook(s.Addresses)
	for _, inventory := range s.Objects {
		if inventory.ID.Namespace == "" && s.App.From.Cluster == s.App.To.Cluster {
			f.repointPlumbing(inventory, s.App)
			continue
		}
		wanted := func(a *plan.App) bool { return f.arrived[a] && a.To == s.App.To }
		share := f.backendsOf(inventory).share(wanted)
		if share == none {
			continue
		}
		whole := f.withNames(f.rewrite(inventory.In(s.App.To.Namespace), inventory, s.App.To, book), inventory, s.App.To)
		key := Key{Cluster: s.App.To.Cluster, ID: whole.ID}
		switch {
		case f.current[key] == nil:
			f.put(key, whole, f.graph.UnitOf(inventory), "")
		case len(f.users[inventory]) > 1:
			f.put(key, whole, f.owner[key], "takes the rules of "+s.App.Name)
		default:
			f.make(key, f.filterRules(whole, f.backendsOf(inventory), wanted), f.graph.UnitOf(inventory), "")
			continue
		}
		f.divideLater(key, inventory, share, wanted)
	}
}

// unroute removes the app's old routes, or its rules from routes that it has
// together with others.
func (f *folder) unroute(s *plan.Unroute) {
	f.departed[s.App] = true
	for _, inventory := range s.Objects {
		key := f.keyOf(inventory)
		if f.current[key] == nil || inventory.ID.Namespace == "" && s.App.From.Cluster == s.App.To.Cluster {
			continue
		}
		if inventory.ID.Namespace == "" {
			f.diags.Warnf("H76", inventory.Pos("metadata", "name"), "%s goes from cluster %s with the routes of %s: the API server there does not call it any more", inventory.ID, s.App.From.Cluster, s.App.Name).
				WithFix("make sure that nothing that stays in the cluster needs it").WithApp(s.App.Name)
		}
		wanted := func(a *plan.App) bool { return !f.departed[a] }
		share := f.backendsOf(inventory).share(wanted)
		if share == none {
			f.remove(key, "")
		} else {
			f.put(key, inventory, f.owner[key], "the rules of "+s.App.Name+" have moved")
		}
		f.divideLater(key, inventory, share, wanted)
	}
}

// divideLater leaves of a route, when the phase ends, the rules that lead to the
// wanted apps: the apps that move in one phase divide it once.
func (f *folder) divideLater(key Key, inventory *manifest.Object, share share, wanted func(*plan.App) bool) {
	if share == some {
		f.divided[key] = division{inventory, wanted}
	} else {
		delete(f.divided, key)
	}
}

// division is what is left of a route.
type division struct {
	inventory *manifest.Object
	wanted    func(*plan.App) bool
}

// divide divides the routes of a phase.
func (f *folder) divide() {
	for _, key := range slices.SortedFunc(maps.Keys(f.divided), Key.Compare) {
		d := f.divided[key]
		if o := f.current[key]; o != nil {
			f.current[key] = f.filterRules(o, f.backendsOf(d.inventory), d.wanted)
		}
	}
	clear(f.divided)
}

// repointPlumbing leads a webhook or an API service to the app's Service at its
// target. The certificate must be valid for both names (H76).
func (f *folder) repointPlumbing(inventory *manifest.Object, a *plan.App) {
	key := f.keyOf(inventory)
	o := f.current[key]
	if o == nil {
		return
	}
	changed, names := o, []string(nil)
	for _, r := range f.graph.ReferencesOf(inventory) {
		if r.Refers == refs.ToService && r.NamespacePath != nil && f.graph.ServiceOwner(plan.ClusterOf(inventory), r.Target) == a {
			changed = changed.With(r.NamespacePath, manifest.Str(a.To.Namespace))
			if name := r.Target.Name + "." + a.To.Namespace + ".svc"; !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if changed == o {
		return
	}
	f.put(key, changed, f.owner[key], "the API server calls the new copy of "+a.Name)
	f.diags.Warnf("H76", inventory.Pos("metadata", "name"), "%s will call %s in %s: its certificate must be valid for that name, and the caBundle must match", inventory.ID, a.Name, a.To).
		WithFix("add %s to the certificate's dnsNames before the route phase", strings.Join(names, " and ")).WithApp(a.Name)
}
