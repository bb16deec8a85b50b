package deliver

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// history is what the states hold, place by place: each distinct content of a
// group at a place once, and which of them make up a place after each phase
// that changes it. It costs what the changes cost.
type history struct {
	variants  []*variant
	snapshots []snapshot // by state, then place
}

// snapshot is what a place consists of after a state that changed it.
type snapshot struct {
	state    *render.State
	place    plan.Place
	variants []*variant // by group
}

// slot is a group at a place: what changes as one.
type slot struct {
	group   *group
	place   plan.Place
	keys    []render.Key // of what is there now, sorted
	objects []*manifest.Object
	sum     uint64 // of the serials of objects: tells a content that was there before

	seen     map[render.Key][]version
	serial   uint64
	current  *variant
	variants map[uint64][]*variant // by sum
}

// version is one of the forms an object of a slot had.
type version struct {
	object *manifest.Object
	serial uint64
}

// recorder folds the states into a history.
type recorder struct {
	grouper *grouper
	history *history
	slots   map[slotKey]*slot
	holder  map[render.Key]*slot // where the object of a key is now
	places  map[plan.Place][]*slot
}

type slotKey struct {
	group *group
	place plan.Place
}

// record walks the states once.
func record(schedule *plan.Schedule, states []*render.State, opts Options, diags *diag.List) *history {
	r := &recorder{
		grouper: newGrouper(schedule, states[0], opts, diags),
		history: &history{},
		slots:   map[slotKey]*slot{},
		holder:  map[render.Key]*slot{},
		places:  map[plan.Place][]*slot{},
	}
	for _, s := range states {
		r.state(s)
	}
	r.emptyPlaces(states[0])
	nameGroups(r.history)
	nameVariants(r.history)
	return r.history
}

// state applies the changes of one state and notes what they make of each place
// that they touch.
func (r *recorder) state(s *render.State) {
	dirty, places := map[*slot]bool{}, map[plan.Place]bool{}
	for _, c := range s.Changes {
		if slot := r.change(c); slot != nil {
			dirty[slot] = true
		}
	}
	touched := slices.SortedFunc(maps.Keys(dirty), compareSlots)
	for _, slot := range touched {
		if v := r.variant(slot, s); v != slot.current {
			slot.current = v
			places[slot.place] = true
		}
	}
	for _, p := range slices.SortedFunc(maps.Keys(places), plan.Place.Compare) {
		r.history.snapshots = append(r.history.snapshots, snapshot{state: s, place: p, variants: current(r.places[p])})
	}
}

// change carries out one change and returns the slot that it is in, nil when
// nothing is different.
func (r *recorder) change(c render.Change) *slot {
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
	return s.set(c.Key, c.After)
}

func (r *recorder) slot(g *group, place plan.Place) *slot {
	key := slotKey{g, place}
	if s := r.slots[key]; s != nil {
		return s
	}
	s := &slot{group: g, place: place, seen: map[render.Key][]version{}, variants: map[uint64][]*variant{}}
	r.slots[key] = s
	at, _ := slices.BinarySearchFunc(r.places[place], s, compareSlots)
	r.places[place] = slices.Insert(r.places[place], at, s)
	return s
}

// variant returns the content of a slot, which is nil when it is empty, and the
// variant that it was before when it was the same before.
func (r *recorder) variant(s *slot, state *render.State) *variant {
	if len(s.objects) == 0 {
		return nil
	}
	for _, v := range s.variants[s.sum] {
		if slices.Equal(v.objects, s.objects) {
			return v
		}
	}
	v := &variant{group: s.group, place: s.place, state: state, objects: slices.Clone(s.objects)}
	s.variants[s.sum] = append(s.variants[s.sum], v)
	r.history.variants = append(r.history.variants, v)
	return v
}

// emptyPlaces adds to state 0 the places that come into being later, so that
// what points to a place has something to point to from the start.
func (r *recorder) emptyPlaces(today *render.State) {
	inUse := map[plan.Place]bool{}
	for _, s := range r.history.snapshots {
		if s.state == today {
			inUse[s.place] = true
		}
	}
	for _, p := range slices.SortedFunc(maps.Keys(r.places), plan.Place.Compare) {
		if !inUse[p] {
			r.history.snapshots = append(r.history.snapshots, snapshot{state: today, place: p})
		}
	}
	slices.SortStableFunc(r.history.snapshots, func(a, b snapshot) int {
		return cmp.Or(cmp.Compare(a.state.Index, b.state.Index), a.place.Compare(b.place))
	})
}

// snapshotsOf returns the places that a state changed.
func (h *history) snapshotsOf(s *render.State) []snapshot {
	byIndex := func(n snapshot, index int) int { return cmp.Compare(n.state.Index, index) }
	from, _ := slices.BinarySearchFunc(h.snapshots, s.Index, byIndex)
	to, _ := slices.BinarySearchFunc(h.snapshots, s.Index+1, byIndex)
	return h.snapshots[from:to]
}

// set puts an object, or nothing, in the place of a key. It returns the slot
// when that makes a difference.
func (s *slot) set(key render.Key, o *manifest.Object) *slot {
	at, found := slices.BinarySearchFunc(s.keys, key, render.Key.Compare)
	var was, is version
	if found {
		was = s.intern(key, s.objects[at])
	}
	switch {
	case o == nil && !found:
		return nil
	case o == nil:
		s.keys, s.objects = slices.Delete(s.keys, at, at+1), slices.Delete(s.objects, at, at+1)
	default:
		if is = s.intern(key, o); is == was {
			return nil
		}
		if !found {
			s.keys, s.objects = slices.Insert(s.keys, at, key), slices.Insert(s.objects, at, nil)
		}
		s.objects[at] = is.object
	}
	s.sum += spread(is.serial) - spread(was.serial)
	return s
}

// intern returns the first of the versions of a key that means the same as the
// object, so that equal contents consist of the same objects.
func (s *slot) intern(key render.Key, o *manifest.Object) version {
	for _, v := range s.seen[key] {
		if v.object == o || v.object.Root().Equal(o.Root()) {
			return v
		}
	}
	s.serial++
	v := version{o, s.serial}
	s.seen[key] = append(s.seen[key], v)
	return v
}

// spread turns serials into numbers whose sums tell sets of them apart
// (splitmix64); 0 stays 0.
func spread(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func compareSlots(a, b *slot) int {
	return cmp.Or(a.place.Compare(b.place), a.group.compare(b.group))
}

func current(slots []*slot) []*variant {
	var out []*variant
	for _, s := range slots {
		if s.current != nil {
			out = append(out, s.current)
		}
	}
	return out
}
