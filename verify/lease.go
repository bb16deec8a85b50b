package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// leaseCheck is H63 for leader election: a Lease is an object of a namespace, so
// each copy elects a leader of its own.
var leaseCheck = PlanCheck{
	Code: "H63", Severity: diag.Warning,
	Summary: "an app elects its leader in its namespace",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			for _, o := range a.Objects {
				if !a.Spec.Singleton && o.ID.Group == "rbac.authorization.k8s.io" && o.ID.Kind == "Role" {
					p.checkLeases(a, o)
				}
			}
		}
	},
}

func (p *PlanPass) checkLeases(a *plan.App, role *manifest.Object) {
	for i, rule := range role.Get("rules").Items() {
		for _, resource := range rule.Get("resources").Items() {
			if resource.Value() == "leases" {
				p.Reportf(a.Name, role, manifest.P("rules").Index(i), "%s elects a leader by a Lease of its namespace: while both copies run, each has a leader", a.Name).
					WithFix("declare `singleton: true` for app %s if two leaders do harm", a.Name)
				return
			}
		}
	}
}
