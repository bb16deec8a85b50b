package deliver

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// replay follows the steps of a schedule: where each app runs, and what it calls.
type replay struct {
	deployed map[*plan.App]bool
	retired  map[*plan.App]bool
	flipped  map[nameAt]*plan.Flip // names that stand for a Service elsewhere
	calls    map[call]plan.Place   // where a caller at a place calls a Service
}

// appAt is an app at one of its places.
type appAt struct {
	app   *plan.App
	place plan.Place
}

// nameAt is the name of a Service at a place.
type nameAt struct {
	service *manifest.Object
	place   plan.Place
}

type call struct {
	caller  *plan.App
	from    plan.Place
	service *manifest.Object
}

func newReplay(g *plan.Graph) *replay {
	r := &replay{
		deployed: map[*plan.App]bool{}, retired: map[*plan.App]bool{},
		flipped: map[nameAt]*plan.Flip{}, calls: map[call]plan.Place{},
	}
	for _, e := range g.Edges {
		r.calls[call{e.Caller, e.Caller.From, e.Service}] = e.Callee.From
	}
	return r
}

func (r *replay) step(s plan.Step) {
	switch s := s.(type) {
	case *plan.Prepare:
		for _, c := range s.Copies {
			r.readers(c.Shared, s.Apps, s.Place, c.Addresses)
		}
	case *plan.Deploy:
		r.deployed[s.App] = true
		r.addresses(s.App, s.App.To, s.Addresses)
	case *plan.Flip:
		r.flipped[nameAt{s.Service, s.At}] = s
		if s.Lead == plan.ToItself {
			delete(r.flipped, nameAt{s.Service, s.At})
		}
	case *plan.Retire:
		r.retired[s.App] = true
	case *plan.Repoint:
		if s.App != nil {
			r.addresses(s.App, s.At, s.Addresses)
		}
		for _, a := range s.Readers {
			r.addresses(a, s.At, s.Addresses)
		}
	case *plan.Unflip:
		delete(r.flipped, nameAt{s.Service, s.At})
	case *plan.Relay, *plan.Route, *plan.Unroute, *plan.OpenHop, *plan.CloseHop, *plan.Finish:
	}
}

// readers notes the addresses of a shared object for those of the apps that use
// it.
func (r *replay) readers(shared *plan.Shared, apps []*plan.App, at plan.Place, addresses []plan.Address) {
	for _, a := range apps {
		for _, u := range shared.Users {
			if u == a {
				r.addresses(a, at, addresses)
			}
		}
	}
}

func (r *replay) addresses(a *plan.App, at plan.Place, addresses []plan.Address) {
	for _, address := range addresses {
		r.calls[call{a, at, address.Service}] = address.At
	}
}

// running returns the places where an app runs, the old one first.
func (r *replay) running(a *plan.App) []plan.Place {
	var places []plan.Place
	if !r.retired[a] || !a.Moves() {
		places = append(places, a.From)
	}
	if a.Moves() && r.deployed[a] {
		places = append(places, a.To)
	}
	return places
}
