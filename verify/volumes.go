package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// volumeCheck is H64: a claim belongs to its namespace, so the copy of an app
// gets a new and empty volume.
var volumeCheck = PlanCheck{
	Code: "H64", Severity: diag.Error,
	Summary: "the new copy of an app starts with empty volumes",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			for _, w := range a.Workloads {
				path := claimOf(w)
				if path == nil {
					continue
				}
				p.Reportf(a.Name, w, path, "%s keeps data in a volume, and its copy in %s gets a new and empty one", w.ID, a.To).
					WithFix("replicate the data into the new copy before the flip; or stop the app, set the reclaim policy of its volume to Retain and bind it to the new claim (claimRef, volumeName); then accept H64 for app %s", a.Name)
			}
		}
	},
}

// claimOf returns where a workload claims a volume that outlives its pods, nil
// when it does not.
func claimOf(w *manifest.Object) manifest.Path {
	if templates := manifest.P("spec", "volumeClaimTemplates"); w.Get(templates...).Len() > 0 {
		return templates.Index(0)
	}
	volumes := workloadSpec(w).Join("volumes")
	for i, v := range w.Get(volumes...).Items() {
		if v.Get("persistentVolumeClaim") != nil {
			return volumes.Index(i)
		}
	}
	return nil
}
