package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// portCheck is H14: every port of the old Service is one of the new.
var portCheck = PlanCheck{
	Code: "H14", Severity: diag.Error,
	Summary: "the Service at the target has every port and protocol of the old one",
	Run: func(p *PlanPass) {
		p.aliases(func(s *render.State, c render.Change, target *manifest.Object) {
			if target == nil {
				return
			}
			have := map[string]bool{}
			for _, port := range target.Get("spec", "ports").Items() {
				have[portKey(port)] = true
			}
			for i, port := range c.Before.Get("spec", "ports").Items() {
				if !have[portKey(port)] {
					p.alias(s, c, manifest.P("spec", "ports").Index(i), "%s has no port %s, which %s had", target.ID, portKey(port), c.Key.ID).
						WithFix("add the port to the Service at the target, or use `cutover: relay`")
				}
			}
		})
	},
}

// portKey is the number and the protocol of a port.
func portKey(port *manifest.Node) string {
	protocol := port.Text("protocol")
	if protocol == "" {
		protocol = "TCP"
	}
	return port.Text("port") + "/" + protocol
}
