// Package policy enforces NetworkPolicies with nftables: what a network plugin
// does, written from the specification alone (k8s.io/api/networking/v1 and
// https://kubernetes.io/docs/concepts/services-networking/network-policies/). It
// shares nothing with the simulator, so that the two readings check each other.
//
// Rules stand in the forward hook of the node's namespace, behind kube-proxy's
// translation: they see pods, never the virtual address of a Service. What the
// node itself sends to its pods does not pass that hook, which is how probes
// reach isolated pods. Addresses are IPv4.
package policy

import (
	"cmp"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Snapshot is everything that the rules of a node follow from, at one moment.
type Snapshot struct {
	Node       string // whose pods are guarded; those of all nodes when empty
	Pods       []*corev1.Pod
	Namespaces []*corev1.Namespace
	Policies   []*networkingv1.NetworkPolicy
}

// pod is a pod with an address of its own.
type pod struct {
	*corev1.Pod
	address netip.Addr
}

// pods returns the pods that have an address of their own and run, ordered by
// it. Pods on the network of their node are the node to all policies.
func (s *Snapshot) pods() []pod {
	var out []pod
	for _, p := range s.Pods {
		if p.Spec.HostNetwork || p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
			continue
		}
		if a, err := netip.ParseAddr(p.Status.PodIP); err == nil && a.Is4() {
			out = append(out, pod{p, a})
		}
	}
	slices.SortFunc(out, func(a, b pod) int {
		return cmp.Or(a.address.Compare(b.address), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// sortedPolicies returns the policies ordered by namespace and name.
func (s *Snapshot) sortedPolicies() []*networkingv1.NetworkPolicy {
	out := slices.Clone(s.Policies)
	slices.SortFunc(out, func(a, b *networkingv1.NetworkPolicy) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// namespaceLabels returns the labels of every namespace.
func (s *Snapshot) namespaceLabels() map[string]labels.Set {
	out := make(map[string]labels.Set, len(s.Namespaces))
	for _, ns := range s.Namespaces {
		out[ns.Name] = ns.Labels
	}
	return out
}

// port returns the number of a container port by name and protocol, 0 when the
// pod has none. Init containers that stay have ports too (KEP-753).
func (p *pod) port(name string, protocol corev1.Protocol) int32 {
	containers := slices.Clone(p.Spec.Containers)
	for i := range p.Spec.InitContainers {
		if always := p.Spec.InitContainers[i].RestartPolicy; always != nil && *always == corev1.ContainerRestartPolicyAlways {
			containers = append(containers, p.Spec.InitContainers[i])
		}
	}
	for i := range containers {
		for _, c := range containers[i].Ports {
			if c.Name == name && cmp.Or(c.Protocol, corev1.ProtocolTCP) == protocol {
				return c.ContainerPort
			}
		}
	}
	return 0
}
