package deliver

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// slot is a group at a place, as the states go by.
type slot struct {
	group *group
	place plan.Place
	now   map[render.Key]*version
	seen  map[render.Key][]*version // the forms that each object had
	born  []*version                // all of them, as they came about

	dirty    bool                  // of a group that is written whole: it was changed
	contents map[uint64][]*variant // of a group that is written whole: what it was, by sum
	current  *variant              // of a group that is written whole: what it is
}

// version is one form of an object.
type version struct {
	key    render.Key
	object *manifest.Object
	serial uint64 // from 1
	life   life
}

// life is when something is there: it comes with the first of the states, goes
// with the second, comes back with the third, and so on.
type life []int

// turn notes that something comes or goes with a state.
func (l *life) turn(at int) {
	if n := len(*l); n > 0 && (*l)[n-1] == at {
		*l = (*l)[:n-1] // in the same state
		return
	}
	*l = append(*l, at)
}

// at reports whether something is there in a state.
func (l life) at(state int) bool {
	i, found := slices.BinarySearch(l, state)
	if found {
		i++
	}
	return i%2 == 1
}

// end returns the state with which something goes for good, and whether it does.
func (l life) end() (int, bool) {
	if len(l)%2 == 1 {
		return 0, false
	}
	return l[len(l)-1], true
}

// set puts an object, or nothing, in the place of a key and reports whether that
// makes a difference.
func (s *slot) set(at int, key render.Key, o *manifest.Object) bool {
	was := s.now[key]
	var is *version
	if o != nil {
		is = s.intern(key, o)
	}
	if was == is {
		return false
	}
	if was != nil {
		was.life.turn(at)
		delete(s.now, key)
	}
	if is != nil {
		is.life.turn(at)
		s.now[key] = is
	}
	return true
}

// intern returns the first of the versions of a key that means the same as the
// object, so that what comes back is not written again.
func (s *slot) intern(key render.Key, o *manifest.Object) *version {
	for _, v := range s.seen[key] {
		if v.object == o || v.object.Root().Equal(o.Root()) {
			return v
		}
	}
	v := &version{key: key, object: o, serial: uint64(len(s.born)) + 1}
	s.seen[key] = append(s.seen[key], v)
	s.born = append(s.born, v)
	return v
}

// whole notes what a slot holds after a state, as a variant by itself.
func (s *slot) whole(at int) {
	next := s.content()
	if next == s.current {
		return
	}
	if s.current != nil {
		s.current.life.turn(at)
	}
	if next != nil {
		next.life.turn(at)
	}
	s.current = next
}

// content returns what a slot holds, nil for nothing: the variant that it was
// before when it was the same before.
func (s *slot) content() *variant {
	if len(s.now) == 0 {
		return nil
	}
	versions := slices.SortedFunc(maps.Values(s.now), compareVersions)
	objects, sum := make([]*manifest.Object, len(versions)), uint64(0)
	for i, v := range versions {
		objects[i] = v.object
		sum += spread(v.serial)
	}
	for _, v := range s.contents[sum] {
		if slices.Equal(v.objects, objects) {
			return v
		}
	}
	if s.contents == nil {
		s.contents = map[uint64][]*variant{}
	}
	v := &variant{group: s.group, place: s.place, objects: objects}
	s.contents[sum] = append(s.contents[sum], v)
	return v
}

// variants returns what the slot is written as: each content of a group that is
// an overlay on one base, and of others the objects that come and go together.
func (s *slot) variants(states []*render.State) []*variant {
	var out []*variant
	if s.group.base != nil {
		for _, list := range s.contents { // put into order below
			out = append(out, list...)
		}
	} else {
		out = s.together()
	}
	out = slices.DeleteFunc(out, func(v *variant) bool { return len(v.life) == 0 })
	for _, v := range out {
		v.state = states[v.life[0]]
		if end, ends := v.life.end(); ends {
			v.until = states[end]
		}
	}
	slices.SortStableFunc(out, compareLives)
	return out
}

// together returns the versions that have the same life as one variant.
func (s *slot) together() []*variant {
	var out []*variant
	byLife := map[int][]*variant{} // by when they come
	slices.SortFunc(s.born, compareVersions)
next:
	for _, b := range s.born {
		if len(b.life) == 0 {
			continue
		}
		for _, v := range byLife[b.life[0]] {
			if slices.Equal(v.life, b.life) {
				v.objects = append(v.objects, b.object)
				continue next
			}
		}
		v := &variant{group: s.group, place: s.place, objects: []*manifest.Object{b.object}, life: b.life}
		byLife[b.life[0]] = append(byLife[b.life[0]], v)
		out = append(out, v)
	}
	return out
}

func compareVersions(a, b *version) int {
	return cmp.Or(a.key.Compare(b.key), cmp.Compare(a.serial, b.serial))
}

// compareLives orders variants as they come; of those that come together the
// one that stays longest is the first.
func compareLives(a, b *variant) int {
	aEnd, aEnds := a.life.end()
	bEnd, bEnds := b.life.end()
	if a.life[0] == b.life[0] && aEnds != bEnds {
		if bEnds {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.life[0], b.life[0]), cmp.Compare(bEnd, aEnd), slices.Compare(a.life, b.life))
}

func compareSlots(a, b *slot) int {
	return cmp.Or(a.place.Compare(b.place), a.group.compare(b.group))
}

// spread turns serials into numbers whose sums tell sets of them apart
// (splitmix64).
func spread(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
