package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// localTrafficCheck is H73: with internalTrafficPolicy Local a caller reaches
// pods of its own node only, and the new pods are on other nodes.
var localTrafficCheck = PlanCheck{
	Code: "H73", Severity: diag.Error,
	Summary: "the target serves callers of its own nodes only",
	Run: func(p *PlanPass) {
		for _, f := range p.flips {
			if f.Service.Text("spec", "internalTrafficPolicy") != "Local" || f.Cutover == plan.CutoverExternalName && onEveryNode(f.App, f.Service) {
				continue
			}
			p.Reportf(f.App.Name, f.Service, manifest.P("spec", "internalTrafficPolicy"), "the copy of %s serves callers of the nodes that run its pods only: calls that arrive elsewhere after phase %s are dropped", f.Service.ID, f.phase.Title()).
				WithFix("set internalTrafficPolicy: Cluster for the migration")
		}
	},
}

// onEveryNode reports whether only DaemonSets stand behind a Service.
func onEveryNode(a *plan.App, service *manifest.Object) bool {
	for _, w := range a.Workloads {
		if w.ID.Kind != "DaemonSet" && plan.SelectsEqual(service.Get("spec", "selector"), plan.PodTemplate(w).Get("metadata", "labels")) {
			return false
		}
	}
	return true
}
