package verify

import (
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// monitoringCheck is H77: what watches the old namespace does not see the new.
var monitoringCheck = PlanCheck{
	Code: "H77", Severity: diag.Warning,
	Summary: "monitoring names the old namespace only",
	Run: func(p *PlanPass) {
		moves := p.moves()
		for _, o := range p.Graph.Inventory.Objects {
			if o.ID.Group != "monitoring.coreos.com" {
				continue
			}
			for _, a := range moves {
				if path := watchesOnly(o, a.From.Namespace, a.To.Namespace); path != nil && !slices.Contains(a.Objects, o) {
					p.Reportf(a.Name, o, path, "%s watches %s and not %s, where app %s moves to", o.ID, a.From.Namespace, a.To.Namespace, a.Name).
						WithFix("let it watch both namespaces until the migration is over")
					break
				}
			}
		}
	},
}

// moves returns the first app of each pair of places.
func (p *PlanPass) moves() []*plan.App {
	var out []*plan.App
	seen := map[[2]plan.Place]bool{}
	for _, a := range p.Moving() {
		if pair := [2]plan.Place{a.From, a.To}; !seen[pair] {
			seen[pair] = true
			out = append(out, a)
		}
	}
	return out
}

// watchesOnly returns where an object of the Prometheus operator names the old
// namespace, nil when it does not or when it names the new one too.
func watchesOnly(o *manifest.Object, from, to string) manifest.Path {
	var at manifest.Path
	both := false
	o.Get("spec").Scalars(func(path manifest.Path, n *manifest.Node) {
		inNames := slices.Contains(path, "matchNames")
		if inNames && n.Value() == to || strings.Contains(n.Value(), `namespace="`+to+`"`) {
			both = true
		}
		if at == nil && (inNames && n.Value() == from || strings.Contains(n.Value(), `namespace="`+from+`"`)) {
			at = manifest.P("spec").Join(path...)
		}
	})
	if both {
		return nil
	}
	return at
}
