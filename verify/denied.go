package verify

import (
	"strconv"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/verify/sim"
)

// MarkDenied marks the edges of a graph that a NetworkPolicy denies today: a
// migration must not open what somebody closed.
func MarkDenied(g *plan.Graph) {
	if !hasPolicies(g.Inventory.Objects) {
		return
	}
	world := sim.New()
	for _, o := range g.Inventory.Objects {
		world.Put(plan.ClusterOf(o), o)
	}
	for _, e := range g.Edges {
		e.Denied = deniedToday(world, e)
	}
}

func hasPolicies(objects []*manifest.Object) bool {
	for _, o := range objects {
		if o.ID.Kind == "NetworkPolicy" {
			return true
		}
	}
	return false
}

func deniedToday(world *sim.World, e *plan.Edge) bool {
	for _, w := range e.Caller.Workloads {
		for _, p := range e.Service.Get("spec", "ports").Items() {
			number, ok := p.Get("port").Int()
			if !ok || e.Port != "" && e.Port != strconv.FormatInt(number, 10) {
				continue
			}
			result := world.Call(sim.Call{
				Cluster: plan.ClusterOf(w), From: world.Pods(w, sim.Ready),
				Host: e.Service.ID.Name + "." + e.Service.ID.Namespace, Port: int32(number), Protocol: p.Text("protocol"),
			})
			if result.Outcome == sim.Denied {
				return true
			}
		}
	}
	return false
}
