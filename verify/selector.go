package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// selectorCheck is H24: a Service that loses its selector keeps its endpoints
// for good (k8s.io/kubernetes/pkg/controller/endpointslice, which leaves Services
// without selector alone).
var selectorCheck = PlanCheck{
	Code: "H24", Severity: diag.Error,
	Summary: "a Service that is changed in place keeps a selector",
	Run: func(p *PlanPass) {
		for _, s := range p.States {
			for _, c := range s.Changes {
				if isServiceKey(c.Key) && c.Before != nil && c.After != nil && c.Before.Get("spec", "selector").Len() > 0 && c.After.Get("spec", "selector").Len() == 0 {
					p.alias(s, c, manifest.P("spec"), "%s loses its selector: its endpoints stay as they are, and are dead addresses soon", c.Key.ID)
				}
			}
		}
	},
}
