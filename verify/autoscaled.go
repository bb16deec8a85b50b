package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// autoscaledCheck is H66: without spec.replicas a copy starts with one pod, how
// many ever the autoscaler has made of the original.
var autoscaledCheck = PlanCheck{
	Code: "H66", Severity: diag.Warning,
	Summary: "the copy of an autoscaled workload starts with one pod",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			for _, o := range a.Objects {
				if o.ID.Kind != "HorizontalPodAutoscaler" {
					continue
				}
				for _, w := range a.Workloads {
					if o.Text("spec", "scaleTargetRef", "kind") == w.ID.Kind && o.Text("spec", "scaleTargetRef", "name") == w.ID.Name && w.Get("spec", "replicas") == nil {
						p.Reportf(a.Name, w, manifest.P("spec"), "%s states no replicas: its copy starts with 1 pod, and takes all traffic before its autoscaler has looked at it", w.ID).
							WithFix("state the replicas that run today until the migration is over").
							WithNote(o.Pos("metadata", "name"), "scaled by %s", o.ID)
					}
				}
			}
		}
	},
}
