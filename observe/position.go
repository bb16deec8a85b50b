package observe

import (
	"maps"
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// Difference is an object that a cluster does not hold as a state has it.
type Difference struct {
	Key    render.Key
	How    How
	Fields []manifest.Path // of an object that differs
}

// How says in which way a cluster differs from a state.
type How string

// The ways in which a cluster differs.
const (
	Missing  How = "missing"
	LeftOver How = "left over"
	Differs  How = "different"
)

// Position is where the clusters stand in a migration.
type Position struct {
	Phase       int          // that the clusters are closest to having reached; 0 is today
	Differences []Difference // from the state that it leaves behind, by key
	InEffect    []render.Key // changes of the next phase that are carried out already
	Pending     []render.Key // those that are not
	Unknown     []render.Key // objects whose kind no dump holds
}

// Reached reports whether the clusters hold exactly the state of the phase.
func (p *Position) Reached() bool { return len(p.Differences) == 0 }

// clusters are the dumps by the name of their cluster.
type clusters map[string]*Dump

func byName(dumps []*Dump) clusters {
	out := make(clusters, len(dumps))
	for _, d := range dumps {
		out[d.Cluster] = d
	}
	return out
}

// of returns the dump of a key's cluster, nil when its kind was not asked for.
func (c clusters) of(key render.Key) *Dump {
	name := key.Cluster
	if name == "" {
		name = plan.DefaultCluster
	}
	if d := c[name]; d != nil && d.Holds(key.ID) {
		return d
	}
	return nil
}

// compare returns how a cluster differs from holding an object, or from not
// holding it when it is nil.
func (c clusters) compare(key render.Key, want *manifest.Object) (Difference, bool) {
	holds := c.of(key).objects[key.ID]
	switch {
	case want == nil && holds == nil:
		return Difference{}, false
	case want == nil:
		return Difference{Key: key, How: LeftOver}, true
	case holds == nil:
		return Difference{Key: key, How: Missing}, true
	}
	fields := differences(want, holds)
	return Difference{key, Differs, fields}, len(fields) > 0
}

// Locate finds the phase whose state the clusters differ least from; of several
// the latest, because what is between them is only a gate. Only objects that some
// phase changes tell phases apart, so only those are compared.
func Locate(states []*render.State, dumps []*Dump) *Position {
	c := byName(dumps)
	current, position := map[render.Key]*manifest.Object{}, &Position{}
	for _, key := range changing(states) {
		if c.of(key) == nil {
			position.Unknown = append(position.Unknown, key)
		} else {
			current[key] = nil
		}
	}
	wrong := map[render.Key]Difference{}
	for i, s := range states {
		var touched []render.Key
		for _, change := range s.Changes {
			if _, known := current[change.Key]; known {
				current[change.Key] = change.After
				touched = append(touched, change.Key)
			}
		}
		if i == 0 {
			touched = slices.Collect(maps.Keys(current)) // also what is not there yet
		}
		for _, key := range touched {
			delete(wrong, key)
			if d, differs := c.compare(key, current[key]); differs {
				wrong[key] = d
			}
		}
		if i == 0 || len(wrong) <= len(position.Differences) {
			position.Phase, position.Differences = i, sorted(wrong)
		}
	}
	position.next(states, c)
	return position
}

// changing returns the keys that some phase changes, in their order.
func changing(states []*render.State) []render.Key {
	var keys []render.Key
	for _, s := range states[1:] {
		for _, c := range s.Changes {
			keys = append(keys, c.Key)
		}
	}
	slices.SortFunc(keys, render.Key.Compare)
	return slices.Compact(keys)
}

func sorted(wrong map[render.Key]Difference) []Difference {
	out := make([]Difference, 0, len(wrong))
	for _, d := range wrong { // put into order below
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b Difference) int { return a.Key.Compare(b.Key) })
	return out
}

// next finds out how much of the next phase is carried out.
func (p *Position) next(states []*render.State, c clusters) {
	if p.Phase+1 >= len(states) {
		return
	}
	for _, change := range states[p.Phase+1].Changes {
		if c.of(change.Key) == nil {
			continue
		}
		if _, differs := c.compare(change.Key, change.After); differs {
			p.Pending = append(p.Pending, change.Key)
		} else {
			p.InEffect = append(p.InEffect, change.Key)
		}
	}
}
