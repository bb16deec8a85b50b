package rehome_test

import (
	"cmp"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// serviceFaults get the copies of Services and the aliases wrong.
func serviceFaults() []fault {
	p1 := []diag.Code{"P1", "P3", "P6"}
	ports := []diag.Code{"P1", "P6", "H14"} // every port of an old Service is at the target, called or not
	aliases := []diag.Code{"P1", "H06", "H07", "H08", "H09"}
	set := func(elem string, value func(old *manifest.Node) *manifest.Node) func(*manifest.Object, manifest.Path) *manifest.Object {
		return func(o *manifest.Object, at manifest.Path) *manifest.Object {
			return o.With(at.Join(elem), value(o.Get(at...)))
		}
	}
	return []fault{
		{"Service not copied", p1, eachCopy(nil)},
		{"port dropped", ports, eachPort((*manifest.Object).Without, (*film).unaliasedPort)},
		{"port number mistyped", ports, eachPort(set("port", func(old *manifest.Node) *manifest.Node {
			n, _ := old.Get("port").Int()
			return manifest.Int(n + 1000)
		}), (*film).unaliasedPort)},
		{"targetPort another number", p1, eachPort(set("targetPort", func(*manifest.Node) *manifest.Node { return manifest.Int(1) }), (*film).unusedCopyPort)},
		{"targetPort another name", p1, eachPort(set("targetPort", func(*manifest.Node) *manifest.Node { return manifest.Str("htpp") }), (*film).unusedCopyPort)},
		{"port with another protocol", ports, eachPort(set("protocol", func(*manifest.Node) *manifest.Node { return manifest.Str("UDP") }), (*film).unaliasedPort)},
		{"selector mistyped", p1, eachCopy(func(o *manifest.Object) *manifest.Object { return mistypeValues(o, manifest.P("spec", "selector")) })},
		{"selector with a label too many", p1, eachCopy(func(o *manifest.Object) *manifest.Object {
			return o.With(manifest.P("spec", "selector", "version"), manifest.Str("2"))
		})},
		{"selector dropped", p1, eachCopy(func(o *manifest.Object) *manifest.Object { return o.Without(manifest.P("spec", "selector")) })},
		{"selector of a neighbour", []diag.Code{"P1", "P2", "P3"}, selectorOfNeighbour},
		{"externalName: name mistyped", p1, eachAlias(func(o *manifest.Object, name string) string { return "x" + name })},
		{"externalName: namespace mistyped", p1, eachAlias(relabel(1, func(s string) string { return s + "s" }))},
		{"externalName: cluster domain mistyped", aliases, everyAlias(func(_ *manifest.Object, name string) string { return name + "x" })},
		{"externalName: short of the domain", aliases, everyAlias(func(_ *manifest.Object, name string) string {
			return strings.Join(strings.Split(name, ".")[:3], ".")
		})},
		{"externalName: only the name", aliases, everyAlias(func(_ *manifest.Object, name string) string { return strings.Split(name, ".")[0] })},
		{"externalName: leads to itself", aliases, everyAlias(func(o *manifest.Object, name string) string {
			return relabel(1, func(string) string { return o.ID.Namespace })(o, name)
		})},
		{"externalName: leads to a namesake", []diag.Code{"P1", "P2", "P3"}, aliasToNamesake},
		{"externalName: an IP address", aliases, everyAlias(func(*manifest.Object, string) string { return "10.0.0.7" })},
	}
}

// eachCopy changes, or without a change removes, each copy of a Service.
func eachCopy(change func(*manifest.Object) *manifest.Object) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, s := range f.copied("Service") {
			m := f.mutate(func(f *film) {
				if change == nil {
					f.lose(s)
				} else {
					f.edit(s, change)
				}
			}, "%s", s.key.ID)
			harmless := cmp.Or(f.unusedCopy(f.original(s.after)), f.portIdle(s, f.original(s.after), 0))
			if change == nil && harmless != "" {
				continue // what is left out for good is an own fault: see lost objects
			}
			out = append(out, m.unless(harmless))
		}
		return out
	}
}

// eachPort changes each port of each copy.
func eachPort(change func(*manifest.Object, manifest.Path) *manifest.Object, harmless func(f *film, original *manifest.Object, number int64) string) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, s := range f.copied("Service") {
			for i, p := range s.after.Get("spec", "ports").Items() {
				number, _ := p.Get("port").Int()
				m := f.mutate(func(f *film) {
					f.edit(s, func(o *manifest.Object) *manifest.Object { return change(o, manifest.P("spec", "ports").Index(i)) })
				}, "%s, port %d", s.key.ID, number)
				out = append(out, m.unless(cmp.Or(harmless(f, f.original(s.after), number), f.portIdle(s, f.original(s.after), number))))
			}
		}
		return out
	}
}

