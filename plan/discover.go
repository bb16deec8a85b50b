package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// Discover returns a plan with one app for each group of workloads that the
// labels of an inventory show, none of which moves yet.
func Discover(name string, sources []Source, inv *manifest.Inventory) (*Plan, diag.List) {
	p := &Plan{APIVersion: APIVersion, Kind: Kind, Metadata: Metadata{Name: name}}
	p.Spec.Sources = sources
	var diags diag.List
	found, names := map[string]*manifest.Object{}, map[string]bool{}
	for _, o := range inv.Objects {
		template := PodTemplate(o)
		if template == nil {
			continue
		}
		app := cmp.Or(workloadLabel(o, template), o.ID.Name)
		first := found[app]
		switch {
		case first == nil:
			found[app] = o
			spec := discoveredApp(app, o)
			spec.Name = uniqueName(names, spec.Name)
			p.Spec.Apps = append(p.Spec.Apps, spec)
		case first.ID.Namespace != o.ID.Namespace:
			diags.Warnf(diag.CodeGroup, o.Pos("metadata", "name"), "app %q is in the namespaces %s and %s: only the first is in the plan", app, first.ID.Namespace, o.ID.Namespace).
				WithFix("run init on one namespace at a time, or add an app with `from` and `select` for the second")
		}
	}
	if len(p.Spec.Apps) == 0 {
		diags.Errorf(diag.CodeGroup, diag.Pos{File: inv.Roots[0].Path}, "no workloads are found here: there is nothing to move")
	}
	slices.SortFunc(p.Spec.Apps, func(a, b AppSpec) int { return cmp.Compare(a.Name, b.Name) })
	return p, diags
}

// discoveredApp names an app so that Group finds the same workloads again: by
// name or label, or by an explicit selector where the label is no valid name.
func discoveredApp(label string, o *manifest.Object) AppSpec {
	name := strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(label))
	if name == label {
		return AppSpec{Name: name}
	}
	for _, l := range appLabels {
		if PodTemplate(o).Text("metadata", "labels", l) == label || o.Text("metadata", "labels", l) == label {
			return AppSpec{Name: name, Select: map[string]string{l: label}}
		}
	}
	for label, value := range PodTemplate(o).Get("metadata", "labels").Entries() {
		return AppSpec{Name: name, Select: map[string]string{label: value.Value()}}
	}
	return AppSpec{Name: name}
}
