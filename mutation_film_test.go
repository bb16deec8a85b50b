package rehome_test

import (
	"maps"
	"slices"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// film is a migration that can be edited: the scenes are its phases in order,
// each with what it leaves behind of the objects it touches.
type film struct {
	result *rehome.Result
	today  map[render.Key]*manifest.Object
	scenes []scene
}

// scene is one phase: what its objects are afterwards, nil for those it deletes.
type scene struct {
	phase *plan.Phase
	after map[render.Key]*manifest.Object
	zone  []render.Record // the zone file after it
}

func newFilm(r *rehome.Result) *film {
	f := &film{result: r, today: map[render.Key]*manifest.Object{}}
	for _, c := range r.States[0].Changes {
		f.today[c.Key] = c.After
	}
	for _, s := range r.States[1:] {
		after := make(map[render.Key]*manifest.Object, len(s.Changes))
		for _, c := range s.Changes {
			after[c.Key] = c.After
		}
		f.scenes = append(f.scenes, scene{s.Phase, after, s.Zone})
	}
	return f
}

// clone returns a film that can be edited alone.
func (f *film) clone() *film {
	out := &film{result: f.result, today: f.today, scenes: slices.Clone(f.scenes)}
	for i := range out.scenes {
		out.scenes[i].after = maps.Clone(out.scenes[i].after)
	}
	return out
}

// states returns the film as the states that are proved. Scenes that change
// nothing any more stay: an empty phase is no fault.
func (f *film) states() []*render.State {
	out := []*render.State{f.result.States[0]}
	current := maps.Clone(f.today)
	for i, s := range f.scenes {
		state := &render.State{Index: i + 1, Phase: s.phase, Zone: s.zone}
		for _, key := range slices.SortedFunc(maps.Keys(s.after), render.Key.Compare) {
			before, after := current[key], s.after[key]
			if before == after {
				continue
			}
			state.Changes = append(state.Changes, render.Change{Key: key, Before: before, After: after})
			if current[key] = after; after == nil {
				delete(current, key)
			}
		}
		out = append(out, state)
	}
	return out
}

// at returns an object as it is after the first n phases.
func (f *film) at(n int, key render.Key) *manifest.Object {
	for i := n - 1; i >= 0; i-- {
		if o, ok := f.scenes[i].after[key]; ok {
			return o
		}
	}
	return f.today[key]
}

// end returns the objects of the last state.
func (f *film) end() map[render.Key]*manifest.Object {
	out := maps.Clone(f.today)
	for _, s := range f.scenes {
		for key, o := range s.after {
			if out[key] = o; o == nil {
				delete(out, key)
			}
		}
	}
	return out
}

// shot is an object that a phase makes, changes or deletes.
type shot struct {
	scene  int // from 0
	key    render.Key
	before *manifest.Object
	after  *manifest.Object
}

// shots lists what the phases do, in order.
func (f *film) shots(want func(shot) bool) []shot {
	var out []shot
	for i, s := range f.scenes {
		for _, key := range slices.SortedFunc(maps.Keys(s.after), render.Key.Compare) {
			if x := (shot{i, key, f.at(i, key), s.after[key]}); x.before != x.after && want(x) {
				out = append(out, x)
			}
		}
	}
	return out
}

// made lists what phases create, of some kinds.
func (f *film) made(kinds ...string) []shot {
	return f.shots(func(s shot) bool { return s.before == nil && slices.Contains(kinds, s.key.Kind) })
}

// copied lists what phases make of objects of today, of some kinds.
func (f *film) copied(kinds ...string) []shot {
	return slices.DeleteFunc(f.made(kinds...), func(s shot) bool { return f.original(s.after) == nil })
}

// changed lists what phases change in place, of some kinds.
func (f *film) changed(kinds ...string) []shot {
	return f.shots(func(s shot) bool { return s.before != nil && s.after != nil && slices.Contains(kinds, s.key.Kind) })
}

// deleted lists what phases delete, of some kinds.
func (f *film) deleted(kinds ...string) []shot {
	return f.shots(func(s shot) bool { return s.after == nil && slices.Contains(kinds, s.key.Kind) })
}

// edit changes an object from a shot on, in all its later versions.
func (f *film) edit(s shot, change func(*manifest.Object) *manifest.Object) {
	for i := s.scene; i < len(f.scenes); i++ {
		o, ok := f.scenes[i].after[s.key]
		if ok && o == nil {
			return
		}
		if ok {
			f.scenes[i].after[s.key] = change(o)
		}
	}
}

// cut takes a shot out: its phase leaves the object alone.
func (f *film) cut(s shot) { delete(f.scenes[s.scene].after, s.key) }

// lose removes an object from a shot on until the end.
func (f *film) lose(s shot) {
	f.scenes[s.scene].after[s.key] = nil
	for i := s.scene + 1; i < len(f.scenes); i++ {
		delete(f.scenes[i].after, s.key)
	}
}

// move shifts a scene to another position.
func (f *film) move(from, to int) {
	s := f.scenes[from]
	f.scenes = slices.Insert(slices.Delete(f.scenes, from, from+1), to, s)
}

// merge puts a scene and the one behind it into one: the gate between them is
// dropped.
func (f *film) merge(i int) {
	for key, o := range f.scenes[i+1].after {
		f.scenes[i].after[key] = o
	}
	f.scenes[i].zone = f.scenes[i+1].zone
	f.scenes = slices.Delete(f.scenes, i+1, i+2)
}

// indexOf returns the first scene of a kind for which a condition holds, -1 when
// there is none.
func (f *film) indexOf(kind plan.StepKind, about func(plan.Step) bool) int {
	return slices.IndexFunc(f.scenes, func(s scene) bool {
		return s.phase.Kind == kind && slices.ContainsFunc(s.phase.Steps, about)
	})
}

// original returns the object of today that a copy was made of, nil when rehome
// made it.
func (f *film) original(o *manifest.Object) *manifest.Object {
	if o.Source() == nil {
		return nil
	}
	for _, today := range f.result.Inventory.Objects {
		if today.Source() == o.Source() {
			return today
		}
	}
	return nil
}

// keyOf returns the key of an object of today.
func keyOf(o *manifest.Object) render.Key { return render.Key{Cluster: plan.ClusterOf(o), ID: o.ID} }
