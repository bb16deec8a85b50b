package verify

import (
	"strings"
	"time"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// Window is the time in which a caller may dial an address that nobody serves:
// it begins when a Service is flipped and is over, at the latest, when every
// cache has expired.
type Window struct {
	Edge    *plan.Edge
	Phase   *plan.Phase   // whose flip opens it
	Cutover plan.Cutover  // how the Service is flipped
	Length  time.Duration // 0 where no address is given up
}

// WindowOf returns the window of an edge when its Service is flipped. A relay
// keeps the virtual IP, and a headless Service has none; only the alias of a
// Service with a virtual IP gives up an address (H01).
func WindowOf(e *plan.Edge, c plan.Cutover, w plan.Windows) time.Duration {
	if c != plan.CutoverExternalName || plan.Headless(e.Service) || e.Service.Text("spec", "type") == "ExternalName" {
		return 0
	}
	return (w.DNSTTL + w.ClientCache).Std()
}

// Windows returns the windows of all edges, in order of phases and callers.
func Windows(s *plan.Schedule) []Window {
	var out []Window
	var flips []flip
	for _, phase := range s.Phases {
		for _, step := range phase.Steps {
			f, ok := step.(*plan.Flip)
			if !ok {
				continue
			}
			first := givesUp(flips, f)
			flips = append(flips, flip{f, phase, first})
			for _, e := range s.Graph.Edges {
				if e.Service != f.Service || e.Denied {
					continue
				}
				w := Window{Edge: e, Phase: phase, Cutover: f.Cutover}
				if first {
					w.Length = WindowOf(e, f.Cutover, s.Graph.Plan.Spec.Windows)
				}
				out = append(out, w)
			}
		}
	}
	return out
}

// windowCheck is H01: who may hold a virtual IP that a flip gives up, and for how
// long.
var windowCheck = PlanCheck{
	Code: "H01", Severity: diag.Warning,
	Summary: "callers that hold the virtual IP of a flipped Service fail until their caches expire",
	Run: func(p *PlanPass) {
		for _, f := range p.flips {
			callers := p.callersAt(f)
			if len(callers) == 0 || !f.first {
				continue
			}
			window := WindowOf(callers[0], f.Cutover, p.Graph.Plan.Spec.Windows)
			if window == 0 {
				continue
			}
			d := p.Reportf(f.App.Name, f.Service, manifest.P("metadata", "name"),
				"phase %s gives up the ClusterIP of %s: new connections of %s may fail from then on for up to %s, while they hold the old address (%s in DNS, %s of their own)",
				f.phase.Title(), f.Service.ID, strings.Join(callerNames(callers), ", "), window,
				p.Graph.Plan.Spec.Windows.DNSTTL.Std(), p.Graph.Plan.Spec.Windows.ClientCache.Std())
			d.WithFix("use `cutover: relay` for it, which keeps the address, or `auto`")
			for _, e := range callers {
				if len(e.Evidence) > 0 {
					d.WithNote(e.Evidence[0].Pos(), "called by %s as %s", e.Caller.Name, e.Evidence[0].Written())
				}
			}
		}
	},
}
