package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// namespaceDeletionCheck is H78: no phase deletes a namespace with what may
// still be in it.
var namespaceDeletionCheck = PlanCheck{
	Code: "H78", Severity: diag.Error,
	Summary: "no phase deletes a namespace",
	Run: func(p *PlanPass) {
		for _, s := range p.States {
			for _, c := range s.Changes {
				if isNamespaceKey(c.Key) && c.After == nil {
					p.Reportf("", c.Before, manifest.P("metadata", "name"), "phase %s deletes the namespace %s with everything that is in it, also what no manifest shows", s.Phase.Title(), c.Key.Name).
						WithFix("delete it by hand when the migration is over and it is empty")
				}
			}
		}
	},
}
