package policy

import (
	"fmt"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// boundPolicy is a policy with what it selects.
type boundPolicy struct {
	*networkingv1.NetworkPolicy
	selector   labels.Selector
	directions map[networkingv1.PolicyType]bool
}

func bindAll(policies []*networkingv1.NetworkPolicy) ([]boundPolicy, error) {
	out := make([]boundPolicy, 0, len(policies))
	for _, p := range policies {
		selector, err := metav1.LabelSelectorAsSelector(&p.Spec.PodSelector)
		if err != nil {
			return nil, fmt.Errorf("NetworkPolicy %s/%s: podSelector: %w", p.Namespace, p.Name, err)
		}
		out = append(out, boundPolicy{p, selector, directions(&p.Spec)})
	}
	return out, nil
}

// directions returns the directions in which a policy isolates. Without
// policyTypes that is ingress always, and egress if there is a rule for it
// (NetworkPolicySpec.PolicyTypes; the API server fills it in the same way).
func directions(spec *networkingv1.NetworkPolicySpec) map[networkingv1.PolicyType]bool {
	out := map[networkingv1.PolicyType]bool{}
	for _, t := range spec.PolicyTypes {
		out[t] = true
	}
	if len(spec.PolicyTypes) == 0 {
		out[networkingv1.PolicyTypeIngress] = true
		out[networkingv1.PolicyTypeEgress] = len(spec.Egress) > 0
	}
	return out
}

// selects reports whether a policy is for a pod.
func (b *boundPolicy) selects(p *pod) bool {
	return b.Namespace == p.Namespace && b.selector.Matches(labels.Set(p.Labels))
}
