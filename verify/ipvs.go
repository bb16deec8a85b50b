package verify

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// ipvsCheck is H70: kube-proxy in IPVS mode ends the connections of a virtual
// server that it deletes. In which mode it runs is not in the manifests.
var ipvsCheck = PlanCheck{
	Code: "H70", Severity: diag.Info,
	Summary: "in IPVS mode open connections are dropped at the flip",
	Run: func(p *PlanPass) {
		var names []string
		first := -1
		for i, f := range p.flips {
			if f.first && f.Cutover == plan.CutoverExternalName && !plan.Headless(f.Service) && len(p.callersAt(f)) > 0 {
				names = append(names, f.Service.ID.Name)
				if first < 0 {
					first = i
				}
			}
		}
		if first >= 0 {
			f := p.flips[first]
			p.Reportf("", f.Service, manifest.P("metadata", "name"), "where kube-proxy runs in IPVS mode, open connections through the ClusterIP of %s are dropped at the flip", strings.Join(names, ", ")).
				WithFix("use `cutover: relay` on clusters in IPVS mode")
		}
	},
}
