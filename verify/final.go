package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
)

// end is P8: the last state has no proxy that the plan does not ask for, no
// reference to an old place, nothing of a moved app is left there, and all of it
// has arrived.
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
		p.checkEndLeftover(key, o, kept)
		p.checkEndSubjects(o, moved)
	}
	for _, a := range schedule.Graph.Apps {
		if a.Moves() {
			p.checkEndArrived(a)
		}
	}
	p.checkEndShared()
}

// checkEndArrived reports workloads of a moved app that are not at its target.
func (p *prover) checkEndArrived(a *plan.App) {
	for _, w := range a.Workloads {
		if !slices.ContainsFunc(p.copies[w.Source()], func(k render.Key) bool { return k.Place() == a.To }) {
			p.endf(w, manifest.P("metadata", "name"), "%s of app %s is not in %s", w.ID, a.Name, a.To)
		}
	}
}

// checkEndLeftover reports what rehome made for the time of the migration and
// nobody uses any more: policies without pods, configuration without readers,
// relays of Services that do not stay.
func (p *prover) checkEndLeftover(key render.Key, o *manifest.Object, kept map[render.Key]bool) {
	if o.Source() != nil {
		return
	}
	relayed := service{key.Cluster, key.Namespace, o.Text("metadata", "labels", plan.RelayLabel)}
	switch {
	case relayed.name != "":
		if !kept[relayed.key()] {
			p.endf(o, nil, "%s relays Service %s, which does not stay", key.ID, relayed.name)
		}
	case isPolicyKey(key):
		selector := o.Get("spec", "podSelector")
		for _, owner := range slices.Sorted(maps.Keys(p.labelsOf)) {
			for _, labels := range p.labelsOf[owner] {
				if plan.Selects(selector, labels) && p.runsAt(owner, key.Namespace) {
					p.checkEndPeers(key, o)
					return
				}
			}
		}
		relayed.name = strings.TrimSuffix(key.Name, plan.RelaySuffix)
		if !plan.Selects(selector, relayLabels(relayed.name)) || !kept[relayed.key()] {
			p.endf(o, nil, "%s selects no pods any more", key.ID)
		}
	case key.Kind == "ConfigMap" || key.Kind == "Secret":
		if len(p.index.readers[key]) == 0 {
			p.endf(o, nil, "nobody reads %s any more", key.ID)
		}
	}
}

// runsAt reports whether a workload of an owner is in a namespace.
func (p *prover) runsAt(owner, namespace string) bool {
	for _, w := range p.workloadsOf[owner] {
		if slices.ContainsFunc(p.copies[w.Source()], func(k render.Key) bool { return k.Namespace == namespace }) {
			return true
		}
	}
	return false
}

// checkEndSubjects reports rights of ServiceAccounts that have moved away.
func (p *prover) checkEndSubjects(o *manifest.Object, moved map[string]*plan.App) {
	for i, subject := range o.Get("subjects").Items() {
		id := manifest.ID{Kind: "ServiceAccount", Namespace: subject.Text("namespace"), Name: subject.Text("name")}
		if subject.Text("kind") != "ServiceAccount" || p.current[render.Key{Cluster: plan.DefaultCluster, ID: id}] != nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(moved)) {
			if a := moved[name]; a.From.Namespace == id.Namespace && slices.ContainsFunc(a.Objects, func(x *manifest.Object) bool { return x.ID == id }) {
				p.endf(o, manifest.P("subjects").Index(i), "%s still gives rights to %s, which has moved", o.ID, id)
			}
		}
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
