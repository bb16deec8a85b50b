package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// The fields of a packet that hold the peer.
const (
	source      = "ip saddr"
	destination = "ip daddr"
)

// ingress returns the matches of a policy's ingress rules for a pod. Named ports
// are those of the pod itself.
func (c *compiler) ingress(b *boundPolicy, p *pod) ([]string, error) {
	out := []string{}
	for i := range b.Spec.Ingress {
		rule := &b.Spec.Ingress[i]
		from, err := c.peerMatches(rule.From, b.Namespace, source)
		if err != nil {
			return nil, fmt.Errorf("NetworkPolicy %s/%s: ingress rule %d: %w", b.Namespace, b.Name, i, err)
		}
		out = append(out, combine(from, portMatches(rule.Ports, p))...)
	}
	return out, nil
}

// egress returns the matches of a policy's egress rules. Named ports are those
// of the peers.
func (c *compiler) egress(b *boundPolicy) ([]string, error) {
	out := []string{}
	for i := range b.Spec.Egress {
		rule := &b.Spec.Egress[i]
		to, err := c.peerMatches(rule.To, b.Namespace, destination)
		if err == nil {
			out = append(out, combine(to, portMatches(rule.Ports, nil))...)
			var named []string
			named, err = c.namedMatches(rule, b.Namespace)
			out = append(out, named...)
		}
		if err != nil {
			return nil, fmt.Errorf("NetworkPolicy %s/%s: egress rule %d: %w", b.Namespace, b.Name, i, err)
		}
	}
	return out, nil
}

// peerMatches returns a match for each peer. No peers mean everybody.
func (c *compiler) peerMatches(list []networkingv1.NetworkPolicyPeer, own, field string) ([]string, error) {
	if len(list) == 0 {
		return []string{""}, nil
	}
	var out []string
	for i := range list {
		if list[i].IPBlock != nil {
			b, ok, err := parseBlock(list[i].IPBlock)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, b.match(field))
			}
			continue
		}
		pods, err := c.peers.selected(&list[i], own)
		if err != nil {
			return nil, err
		}
		elements := make([][]string, 0, len(pods))
		for j := range pods {
			elements = append(elements, []string{pods[j].address.String()})
		}
		out = append(out, field+" @"+c.group(slices.CompactFunc(elements, slices.Equal), false))
	}
	return out, nil
}

// portMatches returns a match for each port of a rule. No ports mean all of every
// protocol. Named ports are looked up in a pod; without one they are left out.
func portMatches(ports []networkingv1.NetworkPolicyPort, of *pod) []string {
	if len(ports) == 0 {
		return []string{""}
	}
	var out []string
	for _, p := range ports {
		protocol := protocolOf(p)
		word := strings.ToLower(string(protocol))
		switch {
		case p.Port == nil:
			out = append(out, "meta l4proto "+word)
		case p.Port.Type == intstr.Int && p.EndPort != nil:
			out = append(out, fmt.Sprintf("%s dport %d-%d", word, p.Port.IntVal, *p.EndPort))
		case p.Port.Type == intstr.Int:
			out = append(out, fmt.Sprintf("%s dport %d", word, p.Port.IntVal))
		case of != nil:
			if number := of.port(p.Port.StrVal, protocol); number != 0 {
				out = append(out, fmt.Sprintf("%s dport %d", word, number))
			}
		}
	}
	return out
}

// protocolOf returns the protocol of a port, TCP by default.
func protocolOf(p networkingv1.NetworkPolicyPort) corev1.Protocol {
	if p.Protocol == nil {
		return corev1.ProtocolTCP
	}
	return *p.Protocol
}

// namedMatches returns the matches of the named ports of an egress rule: each
// peer with the number that it gives the name.
func (c *compiler) namedMatches(rule *networkingv1.NetworkPolicyEgressRule, own string) ([]string, error) {
	var out []string
	for _, p := range rule.Ports {
		if p.Port == nil || p.Port.Type != intstr.String {
			continue
		}
		pods, err := c.meant(rule.To, own)
		if err != nil {
			return nil, err
		}
		var elements [][]string
		for i := range pods {
			if number := pods[i].port(p.Port.StrVal, protocolOf(p)); number != 0 {
				elements = append(elements, []string{pods[i].address.String(), strconv.Itoa(int(number))})
			}
		}
		word := strings.ToLower(string(protocolOf(p)))
		out = append(out, fmt.Sprintf("meta l4proto %s ip daddr . th dport @%s", word, c.group(slices.CompactFunc(elements, slices.Equal), true)))
	}
	return out, nil
}

// meant returns all pods that a list of peers means, ordered by address.
func (c *compiler) meant(list []networkingv1.NetworkPolicyPeer, own string) ([]pod, error) {
	if len(list) == 0 {
		return c.peers.pods, nil
	}
	var out []pod
	for i := range list {
		if list[i].IPBlock == nil {
			pods, err := c.peers.selected(&list[i], own)
			if err != nil {
				return nil, err
			}
			out = append(out, pods...)
			continue
		}
		b, _, err := parseBlock(list[i].IPBlock)
		if err != nil {
			return nil, err
		}
		for _, p := range c.peers.pods {
			if b.contains(p.address) {
				out = append(out, p)
			}
		}
	}
	slices.SortFunc(out, func(a, b pod) int { return cmp.Or(a.address.Compare(b.address), cmp.Compare(a.Name, b.Name)) })
	return out, nil
}

// combine returns every peer with every port: a connection must meet one of each.
func combine(peers, ports []string) []string {
	var out []string
	for _, peer := range peers {
		for _, port := range ports {
			out = append(out, strings.TrimSpace(peer+" "+port))
		}
	}
	return out
}
