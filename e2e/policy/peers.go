package policy

import (
	"fmt"
	"net/netip"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// peers finds who a peer of a policy means.
type peers struct {
	pods       []pod
	namespaces map[string]labels.Set
}

func newPeers(s *Snapshot) *peers {
	return &peers{pods: s.pods(), namespaces: s.namespaceLabels()}
}

// selected returns the pods of a peer with selectors, in a policy of a
// namespace. Both selectors of one peer must hold; without a namespaceSelector
// the peer is of the policy's own namespace, without a podSelector it is every
// pod of the namespaces.
func (ps *peers) selected(peer *networkingv1.NetworkPolicyPeer, own string) ([]pod, error) {
	inNamespace, err := selector(peer.NamespaceSelector)
	if err != nil {
		return nil, fmt.Errorf("namespaceSelector: %w", err)
	}
	isPod, err := selector(peer.PodSelector)
	if err != nil {
		return nil, fmt.Errorf("podSelector: %w", err)
	}
	var out []pod
	for _, p := range ps.pods {
		switch {
		case inNamespace == nil && p.Namespace != own:
		case inNamespace != nil && !inNamespace.Matches(ps.namespaces[p.Namespace]):
		case isPod != nil && !isPod.Matches(labels.Set(p.Labels)):
		default:
			out = append(out, p)
		}
	}
	return out, nil
}

// selector returns nil for a selector that is not given, which differs from an
// empty one.
func selector(s *metav1.LabelSelector) (labels.Selector, error) {
	if s == nil {
		return nil, nil //nolint:nilnil // no selector is no error
	}
	return metav1.LabelSelectorAsSelector(s)
}

// block is the addresses of an ipBlock.
type block struct {
	within netip.Prefix
	except []netip.Prefix
}

// parseBlock reads an ipBlock. ok is false for one of another address family.
func parseBlock(b *networkingv1.IPBlock) (out block, ok bool, err error) {
	if out.within, err = netip.ParsePrefix(b.CIDR); err != nil {
		return out, false, fmt.Errorf("ipBlock: %w", err)
	}
	out.within = out.within.Masked()
	for _, text := range b.Except {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return out, false, fmt.Errorf("ipBlock: except: %w", err)
		}
		out.except = append(out.except, p.Masked())
	}
	return out, out.within.Addr().Is4(), nil
}

// match returns the block as a match of a field, ip saddr or ip daddr.
func (b *block) match(field string) string {
	out := field + " " + b.within.String()
	for _, p := range b.except {
		out += " " + field + " != " + p.String()
	}
	return out
}

// contains reports whether an address lies in the block.
func (b *block) contains(a netip.Addr) bool {
	for _, p := range b.except {
		if p.Contains(a) {
			return false
		}
	}
	return b.within.Contains(a)
}
