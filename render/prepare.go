package render

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// prepare makes a place ready for the apps that move there.
func (f *folder) prepare(s *plan.Prepare) {
	if s.Namespace {
		f.makeNamespace(s)
	}
	for _, o := range s.Globals {
		f.make(Key{Cluster: s.Place.Cluster, ID: o.ID}, manifest.New(o.Root()), nil, "named by what moves there")
	}
	var rest []plan.SharedCopy
	for _, c := range s.Copies {
		if c.Shared.Object.ID.IsConfig() {
			f.copyShared(s.Place, c)
		} else {
			rest = append(rest, c)
		}
	}
	for _, c := range rest {
		f.copyShared(s.Place, c)
	}
	for _, p := range s.Policies {
		o := f.copyTo(p.Object, s.Place, nil)
		f.make(Key{Cluster: s.Place.Cluster, ID: o.ID}, o, f.graph.UnitOf(p.Object), "in force before "+p.App.Name+" starts")
	}
	f.openAll(s.Openings)
	for _, g := range s.Grants {
		f.widen(g)
	}
}

// copyShared makes the copy of a shared object at a place.
func (f *folder) copyShared(at plan.Place, c plan.SharedCopy) {
	inventory := c.Shared.Object
	o := f.withNames(f.copyTo(inventory, at, newAddressBook(c.Addresses)), inventory, at)
	f.make(Key{Cluster: at.Cluster, ID: o.ID}, o, f.graph.UnitOf(inventory), "shared by "+userNames(c.Shared.Users))
}

// makeNamespace makes a namespace with the labels of the ones that its apps come
// from: pod security levels, injection and policy labels decide how pods are
// admitted and who may reach them (H61). Labels on which those disagree are left
// out.
func (f *folder) makeNamespace(s *plan.Prepare) {
	labels := []manifest.Field{}
	var sources []*manifest.Object
	for _, a := range s.Apps {
		if o := f.current[namespaceKey(a.From)]; o != nil && !slices.Contains(sources, o) {
			sources = append(sources, o)
		}
	}
	if len(sources) > 0 {
		for k, v := range sources[0].Get("metadata", "labels").Entries() {
			if k != "kubernetes.io/metadata.name" && allHaveLabel(sources, k, v) {
				labels = append(labels, manifest.F(k, manifest.Str(v.Value())))
			}
		}
	}
	metadata := []manifest.Field{manifest.F("name", manifest.Str(s.Place.Namespace))}
	if len(labels) > 0 {
		metadata = append(metadata, manifest.F("labels", manifest.Map(labels...)))
	}
	o := manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str("v1")),
		manifest.F("kind", manifest.Str("Namespace")),
		manifest.F("metadata", manifest.Map(metadata...)),
	))
	f.make(namespaceKey(s.Place), o, nil, "apps move there")
}

func allHaveLabel(objects []*manifest.Object, key string, value *manifest.Node) bool {
	return !slices.ContainsFunc(objects, func(o *manifest.Object) bool {
		have := o.Get("metadata", "labels", key)
		return have == nil || have.Value() != value.Value()
	})
}

func namespaceKey(p plan.Place) Key {
	return Key{Cluster: p.Cluster, ID: manifest.ID{Kind: "Namespace", Name: p.Namespace}}
}

func userNames(apps []*plan.App) string {
	out := ""
	for i, a := range apps {
		if i > 0 {
			out += ", "
		}
		out += a.Name
	}
	return out
}
