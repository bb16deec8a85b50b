package render

import (
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
		whole := f.withNames(f.rewrite(inventory.In(s.App.To.Namespace), inventory, s.App.To, book), inventory, s.App.To)
		o, ok := f.withRulesOf(whole, inventory, func(a *plan.App) bool { return f.arrived[a] && a.To == s.App.To })
		if !ok {
			continue
		}
		key := Key{Cluster: s.App.To.Cluster, ID: o.ID}
		if len(f.users[inventory]) > 1 && f.current[key] != nil {
			f.put(key, o, f.owner[key], "takes the rules of "+s.App.Name)
			continue
		}
		f.make(key, o, f.graph.UnitOf(inventory), "")
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
		o, ok := f.withRulesOf(inventory, inventory, func(a *plan.App) bool { return !f.departed[a] })
		if !ok {
			f.remove(key, "")
			continue
		}
		f.put(key, o, f.owner[key], "the rules of "+s.App.Name+" have moved")
	}
}

// withRulesOf returns one version of a route with only those rules that lead to
// the wanted apps; ok is false when none is left.
func (f *folder) withRulesOf(whole, inventory *manifest.Object, wanted func(*plan.App) bool) (o *manifest.Object, ok bool) {
	b := f.backendsOf(inventory)
	all, none := true, true
	for _, a := range b.apps {
		if wanted(a) {
			none = false
		} else {
			all = false
		}
	}
	switch {
	case all:
		return whole, true
	case none:
		return nil, false
	}
	return f.filterRules(whole, b, wanted), true
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
