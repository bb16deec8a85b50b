package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// affinityCheck is H67: an affinity without namespaces means pods of the pod's
// own namespace. When it is required and nobody there is meant, the copy stays
// Pending.
var affinityCheck = Check{
	Code: "H67", Severity: diag.Error,
	Summary: "a required affinity of a copy still finds the pods it means",
	Run: func(p *Pass) {
		for _, c := range p.Changes() {
			if c.Before != nil || c.After == nil || !isWorkload(c.After) || p.Back() {
				continue
			}
			if at, original := p.prover.originalOf(c); original != nil {
				p.checkAffinity(c, at.Cluster, original)
			}
		}
	},
}

func (p *Pass) checkAffinity(c render.Change, from string, original *manifest.Object) {
	path := workloadSpec(c.After).Join("affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
	for i, term := range c.After.Get(path...).Items() {
		if term.Get("namespaceSelector") != nil || plan.Selects(term.Get("labelSelector"), plan.PodTemplate(c.After).Get("metadata", "labels")) {
			continue // every namespace, or its own pods
		}
		if p.near(from, original.ID.Namespace, original.Get(path.Index(i)...)) && !p.near(c.Key.Cluster, c.Key.Namespace, term) {
			p.Reportf("H67", c.After, path.Index(i), "%s has to run beside pods that are not in %s: its pods stay Pending", c.Key.ID, c.Key.Namespace).
				WithFix("list their namespaces in the affinity term")
		}
	}
}

// near reports whether a term means any workload when it is read in a namespace.
func (p *Pass) near(cluster, own string, term *manifest.Node) bool {
	namespaces := []string{own}
	if list := term.Get("namespaces"); list.Len() > 0 {
		namespaces = nil
		for _, n := range list.Items() {
			namespaces = append(namespaces, n.Value())
		}
	}
	for _, ns := range namespaces {
		for _, w := range p.prover.workloadsIn(cluster, ns) {
			if o := p.After(w); o != nil && isWorkload(o) && plan.Selects(term.Get("labelSelector"), plan.PodTemplate(o).Get("metadata", "labels")) {
				return true
			}
		}
	}
	return false
}

// workloadsIn returns the workloads of a namespace in the current state.
func (p *prover) workloadsIn(cluster, namespace string) []render.Key {
	var out []render.Key
	for _, it := range p.around(namespace) {
		if it.Cluster == cluster && it.Namespace == namespace {
			out = append(out, it.Key)
		}
	}
	return out
}
