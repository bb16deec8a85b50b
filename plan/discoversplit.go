package plan

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
)

// part is those workloads of a family that become one app.
type part struct {
	name      string // of the app
	label     string // that its workloads alone have; "" when they are found by name
	value     string
	workloads []*manifest.Object
}

// splitLabels tell the workloads of one app apart
// (kubernetes.io/docs/concepts/overview/working-with-objects/common-labels).
var splitLabels = [...]string{"app.kubernetes.io/instance", "app.kubernetes.io/component"}

// split takes a family apart when its workloads stand behind different Services:
// by the label that says instance or component, where that tells those behind
// each Service from the others, else by the names of the workloads.
func (d *discoverer) split(f *family) []part {
	clusters := d.clusters(f)
	if len(clusters) < 2 {
		return []part{{name: dnsName(f.label), workloads: f.workloads}}
	}
	for _, label := range splitLabels {
		if parts := f.by(label, clusters); parts != nil {
			return parts
		}
	}
	var out []part
	for _, w := range f.workloads {
		same := func(p part) bool { return p.workloads[0].ID.Name == w.ID.Name }
		if !slices.ContainsFunc(out, same) {
			out = append(out, part{name: dnsName(w.ID.Name), workloads: []*manifest.Object{w}})
		}
	}
	return out
}

// clusters returns the workloads of a family that stand behind Services, those
// that share one together.
func (d *discoverer) clusters(f *family) [][]*manifest.Object {
	var out [][]*manifest.Object
	for _, w := range f.workloads {
		if len(d.services[w]) == 0 {
			continue
		}
		joined := []*manifest.Object{w}
		rest := out[:0:0]
		for _, cluster := range out {
			if slices.ContainsFunc(cluster, func(o *manifest.Object) bool { return d.share(o, w) }) {
				joined = append(cluster, joined...)
			} else {
				rest = append(rest, cluster)
			}
		}
		out = append(rest, joined)
	}
	return out
}

// share reports whether a Service selects the pods of both workloads.
func (d *discoverer) share(a, b *manifest.Object) bool {
	return slices.ContainsFunc(d.services[a], func(s *manifest.Object) bool { return slices.Contains(d.services[b], s) })
}

// by splits a family by the values of a label; nil when a workload has none, or
// when those behind different Services have the same.
func (f *family) by(label string, clusters [][]*manifest.Object) []part {
	owner := map[string]int{}
	for i, cluster := range clusters {
		for _, w := range cluster {
			value := podLabel(w, label)
			if at, seen := owner[value]; value == "" || seen && at != i {
				return nil
			}
			owner[value] = i
		}
	}
	var out []part
	for _, w := range f.workloads {
		value := podLabel(w, label)
		if value == "" {
			return nil
		}
		at := slices.IndexFunc(out, func(p part) bool { return p.value == value })
		if at < 0 {
			at = len(out)
			out = append(out, part{name: f.partName(label, value), label: label, value: value})
		}
		out[at].workloads = append(out[at].workloads, w)
	}
	return out
}

// partName names a part after its instance, or after the app and its component.
func (f *family) partName(label, value string) string {
	if label == splitLabels[0] {
		return dnsName(value)
	}
	return dnsName(f.label + "-" + value)
}

// podLabel returns a label of a workload as `select` of the plan reads it.
func podLabel(w *manifest.Object, label string) string {
	if own := w.Get("metadata", "labels", label); own != nil {
		return own.Value()
	}
	return PodTemplate(w).Text("metadata", "labels", label)
}

// spec describes the app of a part so that [Group] finds the same workloads
// again: by name where that does, else by their labels.
func (p part) spec(f *family) AppSpec {
	switch {
	case p.label != "":
		return p.selecting(f, p.name)
	case p.name == f.label || p.name == p.workloads[0].ID.Name:
		return AppSpec{Name: p.name}
	}
	return p.selecting(f, p.name)
}

// selecting describes the app of a part by its labels.
func (p part) selecting(f *family, name string) AppSpec {
	spec := AppSpec{Name: name, Select: map[string]string{}}
	if p.label != "" {
		spec.Select[p.label] = p.value
	}
	w := p.workloads[0]
	for _, l := range appLabels {
		if podLabel(w, l) == f.label {
			spec.Select[l] = f.label
			return spec
		}
	}
	for label, value := range PodTemplate(w).Get("metadata", "labels").Entries() {
		if len(spec.Select) == 0 {
			spec.Select[label] = value.Value()
		}
	}
	if len(spec.Select) == 0 {
		spec.Select = nil
	}
	return spec
}
