package plan

import (
	"github.com/rehome-dev/rehome/manifest"
)

// labelKey is one label of the pods at a place.
type labelKey struct {
	at         Place
	key, value string
}

// podIndex finds workloads by the labels of their pods.
type podIndex struct {
	byLabel map[labelKey][]*manifest.Object
	byPlace map[Place][]*manifest.Object
}

// newPodIndex indexes all workloads of an inventory.
func newPodIndex(objects []*manifest.Object) *podIndex {
	ix := &podIndex{byLabel: map[labelKey][]*manifest.Object{}, byPlace: map[Place][]*manifest.Object{}}
	for _, o := range objects {
		template := PodTemplate(o)
		if template == nil {
			continue
		}
		at := PlaceOf(o)
		ix.byPlace[at] = append(ix.byPlace[at], o)
		for k, v := range template.Get("metadata", "labels").Entries() {
			key := labelKey{at, k, v.Value()}
			ix.byLabel[key] = append(ix.byLabel[key], o)
		}
	}
	return ix
}

// selected returns the workloads of a place whose pods have all the labels
// of an equality selector. An empty selector selects nothing: that is how
// Services read it.
func (ix *podIndex) selected(at Place, selector *manifest.Node) []*manifest.Object {
	var fewest []*manifest.Object
	first := true
	for k, v := range selector.Entries() {
		candidates := ix.byLabel[labelKey{at, k, v.Value()}]
		if first || len(candidates) < len(fewest) {
			fewest, first = candidates, false
		}
	}
	var out []*manifest.Object
	for _, o := range fewest {
		if hasLabels(PodTemplate(o).Get("metadata", "labels"), selector) {
			out = append(out, o)
		}
	}
	return out
}

// selectedBy returns the workloads that a metav1.LabelSelector selects; an empty
// one selects all of the namespace, as policies and budgets read it.
func (ix *podIndex) selectedBy(at Place, selector *manifest.Node) []*manifest.Object {
	candidates := ix.byPlace[at]
	if selector.Get("matchLabels").Len() > 0 {
		candidates = ix.selected(at, selector.Get("matchLabels"))
	}
	var out []*manifest.Object
	for _, o := range candidates {
		if matchesExpressions(PodTemplate(o).Get("metadata", "labels"), selector.Get("matchExpressions")) {
			out = append(out, o)
		}
	}
	return out
}

// withDefaultAccount returns the workloads of a place whose pods run with its
// default ServiceAccount, by name or because they name none.
func (ix *podIndex) withDefaultAccount(at Place) []*manifest.Object {
	var out []*manifest.Object
	for _, o := range ix.byPlace[at] {
		if name := PodTemplate(o).Text("spec", "serviceAccountName"); name == "" || name == "default" {
			out = append(out, o)
		}
	}
	return out
}

// hasLabels reports whether labels contain every entry of wanted.
func hasLabels(labels, wanted *manifest.Node) bool {
	for k, v := range wanted.Entries() {
		have := labels.Child(k)
		if have == nil || have.Value() != v.Value() {
			return false
		}
	}
	return true
}

// matchesExpressions evaluates matchExpressions as
// apimachinery/pkg/labels.Requirement.Matches does: NotIn and DoesNotExist hold
// for an absent label.
func matchesExpressions(labels, expressions *manifest.Node) bool {
	for _, e := range expressions.Items() {
		have := labels.Child(e.Text("key"))
		listed := false
		for _, v := range e.Get("values").Items() {
			listed = listed || have != nil && v.Value() == have.Value()
		}
		holds := false
		switch e.Text("operator") {
		case "In":
			holds = listed
		case "NotIn":
			holds = !listed
		case "Exists":
			holds = have != nil
		case "DoesNotExist":
			holds = have == nil
		}
		if !holds {
			return false
		}
	}
	return true
}

// Selects reports whether a metav1.LabelSelector selects pods with the labels;
// an empty or absent one selects all.
func Selects(selector, labels *manifest.Node) bool {
	return hasLabels(labels, selector.Get("matchLabels")) && matchesExpressions(labels, selector.Get("matchExpressions"))
}

// SelectsEqual reports whether a Service's selector selects pods with the
// labels; an empty or absent one selects none.
func SelectsEqual(selector, labels *manifest.Node) bool {
	return selector.Len() > 0 && hasLabels(labels, selector)
}
