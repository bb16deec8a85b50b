package verify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
)

// end is P8: the last state has no proxy that the plan does not ask for, no
// reference to an old place, and nothing of a moved app is left there.
func (p *prover) end(schedule *plan.Schedule) {
	kept := map[render.Key]bool{}
	for _, k := range schedule.Kept {
		kept[render.Key{Cluster: plan.ClusterOf(k.Service), ID: k.Service.ID}] = true
	}
	moved := map[string]*plan.App{}
	for _, a := range schedule.Graph.Apps {
		if a.Moves() {
			moved[a.Name] = a
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(p.current), render.Key.Compare) {
		o := p.current[key]
		if a := moved[p.owner(o)]; a != nil && key.Namespace == a.From.Namespace && key.Namespace != "" && !kept[key] {
			p.endf(o, nil, "%s of app %s is left in %s", key.ID, a.Name, a.From)
		}
		p.checkEndReferences(o, moved, kept)
	}
}

// checkEndReferences reports references to a moved Service at its old place.
func (p *prover) checkEndReferences(o *manifest.Object, moved map[string]*plan.App, kept map[render.Key]bool) {
	for _, r := range p.referencesOf(o) {
		if r.Refers != refs.ToService || r.Certainty != refs.Certain {
			continue
		}
		a := p.graph.ServiceOwner(r.Target)
		if a == nil || moved[a.Name] == nil || r.Target.Namespace != a.From.Namespace {
			continue
		}
		if !kept[render.Key{Cluster: a.From.Cluster, ID: r.Target}] {
			p.endf(o, r.Path, "%s still names %s at its old place", o.ID, r.Target)
		}
	}
}

func (p *prover) endf(o *manifest.Object, path manifest.Path, format string, args ...any) {
	p.proof.Final["P8"]++
	p.diags.Errorf("P8", o.Pos(path...), "last state: %s", fmt.Sprintf(format, args...)).WithApp(p.owner(o))
}
