package model

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// addPolicy adds a NetworkPolicy.
func (g *generator) addPolicy() {
	p := &networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
		ObjectMeta: metav1.ObjectMeta{Namespace: g.namespace(), Name: fmt.Sprintf("policy-%d", len(g.world.Policies))},
	}
	if chance(g.Rand, 60) {
		p.Spec.PodSelector = g.selector("app", "cart", "front", "pay")
	}
	for range g.IntN(3) {
		p.Spec.Ingress = append(p.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: g.peers(), Ports: g.policyPorts()})
	}
	if chance(g.Rand, 45) {
		g.egress(p)
	}
	if chance(g.Rand, 60) {
		p.Spec.PolicyTypes = g.policyTypes(len(p.Spec.Egress) > 0)
	}
	g.world.Policies = append(g.world.Policies, p)
}

// policyTypes returns directions, with or without rules for them.
func (g *generator) policyTypes(egress bool) []networkingv1.PolicyType {
	in, out := networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress
	if egress {
		return one(g.Rand, []networkingv1.PolicyType{out}, []networkingv1.PolicyType{in, out})
	}
	return one(g.Rand, []networkingv1.PolicyType{in}, []networkingv1.PolicyType{in}, []networkingv1.PolicyType{in, out})
}

// egress adds egress rules, most often with the one for DNS, without which
// nothing else is to be seen.
func (g *generator) egress(p *networkingv1.NetworkPolicy) {
	for range 1 + g.IntN(2) {
		p.Spec.Egress = append(p.Spec.Egress, networkingv1.NetworkPolicyEgressRule{To: g.peers(), Ports: g.policyPorts()})
	}
	if !chance(g.Rand, 85) {
		return
	}
	udp, number := corev1.ProtocolUDP, intstr.FromInt32(53)
	p.Spec.Egress = append(p.Spec.Egress, networkingv1.NetworkPolicyEgressRule{
		To: []networkingv1.NetworkPolicyPeer{{
			NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": "kube-system"}},
			PodSelector:       &metav1.LabelSelector{MatchLabels: map[string]string{"k8s-app": "kube-dns"}},
		}},
		Ports: []networkingv1.NetworkPolicyPort{{Protocol: &udp, Port: &number}, {Port: &number}},
	})
}

// selector returns one that means some of the values of a label, in one of the
// ways in which that can be said.
func (g *generator) selector(key string, values ...string) metav1.LabelSelector {
	expression := metav1.LabelSelectorRequirement{Key: key}
	switch g.IntN(6) {
	case 0:
		expression.Operator, expression.Values = metav1.LabelSelectorOpIn, []string{one(g.Rand, values...), one(g.Rand, values...)}
	case 1:
		expression.Operator, expression.Values = metav1.LabelSelectorOpNotIn, []string{one(g.Rand, values...)}
	case 2:
		expression.Operator = metav1.LabelSelectorOpExists
	case 3:
		expression = metav1.LabelSelectorRequirement{Key: "tier", Operator: metav1.LabelSelectorOpDoesNotExist}
	default:
		return metav1.LabelSelector{MatchLabels: map[string]string{key: one(g.Rand, values...)}}
	}
	return metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{expression}}
}

func (g *generator) peers() []networkingv1.NetworkPolicyPeer {
	var out []networkingv1.NetworkPolicyPeer
	for range g.IntN(3) {
		out = append(out, g.peer())
	}
	return out
}

func (g *generator) peer() networkingv1.NetworkPolicyPeer {
	if chance(g.Rand, 10) {
		return networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: one(g.Rand, "0.0.0.0/0", "198.51.100.0/24")}}
	}
	var out networkingv1.NetworkPolicyPeer
	if chance(g.Rand, 60) {
		s := g.selector("app", "cart", "front", "pay")
		out.PodSelector = &s
	}
	if out.PodSelector == nil || chance(g.Rand, 40) {
		s := metav1.LabelSelector{}
		if chance(g.Rand, 70) {
			s = g.selector("team", "red", "blue")
		}
		out.NamespaceSelector = &s
	}
	return out
}

func (g *generator) policyPorts() []networkingv1.NetworkPolicyPort {
	var out []networkingv1.NetworkPolicyPort
	for range g.IntN(3) {
		out = append(out, g.policyPort())
	}
	return out
}

func (g *generator) policyPort() networkingv1.NetworkPolicyPort {
	var out networkingv1.NetworkPolicyPort
	port := intstr.FromInt32(one[int32](g.Rand, 80, sharedPort, sharedPort, 8081, 5300))
	switch g.IntN(5) {
	case 0:
		port = intstr.FromString(one(g.Rand, "web", "admin", "data", "grpc"))
	case 1:
		port = intstr.FromInt32(8000)
		end := one[int32](g.Rand, 8080, 8079, 9000)
		out.EndPort = &end
	case 2:
		udp := corev1.ProtocolUDP
		out.Protocol = &udp
		if chance(g.Rand, 30) {
			return out
		}
	}
	out.Port = &port
	return out
}
