package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// admissionCheck is H61: what the target namespace does to pods that arrive.
var admissionCheck = PlanCheck{
	Code: "H61", Severity: diag.Warning,
	Summary: "the target namespace admits pods in another way",
	Run: func(p *PlanPass) {
		var limits []*manifest.Object
		namespaces := map[plan.Place]*manifest.Object{}
		for _, o := range p.Graph.Inventory.Objects {
			switch {
			case o.ID.Group == "" && (o.ID.Kind == "ResourceQuota" || o.ID.Kind == "LimitRange"):
				limits = append(limits, o)
			case o.ID.Group == "" && o.ID.Kind == "Namespace":
				namespaces[plan.Place{Cluster: plan.ClusterOf(o), Namespace: o.ID.Name}] = o
			}
		}
		told := map[*manifest.Object]bool{}
		for _, a := range p.Moving() {
			for _, o := range limits {
				if !told[o] && plan.ClusterOf(o) == a.To.Cluster {
					told[o] = p.checkLimits(a, o)
				}
			}
			if to := namespaces[a.To]; to != nil {
				p.checkLevels(a, namespaces[a.From], to)
			}
		}
	},
}

// checkLimits reports a quota or limits that the pods of an app meet, and
// whether it did.
func (p *PlanPass) checkLimits(a *plan.App, o *manifest.Object) bool {
	arrives := o.ID.Namespace == a.To.Namespace
	switch {
	case o.ID.Kind == "ResourceQuota" && arrives:
		p.Reportf("", o, manifest.P("metadata", "name"), "%s limits what %s may hold: the pods that arrive have to fit", o.ID, a.To).
			WithFix("raise the quota by the requests of the apps that arrive, app %s first", a.Name)
	case o.ID.Kind == "LimitRange" && (arrives || o.ID.Namespace == a.From.Namespace && !p.arrives(o, a.To)):
		p.Reportf("", o, manifest.P("metadata", "name"), "%s gives pods defaults and limits in %s, and those of app %s get others in %s", o.ID, o.ID.Namespace, a.Name, other(a, o.ID.Namespace)).
			WithFix("state requests and limits in the pods, or have an equal LimitRange in both namespaces")
	default:
		return false
	}
	return true
}

// other returns the namespace of the two of a move that is not the given one.
func other(a *plan.App, namespace string) string {
	if a.To.Namespace == namespace {
		return a.From.Namespace
	}
	return a.To.Namespace
}

// arrives reports whether some phase makes a copy of an object at a place.
func (p *PlanPass) arrives(o *manifest.Object, at plan.Place) bool {
	id := o.ID.In(at.Namespace)
	for _, s := range p.States {
		for _, c := range s.Changes {
			if c.Key.ID == id && c.Key.Cluster == at.Cluster && c.After != nil {
				return true
			}
		}
	}
	return false
}

// checkLevels compares the labels by which namespaces admit pods: Pod Security
// and the injection of sidecars.
func (p *PlanPass) checkLevels(a *plan.App, from, to *manifest.Object) {
	for _, label := range [...]string{"pod-security.kubernetes.io/enforce", "istio-injection", "istio.io/rev"} {
		is, was := to.Text("metadata", "labels", label), ""
		if from != nil {
			was = from.Text("metadata", "labels", label)
		}
		if is != was {
			p.Reportf(a.Name, to, manifest.P("metadata", "labels"), "%s has the label %s: %q, and %s, where app %s comes from, has %q: its pods are admitted in another way", to.ID.Name, label, is, a.From, a.Name, was).
				WithFix("give both namespaces the same value, or make sure that the pods pass")
		}
	}
}
