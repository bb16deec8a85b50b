package plan

import (
	"cmp"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// placeApps sets where each app comes from and goes to.
func (g *grouper) placeApps(graph *Graph) {
	for _, a := range graph.Apps {
		g.checkServiceNames(a)
		a.From = g.fromOf(a)
		a.To = a.From
		if to := a.Spec.To; to != nil {
			a.To = Place{Cluster: cmp.Or(to.Cluster, a.From.Cluster), Namespace: cmp.Or(to.Namespace, a.From.Namespace)}
			if a.To.Cluster != a.From.Cluster {
				g.checkHops(a, to.Pos)
			}
			if a.To == a.From {
				g.diags.Warnf(diag.CodePlan, to.Pos, "app %q is in %s already", a.Name, a.To).WithFix("remove its `to`").WithApp(a.Name)
			}
		}
	}
	for _, s := range graph.Shared {
		s.From = Place{Cluster: s.Users[0].From.Cluster, Namespace: s.Object.ID.Namespace}
	}
}

// checkHops reports what a move between clusters needs to know, where only the
// manifests show that the app changes cluster.
func (g *grouper) checkHops(a *App, pos diag.Pos) {
	missingHops(&g.plan.Spec, a.Name, [2]string{a.From.Cluster, a.To.Cluster}, func(format string, args ...any) *diag.Diagnostic {
		return g.diags.Errorf(diag.CodePlan, pos, format, args...)
	})
}

// checkServiceNames reports Services that the plan names and the app does not
// have.
func (g *grouper) checkServiceNames(a *App) {
	names := make([]string, len(a.Services))
	for i, s := range a.Services {
		names[i] = s.ID.Name
	}
	for _, spec := range a.Spec.Services {
		if slices.Contains(names, spec.Name) {
			continue
		}
		d := g.diags.Errorf(diag.CodePlan, spec.Pos, "app %q has no Service %q", a.Name, spec.Name).WithApp(a.Name)
		if near := diag.Nearest(spec.Name, names); near != "" {
			d.WithFix("did you mean %q?", near)
		} else {
			d.WithFix("its Services are %s", joinNames(names))
		}
	}
}

// fromOf returns the place that an app is in today: its workloads say so.
func (g *grouper) fromOf(a *App) Place {
	place := Place{Cluster: DefaultCluster}
	if root := firstRoot(a); root != nil && root.Cluster != "" {
		place.Cluster = root.Cluster
	}
	if a.Spec.From != nil {
		place.Cluster = cmp.Or(a.Spec.From.Cluster, place.Cluster)
		place.Namespace = a.Spec.From.Namespace
	}
	for _, o := range cmpOrSlice(a.Workloads, a.Objects) {
		if cluster := ClusterOf(o); cluster != place.Cluster {
			g.diags.Errorf(diag.CodeGroup, a.Pos, "app %q has objects in the clusters %s and %s", a.Name, place.Cluster, cluster).
				WithFix("say `from: {cluster: ...}`, or make two apps of it").
				WithNote(o.Pos("metadata", "name"), "%s", o.ID)
			return place
		}
		switch ns := o.ID.Namespace; {
		case ns == "" || ns == place.Namespace:
		case place.Namespace == "":
			place.Namespace = ns
		default:
			g.diags.Errorf(diag.CodeGroup, a.Pos, "app %q has objects in the namespaces %s and %s", a.Name, place.Namespace, ns).
				WithFix("say `from: {namespace: ...}`, or make two apps of it").
				WithNote(o.Pos("metadata", "name"), "%s", o.ID)
			return place
		}
	}
	return place
}

func cmpOrSlice(a, b []*manifest.Object) []*manifest.Object {
	if len(a) > 0 {
		return a
	}
	return b
}

func firstRoot(a *App) *manifest.Root {
	if len(a.Objects) == 0 {
		return nil
	}
	return rootOf(a.Objects[0])
}

func rootOf(o *manifest.Object) *manifest.Root {
	if o.Source() == nil {
		return nil
	}
	return o.Source().Root
}
