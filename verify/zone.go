package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// withZones returns the states with the records of their zone files as objects of
// no cluster, so that a record is a change like any other: made, changed or
// deleted in its phase, before or after all the rest.
func withZones(states []*render.State) []*render.State {
	if !slices.ContainsFunc(states, func(s *render.State) bool { return len(s.Zone) > 0 }) {
		return states
	}
	out := make([]*render.State, len(states))
	current := map[render.Key]*manifest.Object{}
	for i, s := range states {
		each := *s
		each.Changes = append(slices.Clone(s.Changes), zoneChanges(current, s.Zone)...)
		slices.SortFunc(each.Changes, func(a, b render.Change) int { return a.Key.Compare(b.Key) })
		out[i] = &each
	}
	return out
}

// zoneChanges returns what leads from the current records to those of a zone
// file, and makes them the current ones.
func zoneChanges(current map[render.Key]*manifest.Object, zone []render.Record) []render.Change {
	next := map[render.Key]*manifest.Object{}
	for _, o := range zoneObjects(zone) {
		next[render.Key{ID: o.ID}] = o
	}
	var out []render.Change
	for key, before := range current { // the caller puts them into order
		after := next[key]
		switch {
		case after == nil:
			out = append(out, render.Change{Key: key, Before: before})
			delete(current, key)
		case !before.Root().Equal(after.Root()):
			out = append(out, render.Change{Key: key, Before: before, After: after})
			current[key] = after
		}
	}
	for key, after := range next {
		if current[key] == nil {
			out = append(out, render.Change{Key: key, After: after})
			current[key] = after
		}
	}
	return out
}

// zoneObjects groups records by name and type, which is how a zone changes them.
func zoneObjects(zone []render.Record) []*manifest.Object {
	sorted := slices.SortedFunc(slices.Values(zone), render.Record.Compare)
	var out []*manifest.Object
	for start := 0; start < len(sorted); {
		end := start + 1
		for end < len(sorted) && sorted[end].Name == sorted[start].Name && sorted[end].Type == sorted[start].Type {
			end++
		}
		out = append(out, zoneObject(sorted[start:end]))
		start = end
	}
	return out
}

func zoneObject(records []render.Record) *manifest.Object {
	first := records[0]
	var data []string
	for _, r := range records {
		data = append(data, r.Data)
	}
	return manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str(sim.RecordGroup+"/v1alpha1")),
		manifest.F("kind", manifest.Str(sim.RecordKind)),
		manifest.F("metadata", manifest.Map(manifest.F("name", manifest.Str(first.Name+" "+first.Type)))),
		manifest.F("spec", manifest.Map(
			manifest.F("name", manifest.Str(first.Name)),
			manifest.F("type", manifest.Str(first.Type)),
			manifest.F("ttl", manifest.Int(first.TTL)),
			manifest.F("data", manifest.Strs(data...)),
		)),
	))
}
