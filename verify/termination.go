package verify

import (
	"strconv"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// terminationCheck is H69: requests in flight outlive a pod only if it waits
// before it ends, and is given the time.
var terminationCheck = PlanCheck{
	Code: "H69", Severity: diag.Warning,
	Summary: "requests in flight are cut off when pods end",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			called := false
			for _, s := range a.Services {
				called = called || len(p.Callers(s)) > 0
			}
			if !called {
				continue
			}
			for _, w := range a.Workloads {
				if w.ID.Kind == "Deployment" || w.ID.Kind == "StatefulSet" || w.ID.Kind == "DaemonSet" {
					p.checkTermination(a, w)
				}
			}
		}
	},
}

func (p *PlanPass) checkTermination(a *plan.App, w *manifest.Object) {
	const byDefault = 30 // seconds, core/v1 PodSpec
	grace, ok := w.Get(workloadSpec(w).Join("terminationGracePeriodSeconds")...).Int()
	if !ok {
		grace = byDefault
	}
	waits := false
	for _, c := range containers(w) {
		waits = waits || w.Get(c.Join("lifecycle", "preStop")...) != nil
	}
	drain := p.Graph.Plan.Spec.Windows.Drain.Std()
	switch {
	case !waits:
		p.Reportf(a.Name, w, workloadSpec(w), "pods of %s have no preStop hook: unless the program finishes its requests on SIGTERM, those in flight are lost when it is retired", w.ID).
			WithFix("add a preStop sleep to its container, and a terminationGracePeriodSeconds above it and the longest request")
	case float64(grace) <= drain.Seconds():
		p.Reportf(a.Name, w, workloadSpec(w).Join("terminationGracePeriodSeconds"), "pods of %s are killed %ss after they are told to end, and windows.drain says that requests last up to %s", w.ID, strconv.FormatInt(grace, 10), drain).
			WithFix("set terminationGracePeriodSeconds above %d", int(drain.Seconds()))
	}
}
