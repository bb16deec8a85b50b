package plan

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// claimWorkloads finds the workloads of each app. Whoever is named like a
// workload has it before whoever is only named in its labels.
func (g *grouper) claimWorkloads() {
	byRoot := map[*manifest.Root][]*App{}
	byName, byLabel := map[string]*App{}, map[string]*App{}
	var selecting []*App
	for _, a := range g.apps {
		switch {
		case g.ownRoot(a) != nil:
			byRoot[g.ownRoot(a)] = append(byRoot[g.ownRoot(a)], a)
		case len(a.Spec.Select) > 0:
			selecting = append(selecting, a)
		default:
			byName[a.Name], byLabel[a.Name] = a, a
		}
	}
	for _, o := range g.inv.Objects {
		if own := byRoot[rootOf(o)]; len(own) > 0 {
			g.own(o, own[0])
			continue
		}
		if template := PodTemplate(o); template != nil {
			g.claim(o, template, selecting, byName, byLabel)
		}
	}
	for _, a := range g.apps {
		if len(a.Workloads) == 0 && g.ownRoot(a) == nil && !g.disputed[a] {
			g.reportNotFound(a)
		}
	}
}

// claim gives a workload to the app that selects it, is named like it, or is
// named in its labels.
func (g *grouper) claim(o *manifest.Object, template *manifest.Node, selecting []*App, byName, byLabel map[string]*App) {
	var claimants []*App
	for _, a := range selecting {
		if g.inReach(a, o) && selectsWorkload(a.Spec.Select, o, template) {
			claimants = append(claimants, a)
		}
	}
	if a := byName[o.ID.Name]; a != nil && g.inReach(a, o) {
		claimants = append(claimants, a)
	}
	if len(claimants) == 0 {
		if a := byLabel[workloadLabel(o, template)]; a != nil && g.inReach(a, o) {
			claimants = append(claimants, a)
		}
	}
	switch len(claimants) {
	case 0:
	case 1:
		g.own(o, claimants[0])
	default:
		names := make([]string, len(claimants))
		for i, a := range claimants {
			names[i] = a.Name
			g.disputed[a] = true
		}
		g.diags.Errorf(diag.CodeGroup, o.Pos("metadata", "name"), "%s is claimed by the apps %s", o.ID, joinNames(names)).
			WithFix("narrow `select` or rename an app so that each workload belongs to one app").
			WithNote(claimants[0].Pos, "app %s", claimants[0].Name).
			WithNote(claimants[1].Pos, "app %s", claimants[1].Name)
	}
}

// inReach reports whether an app may claim an object: it must be in the
// namespace and the cluster that the plan says the app comes from.
func (g *grouper) inReach(a *App, o *manifest.Object) bool {
	from := a.Spec.From
	return from == nil || (from.Namespace == "" || from.Namespace == o.ID.Namespace) && (from.Cluster == "" || from.Cluster == ClusterOf(o))
}

func selectsWorkload(selector map[string]string, o *manifest.Object, template *manifest.Node) bool {
	for k, v := range selector { // order does not matter: all must hold
		own := o.Get("metadata", "labels", k)
		if own == nil {
			own = template.Get("metadata", "labels", k)
		}
		if own == nil || own.Value() != v {
			return false
		}
	}
	return true
}

func workloadLabel(o *manifest.Object, template *manifest.Node) string {
	if name := labelledApp(o); name != "" {
		return name
	}
	for _, l := range appLabels {
		if name := template.Text("metadata", "labels", l); name != "" {
			return name
		}
	}
	return ""
}

func (g *grouper) reportNotFound(a *App) {
	var names []string
	for _, o := range g.inv.Objects {
		if PodTemplate(o) != nil {
			names = append(names, o.ID.Name)
		}
	}
	d := g.diags.Errorf(diag.CodeGroup, a.Pos, "app %q is not in the sources: no workload has this name or the label app.kubernetes.io/name or app", a.Name)
	if near := diag.Nearest(a.Name, names); near != "" {
		d.WithFix("did you mean %q?", near)
		return
	}
	d.WithFix("name its workload, say `select` with its labels, or `manifests` with its own manifest root")
}
