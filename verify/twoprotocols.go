package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// twoProtocolsCheck is H27: client-side apply merges ports by their number alone
// (the patchMergeKey of ServiceSpec.Ports).
var twoProtocolsCheck = PlanCheck{
	Code: "H27", Severity: diag.Warning,
	Summary: "one port number has TCP and UDP",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			for _, s := range a.Services {
				seen := map[string]string{}
				for i, port := range s.Get("spec", "ports").Items() {
					number, key := port.Text("port"), portKey(port)
					if other := seen[number]; other != "" && other != key {
						p.Reportf(a.Name, s, manifest.P("spec", "ports").Index(i), "%s has the port %s twice, with different protocols: a client-side apply may lose one of them", s.ID, number).
							WithFix("apply this Service with kubectl apply --server-side")
					}
					seen[number] = key
				}
			}
		}
	},
}
