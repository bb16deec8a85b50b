package render

import (
	"maps"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// States folds the steps of a schedule over its inventory: state 0 is today,
// each following one is the state after a phase.
func States(schedule *plan.Schedule) ([]*State, diag.List) {
	f := newFolder(schedule)
	states := []*State{f.today()}
	for _, phase := range schedule.Phases {
		for _, step := range phase.Steps {
			f.step = step
			f.apply(step)
		}
		states = append(states, f.close(phase))
	}
	return states, f.diags
}

// folder is the state that the fold has reached.
type folder struct {
	schedule  *plan.Schedule
	graph     *plan.Graph
	current   map[Key]*manifest.Object
	owner     map[Key]*plan.Unit
	inventory map[Key]*manifest.Object
	users     map[*manifest.Object][]*plan.App // whose object it is
	arrived   map[*plan.App]bool               // apps whose routes have been made at the target
	departed  map[*plan.App]bool               // apps whose old routes have been removed
	backends  map[*manifest.Object]*backends   // of the routes that were divided
	divided   map[Key]division                 // routes to be divided at the end of the phase
	renamed   map[Key]string                   // generated objects at a place: by their key in the inventory, their name now
	running   map[podLabel][]*manifest.Object  // workloads by the labels of their pods, made when it is first needed
	doors     map[string]int                   // open hops by cluster
	opened    map[hopSide]*plan.OpenHop        // hops that are open
	relays    map[hopSide]*plan.Relay          // relays that run
	leftover  []Key                            // kept for pods that still run with them, until Finish

	before map[Key]*manifest.Object // of the phase that is being applied: what was there
	causes map[Key]cause
	step   plan.Step
	diags  diag.List
}

// cause says which step changed an object, and why.
type cause struct {
	step plan.Step
	why  string
}

func newFolder(schedule *plan.Schedule) *folder {
	g := schedule.Graph
	f := &folder{
		schedule:  schedule,
		graph:     g,
		current:   make(map[Key]*manifest.Object, len(g.Inventory.Objects)),
		owner:     make(map[Key]*plan.Unit, len(g.Inventory.Objects)),
		inventory: make(map[Key]*manifest.Object, len(g.Inventory.Objects)),
		users:     make(map[*manifest.Object][]*plan.App, len(g.Inventory.Objects)),
		arrived:   map[*plan.App]bool{},
		departed:  map[*plan.App]bool{},
		backends:  map[*manifest.Object]*backends{},
		divided:   map[Key]division{},
		renamed:   map[Key]string{},
		doors:     map[string]int{},
		opened:    map[hopSide]*plan.OpenHop{},
		relays:    map[hopSide]*plan.Relay{},
		before:    map[Key]*manifest.Object{},
		causes:    map[Key]cause{},
	}
	for _, o := range g.Inventory.Objects {
		f.inventory[f.keyOf(o)] = o
	}
	for _, a := range g.Apps {
		for _, o := range a.Objects {
			f.users[o] = []*plan.App{a}
		}
	}
	for _, s := range g.Shared {
		f.users[s.Object] = s.Users
	}
	return f
}

// today returns state 0, which holds the inventory as it is.
func (f *folder) today() *State {
	for _, o := range f.graph.Inventory.Objects {
		f.put(f.keyOf(o), o, f.graph.UnitOf(o), "")
	}
	return f.close(nil)
}

// keyOf returns the key of an object of the inventory.
func (f *folder) keyOf(o *manifest.Object) Key {
	return Key{Cluster: plan.ClusterOf(o), ID: o.ID}
}

// keyAt returns the key of an inventory object's copy at a place, under the name
// that a generator gives it there.
func (f *folder) keyAt(o *manifest.Object, at plan.Place) Key {
	key := Key{Cluster: at.Cluster, ID: o.ID.In(at.Namespace)}
	if name, ok := f.renamed[key]; ok {
		key.Name = name
	}
	return key
}

// put sets an object of the state.
func (f *folder) put(key Key, o *manifest.Object, owner *plan.Unit, why string) {
	f.remember(key, why)
	f.current[key] = o
	f.owner[key] = owner
}

// remove deletes an object of the state; one that is not there is no error.
func (f *folder) remove(key Key, why string) {
	if f.current[key] == nil {
		return
	}
	f.remember(key, why)
	delete(f.current, key)
}

// remember keeps what was there before the phase, and what changed it.
func (f *folder) remember(key Key, why string) {
	if _, ok := f.before[key]; !ok {
		f.before[key] = f.current[key]
	}
	if c, ok := f.causes[key]; !ok || c.why == "" {
		f.causes[key] = cause{f.step, why}
	}
}

// close ends a phase: what differs from before is the state's changes.
func (f *folder) close(phase *plan.Phase) *State {
	f.divide()
	s := &State{Phase: phase, Changes: make([]Change, 0, len(f.before)), Zone: f.zone()}
	if phase != nil {
		s.Index = phase.Number
	}
	for _, key := range slices.SortedFunc(maps.Keys(f.before), Key.Compare) {
		before, after := f.before[key], f.current[key]
		if before == after {
			continue
		}
		c := f.causes[key]
		s.Changes = append(s.Changes, Change{
			Key: key, Before: before, After: after,
			Owner: f.owner[key], Step: c.step, Why: c.why,
		})
	}
	clear(f.before)
	clear(f.causes)
	return s
}

// apply carries out one step.
func (f *folder) apply(step plan.Step) {
	switch s := step.(type) {
	case *plan.Prepare:
		f.prepare(s)
	case *plan.Deploy:
		f.deploy(s)
	case *plan.Relay:
		f.relay(s)
	case *plan.Route:
		f.route(s)
	case *plan.Unroute:
		f.unroute(s)
	case *plan.Flip:
		f.flip(s)
	case *plan.Retire:
		f.retire(s)
	case *plan.Repoint:
		f.repoint(s)
	case *plan.Unflip:
		f.unflip(s)
	case *plan.OpenHop:
		f.openHop(s)
	case *plan.CloseHop:
		f.closeHop(s)
	case *plan.Finish:
		f.finish(s)
	}
}

// make adds an object that must not be there yet: a move never overwrites what
// somebody else has under the same name (H30). The same content is no conflict.
func (f *folder) make(key Key, o *manifest.Object, owner *plan.Unit, why string) {
	existing := f.current[key]
	if existing == nil {
		f.put(key, o, owner, why)
		return
	}
	if existing.Root().Equal(o.Root()) {
		return
	}
	d := f.diags.Errorf("H30", o.Pos("metadata", "name"), "%s would be made in %s, where another object of this name exists already", o.ID, key.Place()).
		WithFix("rename one of the two, or move to another namespace").WithApp(stepApp(f.step))
	if pos := existing.Pos("metadata", "name"); !pos.IsZero() {
		d.WithNote(pos, "the object that is there")
	}
}

// stepApp returns the name of the app that a step deploys, "" when it is about
// several.
func stepApp(step plan.Step) string {
	switch s := step.(type) {
	case *plan.Deploy:
		return s.App.Name
	case *plan.Relay:
		return s.App.Name
	case *plan.Route:
		return s.App.Name
	case *plan.Prepare, *plan.Unroute, *plan.Flip, *plan.Retire, *plan.Repoint, *plan.Unflip, *plan.Finish, *plan.OpenHop, *plan.CloseHop:
	}
	return ""
}

// domain returns the DNS domain of a cluster.
func (f *folder) domain(cluster string) string {
	return f.graph.Plan.Spec.DomainOf(cluster)
}
