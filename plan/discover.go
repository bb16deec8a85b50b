package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// Discover returns a plan with one app for each group of workloads that the
// labels and Services of an inventory show, none of which moves yet.
func Discover(name string, sources []Source, inv *manifest.Inventory) (*Plan, diag.List) {
	p := &Plan{APIVersion: APIVersion, Kind: Kind, Metadata: Metadata{Name: name}}
	p.Spec.Sources = sources
	d := &discoverer{services: servicesByPods(inv), names: map[string]bool{}}
	for _, f := range d.families(inv) {
		d.add(f)
	}
	p.Spec.Apps = d.apps
	if len(p.Spec.Apps) == 0 {
		d.diags.Errorf(diag.CodeGroup, diag.Pos{File: inv.Roots[0].Path}, "no workloads are found here: there is nothing to move")
	}
	slices.SortFunc(p.Spec.Apps, func(a, b AppSpec) int { return cmp.Compare(a.Name, b.Name) })
	return p, d.diags
}

// family is the workloads of a namespace that name the same app in their labels.
type family struct {
	label     string // what they name; the workload's own name where it names nothing
	namespace string
	elsewhere bool // other namespaces have workloads that name it too
	workloads []*manifest.Object
}

// discoverer collects the apps of a plan.
type discoverer struct {
	services map[*manifest.Object][]*manifest.Object // by workload: the Services that select its pods
	names    map[string]bool
	apps     []AppSpec
	diags    diag.List
}

// families groups the workloads of an inventory, in its order.
func (d *discoverer) families(inv *manifest.Inventory) []*family {
	type key struct{ label, namespace string }
	found := map[key]*family{}
	first := map[string]*family{}
	var out []*family
	for _, o := range inv.Objects {
		template := PodTemplate(o)
		if template == nil {
			continue
		}
		k := key{cmp.Or(workloadLabel(o, template), o.ID.Name), o.ID.Namespace}
		if found[k] == nil {
			f := &family{label: k.label, namespace: k.namespace}
			found[k] = f
			out = append(out, f)
			if other := first[k.label]; other != nil {
				f.elsewhere, other.elsewhere = true, true
			} else {
				first[k.label] = f
			}
		}
		found[k].workloads = append(found[k].workloads, o)
	}
	return out
}

// servicesByPods finds the Services that select each workload's pods.
func servicesByPods(inv *manifest.Inventory) map[*manifest.Object][]*manifest.Object {
	pods := newPodIndex(inv.Objects)
	out := map[*manifest.Object][]*manifest.Object{}
	for _, o := range inv.Objects {
		if !o.ID.IsService() {
			continue
		}
		for _, w := range pods.selected(PlaceOf(o), o.Get("spec", "selector")) {
			out[w] = append(out[w], o)
		}
	}
	return out
}

// add adds the apps of a family: one, or several where its workloads stand behind
// different Services.
func (d *discoverer) add(f *family) {
	parts := d.split(f)
	for _, p := range parts {
		spec := p.spec(f)
		if f.elsewhere {
			spec.From = &PlaceSpec{Namespace: f.namespace}
			if d.names[spec.Name] {
				spec = p.selecting(f, spec.Name+"-"+f.namespace)
				spec.From = &PlaceSpec{Namespace: f.namespace}
			}
		}
		spec.Name = uniqueName(d.names, spec.Name)
		d.apps = append(d.apps, spec)
	}
	switch first := f.workloads[0]; {
	case len(parts) > 1:
		d.explain(first, "%s name the app %q and stand behind different Services: the plan has an app for each", f.names(), f.label).
			WithFix("to move them as one, give one app `select` with the label that they share")
	case len(f.workloads) > 1:
		d.explain(first, "%s are one app: they name the app %q in their labels, and %s", f.names(), f.label, d.together(f))
	}
}

func (d *discoverer) explain(o *manifest.Object, format string, args ...any) *diag.Diagnostic {
	return d.diags.Infof(diag.CodeGroup, o.Pos("metadata", "name"), format, args...)
}

// together says why the workloads of a family are not taken apart.
func (d *discoverer) together(f *family) string {
	if len(d.clusters(f)) == 0 {
		return "no Service tells them apart"
	}
	return "no more than one group of them stands behind Services"
}

// names lists the workloads of a family for people.
func (f *family) names() string {
	names := make([]string, len(f.workloads))
	for i, w := range f.workloads {
		names[i] = w.ID.Kind + " " + w.ID.Name
	}
	return joinNames(names)
}

// dnsName makes a DNS label of a label's value.
func dnsName(value string) string {
	return strings.Trim(strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(value)), "-")
}
