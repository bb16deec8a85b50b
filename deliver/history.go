package deliver

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// history is what the states hold, place by place, in variants that are written
// once, and which of them make up a place after each phase that changes it. It
// costs what the changes cost, and what the lists of the states are long.
type history struct {
	variants  []*variant // by place, group, then as they came about
	snapshots []snapshot // by state, then place
}

// snapshot is what a place consists of after a state that changed it.
type snapshot struct {
	state    *render.State
	place    plan.Place
	variants []*variant // by group
	gone     []*variant // of what the place consisted before and does not any more
}

// recorder folds the states into a history.
type recorder struct {
	grouper *grouper
	states  []*render.State
	slots   map[slotKey]*slot
	holder  map[render.Key]*slot // where the object of a key is now
	history *history
}

type slotKey struct {
	group *group
	place plan.Place
}

// record walks the states once.
func record(schedule *plan.Schedule, states []*render.State, opts Options, diags *diag.List) *history {
	r := &recorder{
		grouper: newGrouper(schedule, states[0], opts, diags),
		states:  states,
		slots:   map[slotKey]*slot{},
		holder:  map[render.Key]*slot{},
		history: &history{},
	}
	for at, s := range states {
		r.state(at, s)
	}
	r.collect()
	nameGroups(r.history)
	nameVariants(r.history)
	return r.history
}

// state applies the changes of one state.
func (r *recorder) state(at int, s *render.State) {
	var dirty []*slot // whose content is written as a whole
	for _, c := range s.Changes {
		if slot := r.change(at, c); slot != nil && slot.group.base != nil && !slot.dirty {
			slot.dirty = true
			dirty = append(dirty, slot)
		}
	}
	for _, slot := range dirty {
		slot.dirty = false
		slot.whole(at)
	}
}

// change carries out one change and returns the slot that it is in, nil when
// nothing is different.
func (r *recorder) change(at int, c render.Change) *slot {
	s := r.holder[c.Key]
	if s == nil {
		if c.After == nil {
			return nil
		}
		s = r.slot(r.grouper.of(c), c.Key.Place())
		r.holder[c.Key] = s
	}
	if c.After == nil {
		delete(r.holder, c.Key)
	}
	if !s.set(at, c.Key, c.After) {
		return nil
	}
	return s
}

func (r *recorder) slot(g *group, place plan.Place) *slot {
	key := slotKey{g, place}
	s := r.slots[key]
	if s == nil {
		s = &slot{group: g, place: place, now: map[render.Key]*version{}, seen: map[render.Key][]*version{}}
		r.slots[key] = s
	}
	return s
}

// collect makes the variants of all slots, and what of them each place consists
// of after the states that changed it. State 0 has all places, also those that
// come into being later, so that what points to a place has something to point
// to from the start.
func (r *recorder) collect() {
	slots := slices.SortedFunc(maps.Values(r.slots), compareSlots)
	for len(slots) > 0 {
		place := slots[0].place
		var variants []*variant
		for len(slots) > 0 && slots[0].place == place {
			variants = append(variants, slots[0].variants(r.states)...)
			slots = slots[1:]
		}
		r.history.variants = append(r.history.variants, variants...)
		r.place(place, variants)
	}
	slices.SortStableFunc(r.history.snapshots, func(a, b snapshot) int { return cmp.Compare(a.state.Index, b.state.Index) })
}

// place adds the snapshots of one place.
func (r *recorder) place(place plan.Place, variants []*variant) {
	touched := make([]bool, len(r.states))
	touched[0] = true
	for _, v := range variants {
		for _, at := range v.life {
			touched[at] = true
		}
	}
	for at, yes := range touched {
		if !yes {
			continue
		}
		s := snapshot{state: r.states[at], place: place}
		for _, v := range variants {
			switch {
			case v.life.at(at):
				s.variants = append(s.variants, v)
			case at > 0 && v.life.at(at-1):
				s.gone = append(s.gone, v)
			}
		}
		r.history.snapshots = append(r.history.snapshots, s)
	}
}

// restored returns the variants that hold exactly the objects that the way back
// of a phase applies at a place: nil where some of them are written nowhere in
// full, because they are part of an overlay.
func (h *history) restored(s *render.State, p placeBundle) []*variant {
	all := h.snapshotsOf(s)
	at, found := slices.BinarySearchFunc(all, p.place, func(n snapshot, p plan.Place) int { return n.place.Compare(p) })
	if !found {
		return nil
	}
	objects := 0
	for _, v := range all[at].gone {
		if v.group.base != nil {
			return nil
		}
		objects += len(v.objects)
	}
	if objects != len(p.restore) {
		return nil
	}
	return all[at].gone
}

// snapshotsOf returns the places that a state changed.
func (h *history) snapshotsOf(s *render.State) []snapshot {
	byIndex := func(n snapshot, index int) int { return cmp.Compare(n.state.Index, index) }
	from, _ := slices.BinarySearchFunc(h.snapshots, s.Index, byIndex)
	to, _ := slices.BinarySearchFunc(h.snapshots, s.Index+1, byIndex)
	return h.snapshots[from:to]
}
