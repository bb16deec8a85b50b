package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// udpCheck is H71: a flow of UDP stays with the pod that it began with for as
// long as conntrack remembers it.
var udpCheck = PlanCheck{
	Code: "H71", Severity: diag.Warning,
	Summary: "UDP flows stay with the old pods",
	Run: func(p *PlanPass) {
		for _, f := range p.flips {
			for i, port := range f.Service.Get("spec", "ports").Items() {
				if f.Cutover == plan.CutoverExternalName && port.Text("protocol") == "UDP" {
					p.Reportf(f.App.Name, f.Service, manifest.P("spec", "ports").Index(i), "%s has a UDP port: flows that began before phase %s stay with the old pods until they are silent for the conntrack timeout (180s by default)", f.Service.ID, f.phase.Title()).
						WithFix("set windows.drain to more than the UDP timeout")
					break
				}
			}
		}
	},
}
