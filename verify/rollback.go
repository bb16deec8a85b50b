package verify

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

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
			if f.first && f.Cutover == plan.CutoverExternalName && !plan.Headless(f.Service) && len(p.callersAt(f)) > 0 {
				of = append(of, f)
			}
		}
		report()
	},
}
