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
			callers := p.Callers(f.Service)
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

// windowGateCheck is H03: what the old name led to is deleted only when cached
// answers have expired.
var windowGateCheck = PlanCheck{
	Code: "H03", Severity: diag.Error,
	Summary: "the gate after a flip waits until cached answers have expired",
	Run: func(p *PlanPass) {
		w := p.Graph.Plan.Spec.Windows
		for _, f := range p.flips {
			need := w.Drain
			if f.Cutover == plan.CutoverExternalName {
				need = max(need, w.DNSTTL+w.ClientCache)
			}
			if d := p.Graph.Plan.Spec.DNS; d != nil && f.Cutover == plan.CutoverExternalName && (f.Hop() != "" || f.Lead == plan.ToItself) {
				need = max(need, d.TTL+w.ClientCache) // of the record that the alias led to
			}
			if f.phase.Gate.Wait < need {
				p.Reportf(f.App.Name, f.Service, manifest.P("metadata", "name"),
					"the gate of phase %s waits %s, and answers that name the old pods of %s live for %s", f.phase.Title(), f.phase.Gate.Wait.Std(), f.Service.ID, need.Std()).
					WithFix("wait at least %s before the next phase", need.Std())
			}
		}
	},
}

// rollbackCheck is H25: the way back of an alias gives another virtual IP.
var rollbackCheck = PlanCheck{
	Code: "H25", Severity: diag.Warning,
	Summary: "the way back of an alias gives the Service another virtual IP",
	Run: func(p *PlanPass) {
		var of []flip
		report := func() {
			if len(of) == 0 {
				return
			}
			names := make([]string, len(of))
			for i, f := range of {
				names[i] = f.Service.ID.Name
			}
			p.Reportf(of[0].App.Name, of[0].Service, manifest.P("metadata", "name"),
				"the way back of phase %s gives another ClusterIP to %s: whoever wrote the old one down does not reach it, and caches have to expire once more",
				of[0].phase.Title(), strings.Join(names, ", ")).
				WithFix("use `cutover: relay`, or set the old clusterIP by hand while it is free")
			of = nil
		}
		for _, f := range p.flips {
			if len(of) > 0 && of[0].phase != f.phase {
				report()
			}
			if f.first && f.Cutover == plan.CutoverExternalName && !plan.Headless(f.Service) && len(p.Callers(f.Service)) > 0 {
				of = append(of, f)
			}
		}
		report()
	},
}
