package sim

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// direction tells the two sides of a connection apart: the policies of the
// source look at its egress, those of the destination at its ingress.
type direction uint8

const (
	egress direction = iota + 1
	ingress
)

// String returns the word that policies use.
func (d direction) String() string {
	if d == egress {
		return "egress"
	}
	return "ingress"
}

// policy is a decoded NetworkPolicy.
type policy struct {
	object   *manifest.Object
	selector labels.Selector
	equal    labels.Set // matchLabels of the selector, by which the policy is indexed
	// isolates says in which directions the policy selects: a pod is isolated in
	// a direction when any policy that selects it applies to that direction.
	isolatesIngress, isolatesEgress bool
	ingress, egress                 []policyRule
	broken                          string // why it can't be evaluated; the API server would refuse it
}

// policyRule is one entry of spec.ingress or spec.egress.
type policyRule struct {
	peers []peer       // none: everybody
	ports []policyPort // none: every port
}

// policyPort is one entry of ports.
type policyPort struct {
	protocol   string
	name       string // of a container port of the destination
	first, end int32  // first 0 and no name: every port of the protocol
}

// decodePolicy reads a NetworkPolicy.
func decodePolicy(o *manifest.Object) *policy {
	spec := o.Get("spec")
	p := &policy{object: o, equal: textMap(spec.Get("podSelector", "matchLabels"))}
	var err error
	if p.selector, err = decodeSelector(spec.Get("podSelector")); err != nil {
		p.broken = err.Error()
		p.selector = labels.Everything()
		p.equal = nil
	}
	p.isolatesIngress, p.isolatesEgress = plan.AppliesTo(o, "Ingress"), plan.AppliesTo(o, "Egress")
	p.ingress = p.rules(spec.Get("ingress"), "from")
	p.egress = p.rules(spec.Get("egress"), "to")
	return p
}

// decodeSelector reads a metav1.LabelSelector; an absent one selects everything
// where policies hold one by value.
func decodeSelector(n *manifest.Node) (labels.Selector, error) {
	s := metav1.LabelSelector{MatchLabels: textMap(n.Get("matchLabels"))}
	for _, e := range n.Get("matchExpressions").Items() {
		s.MatchExpressions = append(s.MatchExpressions, metav1.LabelSelectorRequirement{
			Key:      e.Text("key"),
			Operator: metav1.LabelSelectorOperator(e.Text("operator")),
			Values:   texts(e.Get("values")),
		})
	}
	return metav1.LabelSelectorAsSelector(&s)
}

func (p *policy) rules(n *manifest.Node, peers string) []policyRule {
	var out []policyRule
	for _, r := range n.Items() {
		rule := policyRule{}
		for _, each := range r.Get(peers).Items() {
			decoded, err := decodePeer(each)
			if err != nil {
				// A rule that loses its last peer would mean everybody.
				p.broken, decoded = err.Error(), peer{pods: labels.Nothing()}
			}
			rule.peers = append(rule.peers, decoded)
		}
		for _, each := range r.Get("ports").Items() {
			rule.ports = append(rule.ports, decodePolicyPort(each))
		}
		out = append(out, rule)
	}
	return out
}

func decodePolicyPort(n *manifest.Node) policyPort {
	p := policyPort{protocol: orDefault(n.Text("protocol"), tcp)}
	t := decodeTarget(n.Get("port"))
	p.name, p.first, p.end = t.name, t.number, t.number
	if end := portNumber(n.Get("endPort")); end != 0 {
		p.end = end
	}
	return p
}

// admits reports whether a rule is about a port of a pod. A named port is
// looked up among the container ports of the destination, whichever direction
// the policy is for.
func (r *policyRule) admits(number int32, protocol string, destination *Template) bool {
	if len(r.ports) == 0 {
		return true
	}
	for _, p := range r.ports {
		switch {
		case p.protocol != protocol:
		case p.name != "":
			if destination != nil && destination.port(p.name, protocol) == number {
				return true
			}
		case p.first == 0 || p.first <= number && number <= p.end:
			return true
		}
	}
	return false
}

// applies reports whether the policy isolates in a direction, and its rules.
func (p *policy) applies(d direction) ([]policyRule, bool) {
	if d == egress {
		return p.egress, p.isolatesEgress
	}
	return p.ingress, p.isolatesIngress
}

func (p *policy) enter(c *cluster) {
	ns := c.namespace(p.object.ID.Namespace)
	ns.population++
	ns.policies.add(p)
	clear(ns.selecting)
}

func (p *policy) leave(c *cluster) {
	ns := c.namespace(p.object.ID.Namespace)
	ns.population--
	ns.policies.remove(p)
	clear(ns.selecting)
}
