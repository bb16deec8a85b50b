package sim

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// sayPolicy tells how the policies that isolate one side decided.
func (q *query) sayPolicy(d direction, v verdict, by *policy, isolating []*policy, subject, other *party, port int32, protocol string) {
	if q.silent() {
		return
	}
	switch v {
	case allowed:
		q.add(Policy, by.object.Pos("spec", d.String()), "%s allowed by %s", d, q.nameOf(by.object.ID))
	case assumed:
		q.add(Assume, by.object.Pos("spec", d.String()), "assumed: the ipBlock in %s of %s covers %s", d, q.nameOf(by.object.ID), other)
	case undecided:
		q.add(Policy, by.object.Pos("spec", d.String()), "%s depends on %s: %s", d, q.nameOf(by.object.ID), whyUndecided(by, other))
	case denied:
		names := make([]string, len(isolating))
		for i, p := range isolating {
			names[i] = p.object.ID.Name
		}
		verb := "lets them reach"
		if d == ingress {
			verb = "admits"
		}
		q.add(Policy, isolating[0].object.Pos("spec"), "%s denied: of the policies that select %s (%s) none %s %s on %s port %d",
			d, subject, strings.Join(names, ", "), verb, other, protocol, port)
	}
}

// whyUndecided says what is missing to decide.
func whyUndecided(by *policy, other *party) string {
	switch {
	case by.broken != "":
		return "the API server would refuse it: " + by.broken
	case other.namespace == nil:
		return "who calls is not in the manifests"
	}
	return fmt.Sprintf("the labels of namespace %s are not in the manifests", other.namespace.name)
}

// String describes a party for a trace.
func (p *party) String() string {
	switch {
	case p.address.IsValid():
		return p.address.String()
	case p.namespace == nil:
		return "pods that are not in the manifests"
	case p.onNode():
		return fmt.Sprintf("host-network pods of %s", p.namespace.name)
	}
	return fmt.Sprintf("pods {%s} of %s", labels.Set(p.template.Labels), p.namespace.name)
}
