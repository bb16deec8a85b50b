package verify

import (
	"strconv"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// aliasPortCheck is H15: ingress controllers read the ports of an alias; the
// target port is dialled as it stands.
var aliasPortCheck = PlanCheck{
	Code: "H15", Severity: diag.Error,
	Summary: "an alias keeps its ports, each with the number of the target's port",
	Run: func(p *PlanPass) {
		p.aliases(func(s *render.State, c render.Change, _ *manifest.Object) {
			ports := c.After.Get("spec", "ports")
			if ports.Len() == 0 && c.Before.Get("spec", "ports").Len() > 0 {
				p.alias(s, c, manifest.P("spec", "ports"), "the alias %s has no ports", c.Key.ID)
			}
			for i, port := range ports.Items() {
				number, _ := port.Get("port").Int()
				if port.Text("targetPort") != strconv.FormatInt(number, 10) {
					p.alias(s, c, manifest.P("spec", "ports").Index(i).Join("targetPort"), "targetPort of the alias %s is %q, which is not the port %d of the Service it stands for", c.Key.ID, port.Text("targetPort"), number)
				}
			}
		})
	},
}
