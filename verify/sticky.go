package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// stickyCheck is H72: which pod a client is bound to is forgotten.
var stickyCheck = PlanCheck{
	Code: "H72", Severity: diag.Warning,
	Summary: "sessions lose their pod",
	Run: func(p *PlanPass) {
		for _, f := range p.flips {
			if f.Service.Text("spec", "sessionAffinity") == "ClientIP" {
				p.Reportf(f.App.Name, f.Service, manifest.P("spec", "sessionAffinity"), "%s binds clients to pods: phase %s sends every client to another one, once", f.Service.ID, f.phase.Title()).
					WithFix("keep what belongs to a session outside of the pods")
			}
		}
		for _, a := range p.Moving() {
			for _, o := range a.Objects {
				if o.Text("metadata", "annotations", "nginx.ingress.kubernetes.io/affinity") == "cookie" {
					p.Reportf(a.Name, o, manifest.P("metadata", "annotations", "nginx.ingress.kubernetes.io/affinity"), "%s binds clients to pods by a cookie, which means nothing to the copy of %s", o.ID, a.Name).
						WithFix("keep what belongs to a session outside of the pods")
				}
			}
		}
	},
}
