package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
)

// inputsCheck is P4: everything that a running workload mounts or names exists
// in its namespace, for as long as a pod runs that names it.
var inputsCheck = Check{
	Code: "P4", Severity: diag.Error,
	Summary: "everything that a running workload mounts or names exists in its namespace",
	Run: func(p *Pass) {
		for _, c := range p.Changes() {
			if c.After != nil && isWorkload(c.After) {
				p.checkInputs(c)
				p.checkNamespace(c)
			}
			// The way back deletes what a phase made after the rollouts that it waits for.
			if c.After == nil && !p.Back() && isInput(c.Key.ID) {
				p.checkStillRead(c)
			}
		}
	},
}

// checkNamespace reports a workload that is made in a namespace which does not
// exist before the phase: nothing promises that the namespace is made first.
// What runs no pods can be applied again without harm.
func (p *Pass) checkNamespace(c render.Change) {
	ns := c.Key.Namespace
	if c.Before != nil || p.Back() || p.prover.namespaces[c.Key.Place()] || p.Before(render.Key{Cluster: c.Key.Cluster, ID: manifest.ID{Kind: "Namespace", Name: ns}}) != nil {
		return
	}
	p.Reportf("P4", c.After, manifest.P("metadata", "namespace"), "%s is made in namespace %s, which does not exist before this phase", c.Key.ID, ns).
		WithFix("make the namespace in an earlier phase")
}

// isInput reports whether pods can name objects of the kind.
func isInput(id manifest.ID) bool {
	switch id.Kind {
	case "ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount":
		return id.Group == ""
	}
	return false
}

// checkInputs looks for what a new or changed workload names.
func (p *Pass) checkInputs(c render.Change) {
	for _, r := range p.prover.referencesOf(c.After) {
		if r.Refers != refs.ToObject || !isInput(r.Target) || !inPods(c.After, r.Path) || mayBeAbsent(c.After, r) {
			continue
		}
		if p.After(render.Key{Cluster: c.Key.Cluster, ID: r.Target}) != nil {
			continue
		}
		if p.prover.known[r.Target.Kind+"/"+r.Target.Name] {
			p.Reportf("P4", c.After, r.Path, "%s names %s, which does not exist in this state", c.Key.ID, r.Target)
			continue
		}
		if !p.Back() && (c.Before == nil || !p.names(c.Before, r.Target)) {
			p.Reportf("H57", c.After, r.Path, "%s names %s, which is in no source: its pods cannot start unless somebody has made it in %s", c.Key.ID, r.Target, c.Key.Place()).
				WithFix("add its manifest to the sources, or make it there first and accept H57 for this app")
		}
	}
}

// names reports whether an object names another one.
func (p *Pass) names(o *manifest.Object, id manifest.ID) bool {
	return slices.ContainsFunc(p.prover.referencesOf(o), func(r *refs.Reference) bool { return r.Target == id })
}

// inPods reports whether a path lies in the pod template of a workload.
func inPods(o *manifest.Object, path manifest.Path) bool {
	template := plan.PodTemplatePath(o)
	return len(path) > len(template)
}

// mayBeAbsent reports whether pods start without what a reference names: it is
// marked optional, or every namespace has it.
func mayBeAbsent(o *manifest.Object, r *refs.Reference) bool {
	switch {
	case r.Target.Kind == "ConfigMap" && r.Target.Name == "kube-root-ca.crt":
		return true
	case r.Target.Kind == "ServiceAccount" && r.Target.Name == "default":
		return true
	}
	for up := 1; up <= 2 && up < len(r.Path); up++ {
		if o.Get(r.Path[:len(r.Path)-up].Join("optional")...).Bool() {
			return true
		}
	}
	return false
}

// checkStillRead reports a deleted input that pods of the state before still
// name: those of a workload that is only being replaced in this phase.
func (p *Pass) checkStillRead(c render.Change) {
	for _, reader := range p.prover.readersOf(c.Key) {
		before, after := p.Before(reader), p.After(reader)
		if before == nil || after == nil {
			continue
		}
		p.Reportf("P4", before, manifest.P("metadata", "name"), "%s is deleted while pods of %s still run with it", c.Key.ID, reader.ID).
			WithFix("delete it in a later phase")
	}
}
