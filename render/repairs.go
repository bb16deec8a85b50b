package render

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// repaired returns a copy with what it needs at its place beyond new addresses:
// the namespaces of those it has to run beside, and names for its certificate
// that hold for callers of the old name too.
func (f *folder) repaired(o, inventory *manifest.Object, at plan.Place) *manifest.Object {
	switch {
	case o.ID.Group == "cert-manager.io" && o.ID.Kind == "Certificate":
		return f.withOldNames(o, inventory)
	case plan.PodTemplatePath(inventory) != nil:
		return f.withNeighbours(o, inventory, at)
	}
	return o
}

// withOldNames keeps the names of Services at the old place in a certificate: a
// caller that comes through the alias or the relay verifies the name that it
// dialled (H41). They stay, for names that nobody dials do no harm.
func (f *folder) withOldNames(o, inventory *manifest.Object) *manifest.Object {
	names := manifest.P("spec", "dnsNames")
	for _, r := range f.graph.ReferencesOf(inventory) {
		if r.Refers != refs.ToService || len(r.Path) <= len(names) || !slices.Equal(r.Path[:len(names)], names) {
			continue
		}
		old := inventory.Get(r.Path...)
		if !slices.ContainsFunc(items(o.Get(names...)), old.Equal) {
			o = o.With(names.Index(o.Get(names...).Len()), manifest.Str(old.Value()))
		}
	}
	return o
}

func items(n *manifest.Node) []*manifest.Node {
	out := make([]*manifest.Node, 0, n.Len())
	for _, item := range n.Items() {
		out = append(out, item)
	}
	return out
}

// affinityTerms are the lists of terms in a pod's affinity, and where a term
// stands in an item of the list.
var affinityTerms = [...]struct {
	list manifest.Path
	term []string
}{
	{manifest.Path{"podAffinity", "requiredDuringSchedulingIgnoredDuringExecution"}, nil},
	{manifest.Path{"podAffinity", "preferredDuringSchedulingIgnoredDuringExecution"}, []string{"podAffinityTerm"}},
	{manifest.Path{"podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"}, nil},
	{manifest.Path{"podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution"}, []string{"podAffinityTerm"}},
}

// withNeighbours lists the namespaces of other apps in the terms of an affinity
// that mean their pods. Without a list a term means the namespace of the pod
// itself (core/v1 PodAffinityTerm), where the others are not, or not yet (H67).
// Each is listed with its old and its new namespace, so the terms hold at any
// time of the migration and after it.
func (f *folder) withNeighbours(o, inventory *manifest.Object, at plan.Place) *manifest.Object {
	affinity := plan.PodTemplatePath(inventory).Join("spec", "affinity")
	if inventory.Get(affinity...) == nil {
		return o
	}
	for _, kind := range affinityTerms {
		list := affinity.Join(kind.list...)
		for i, item := range inventory.Get(list...).Items() {
			term := item.Get(kind.term...)
			if term.Get("labelSelector") == nil || term.Get("namespaces").Len() > 0 || term.Get("namespaceSelector") != nil {
				continue
			}
			if namespaces := f.neighbours(inventory, term.Get("labelSelector"), at); namespaces != nil {
				o = o.With(list.Index(i).Join(kind.term...).Join("namespaces"), manifest.Strs(namespaces...))
			}
		}
	}
	return o
}

// neighbours returns the namespaces of those whose pods a selector means today,
// nil when it means none but those of the app itself.
func (f *folder) neighbours(inventory *manifest.Object, selector *manifest.Node, at plan.Place) []string {
	var out []string
	others := false
	for _, w := range f.candidates(inventory.ID.Namespace, selector) {
		if !plan.Selects(selector, plan.PodTemplate(w).Get("metadata", "labels")) {
			continue
		}
		if slices.Equal(f.users[w], f.users[inventory]) {
			out = append(out, at.Namespace)
			continue
		}
		others = true
		out = append(out, w.ID.Namespace)
		for _, a := range f.users[w] {
			out = append(out, a.To.Namespace)
		}
	}
	if !others {
		return nil
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// podLabel is a label of the pods of a namespace; the zero key and value stand for
// all pods of the namespace.
type podLabel struct{ namespace, key, value string }

// candidates returns the workloads of a namespace of the inventory whose pods a
// selector may mean: those with one of the labels that it asks for first.
func (f *folder) candidates(namespace string, selector *manifest.Node) []*manifest.Object {
	if f.running == nil {
		f.indexPods()
	}
	for key, value := range selector.Get("matchLabels").Entries() {
		return f.running[podLabel{namespace, key, value.Value()}]
	}
	for _, e := range selector.Get("matchExpressions").Items() {
		if e.Text("operator") != "In" {
			continue
		}
		var out []*manifest.Object
		for _, value := range e.Get("values").Items() {
			out = append(out, f.running[podLabel{namespace, e.Text("key"), value.Value()}]...)
		}
		return out
	}
	return f.running[podLabel{namespace: namespace}]
}

func (f *folder) indexPods() {
	f.running = map[podLabel][]*manifest.Object{}
	for _, o := range f.graph.Inventory.Objects {
		template := plan.PodTemplate(o)
		if template == nil {
			continue
		}
		all := podLabel{namespace: o.ID.Namespace}
		f.running[all] = append(f.running[all], o)
		for key, value := range template.Get("metadata", "labels").Entries() {
			at := podLabel{o.ID.Namespace, key, value.Value()}
			f.running[at] = append(f.running[at], o)
		}
	}
}
