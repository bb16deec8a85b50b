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
// reference to an old place, nothing of a moved app is left there, and all of it
// has arrived.
func (p *prover) end(schedule *plan.Schedule) {
	kept := map[render.Key]bool{}
	for _, k := range schedule.Kept {
		kept[render.Key{Cluster: k.At.Cluster, ID: k.Service.ID.In(k.At.Namespace)}] = true
	}
	moved := map[string]*plan.App{}
	for _, a := range schedule.Graph.Apps {
		if a.Moves() {
			moved[a.Name] = a
		}
	}
	pods, accounts, passed := p.podsInPlace(), movedAccounts(moved), p.stillPassed(kept)
	for _, key := range slices.SortedFunc(maps.Keys(p.current), render.Key.Compare) {
		o := p.current[key]
		if a := moved[p.owner(o)]; a != nil && key.Place() == a.From && key.Namespace != "" && !kept[key] {
			p.endf(o, nil, "%s of app %s is left in %s", key.ID, a.Name, a.From)
		}
		p.checkEndReferences(key.Cluster, o, moved, kept)
		p.checkEndHop(key, o, kept, passed)
		p.checkEndLeftover(key, o, kept, pods)
		p.checkEndSubjects(key, o, accounts)
	}
	for _, a := range schedule.Graph.Apps {
		if a.Moves() {
			p.checkEndArrived(a)
		}
	}
	p.checkEndShared(pods)
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
func (p *prover) checkEndLeftover(key render.Key, o *manifest.Object, kept map[render.Key]bool, pods podsInPlace) {
	if o.Source() != nil && o.Source().Root != nil { // what is only kept has no root
		return
	}
	relayed := service{key.Cluster, key.Namespace, o.Text("metadata", "labels", plan.RelayLabel)}
	switch {
	case relayed.name != "":
		if !kept[relayed.key()] {
			p.endf(o, nil, "%s relays Service %s, which does not stay", key.ID, relayed.name)
		}
	case isPolicyKey(key):
		if !pods.selected(o.Get("spec", "podSelector"), key.Place()) {
			p.endf(o, nil, "%s selects no pods any more", key.ID)
			return
		}
		p.checkEndPeers(key, o, pods)
	case key.Kind == "ConfigMap" || key.Kind == "Secret":
		if len(p.index.readers[key]) == 0 {
			p.endf(o, nil, "nobody reads %s any more", key.ID)
		}
	}
}

// checkEndSubjects reports rights of ServiceAccounts that have moved away.
func (p *prover) checkEndSubjects(key render.Key, o *manifest.Object, moved map[subject]bool) {
	for i, subject := range o.Get("subjects").Items() {
		id := manifest.ID{Kind: "ServiceAccount", Namespace: subject.Text("namespace"), Name: subject.Text("name")}
		if subject.Text("kind") == "ServiceAccount" && moved[subjectOf(id)] && p.current[render.Key{Cluster: key.Cluster, ID: id}] == nil {
			p.endf(o, manifest.P("subjects").Index(i), "%s still gives rights to %s, which has moved", o.ID, id)
		}
	}
}

func subjectOf(id manifest.ID) subject { return subject{id.Name, id.Namespace} }

// movedAccounts lists the ServiceAccounts of apps at the places that they leave.
func movedAccounts(moved map[string]*plan.App) map[subject]bool {
	out := map[subject]bool{}
	for _, a := range moved { // a set has no order
		for _, o := range a.Objects {
			if o.ID.IsServiceAccount() {
				out[subjectOf(o.ID)] = true
			}
		}
	}
	return out
}

// checkEndReferences reports references to a moved Service at its old place.
func (p *prover) checkEndReferences(cluster string, o *manifest.Object, moved map[string]*plan.App, kept map[render.Key]bool) {
	for _, r := range p.referencesOf(o) {
		if r.Refers != refs.ToService || r.Certainty != refs.Certain {
			continue
		}
		a := p.graph.ServiceOwner(cluster, r.Target)
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