// mistypeValues changes every value of a mapping.
func mistypeValues(o *manifest.Object, at manifest.Path) *manifest.Object {
	for key, value := range o.Get(at...).Entries() {
		o = o.With(at.Join(key), manifest.Str(value.Value()+"s"))
	}
	return o
}

// relabel changes one label of a name.
func relabel(n int, change func(string) string) func(*manifest.Object, string) string {
	return func(_ *manifest.Object, name string) string {
		labels := strings.Split(name, ".")
		labels[n] = change(labels[n])
		return strings.Join(labels, ".")
	}
}

// eachAlias changes where each alias leads.
func eachAlias(change func(o *manifest.Object, name string) string) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, s := range f.changed("Service") {
			was := s.after.Text("spec", "externalName")
			if was == "" || s.before.Text("spec", "externalName") != "" || !strings.Contains(was, ".svc.") {
				continue // of an ingress: see hopFaults
			}
			now := change(s.after, was)
			m := f.mutate(func(f *film) {
				f.edit(s, func(o *manifest.Object) *manifest.Object {
					return o.With(manifest.P("spec", "externalName"), manifest.Str(now))
				})
			}, "%s to %s", s.key.ID, now)
			out = append(out, m.unless(f.unused(f.original(s.after))))
		}
		return out
	}
}

// everyAlias is eachAlias for values that no alias may have, called or not.
func everyAlias(change func(o *manifest.Object, name string) string) func(*film) []mutant {
	return harmful(eachAlias(change))
}

// unaliasedPort says why a port of a copy is not needed: nobody calls it, and no
// alias stands for the Service, which would need every port that it had.
func (f *film) unaliasedPort(original *manifest.Object, number int64) string {
	for _, s := range f.changed("Service") {
		if s.key == keyOf(original) && s.after.Text("spec", "type") == "ExternalName" {
			return ""
		}
	}
	return f.unusedCopyPort(original, number)
}

// harmful says that the mutants of a fault break a rule, whoever calls.
func harmful(apply func(*film) []mutant) func(*film) []mutant {
	return func(f *film) []mutant {
		out := apply(f)
		for i := range out {
			out[i].harmless = ""
		}
		return out
	}
}

// aliasToNamesake leads an alias to another Service of today that has a port of
// the same number.
func aliasToNamesake(f *film) (out []mutant) {
	for _, s := range f.changed("Service") {
		name := s.after.Text("spec", "externalName")
		if name == "" || f.unused(f.original(s.after)) != "" {
			continue
		}
		other := f.someoneElse(f.original(s.after))
		if other == nil {
			continue
		}
		labels := strings.Split(name, ".")
		labels[0], labels[1] = other.ID.Name, other.ID.Namespace
		out = append(out, f.mutate(func(f *film) {
			f.edit(s, func(o *manifest.Object) *manifest.Object {
				return o.With(manifest.P("spec", "externalName"), manifest.Str(strings.Join(labels, ".")))
			})
		}, "%s to %s", s.key.ID, other.ID))
	}
	return out
}

// someoneElse returns a Service of another app with the same first port,
// preferably a namesake; nil when there is none.
func (f *film) someoneElse(service *manifest.Object) *manifest.Object {
	var found *manifest.Object
	port := func(o *manifest.Object) string { return o.Text("spec", "ports", "0", "port") }
	for _, o := range f.result.Inventory.Objects {
		if o.ID.Kind != "Service" || o == service || port(o) != port(service) || plan.Headless(o) {
			continue
		}
		if found == nil || o.ID.Name == service.ID.Name {
			found = o
		}
	}
	return found
}

// selectorOfNeighbour lets a copy select the pods of another app that is in its
// namespace in the end.
func selectorOfNeighbour(f *film) (out []mutant) {
	end := f.end()
	for _, s := range f.copied("Service") {
		if f.unused(f.original(s.after)) != "" {
			continue
		}
		for _, app := range f.result.Graph.Apps {
			if len(app.Workloads) == 0 || app == f.result.Graph.ServiceOwner(plan.ClusterOf(f.original(s.after)), f.original(s.after).ID) {
				continue
			}
			neighbour := render.Key{Cluster: s.key.Cluster, ID: app.Workloads[0].ID.In(s.key.Namespace)}
			if end[neighbour] == nil {
				continue
			}
			labels := plan.PodTemplate(end[neighbour]).Get("metadata", "labels")
			out = append(out, f.mutate(func(f *film) {
				f.edit(s, func(o *manifest.Object) *manifest.Object { return o.With(manifest.P("spec", "selector"), labels) })
			}, "%s selects %s", s.key.ID, app.Name))
			break
		}
	}
	return out
}
