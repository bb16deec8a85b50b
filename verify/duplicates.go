package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// duplicateRouteCheck is H35: while an app moves, its host and path have a route
// in both namespaces.
var duplicateRouteCheck = PlanCheck{
	Code: "H35", Severity: diag.Warning,
	Summary: "one host and path has a route in two namespaces",
	Run: func(p *PlanPass) {
		world := sim.New()
		for _, s := range p.States {
			for _, c := range s.Changes {
				if c.After == nil {
					world.Remove(c.Key.Cluster, c.Key.ID)
				} else if plan.IsRoute(c.After) {
					world.Put(c.Key.Cluster, c.After)
				}
			}
			for _, c := range s.Changes {
				if s.Phase != nil && c.Before == nil && plan.IsRoute(c.After) {
					p.checkDuplicates(s, c, world)
				}
			}
		}
	},
}

// checkDuplicates looks for other routes of the hosts and paths of a new one.
func (p *PlanPass) checkDuplicates(s *render.State, c render.Change, world *sim.World) {
	_, hosts := world.HostsOf(c.After)
	for _, e := range world.Table(c.Key.Cluster, hosts...) {
		mine := slices.ContainsFunc(e.Claims, func(x sim.Claim) bool { return x.Object == c.Key.ID })
		other := slices.IndexFunc(e.Claims, func(x sim.Claim) bool { return x.Object.Namespace != c.Key.Namespace })
		if !mine || other < 0 || e.Flavour == sim.Gateway {
			continue
		}
		p.Reportf("", c.After, manifest.P("metadata", "name"), "from phase %s on %s%s has two routes, %s and %s: %s", s.Phase.Title(), e.Host, e.Path, e.Claims[other].Object, c.Key.ID, settles(e.Flavour)).
			WithFix("%s", duplicateRemedies[e.Flavour])
		return
	}
}

func settles(f sim.Flavour) string {
	if f == sim.Traefik {
		return "Traefik takes either of them, and both lead to the same app"
	}
	return "ingress-nginx obeys the older one, and its admission webhook refuses the newer"
}

// duplicateRemedies say what to do about two routes.
var duplicateRemedies = map[sim.Flavour]string{
	sim.Nginx:   "exempt the new namespace from the admission webhook of ingress-nginx until the old route is deleted",
	sim.Traefik: "nothing has to be done while both lead to the same app",
}
