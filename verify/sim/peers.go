package sim

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/rehome-dev/rehome/manifest"
	"k8s.io/apimachinery/pkg/labels"
)

// peer is one entry of from or to. Its selectors are one condition: both must
// hold. Entries are alternatives.
type peer struct {
	pods       labels.Selector // nil: every pod of the namespaces
	namespaces labels.Selector // nil: the namespace of the policy
	block      *ipBlock        // excludes the selectors
}

// ipBlock is a range of addresses.
type ipBlock struct {
	cidr   netip.Prefix
	except []netip.Prefix
}

// everywhere reports whether the block covers all addresses of its family.
func (b *ipBlock) everywhere() bool { return b.cidr.Bits() == 0 && len(b.except) == 0 }

// contains reports whether an address lies in the block.
func (b *ipBlock) contains(a netip.Addr) bool {
	if !b.cidr.Contains(a) {
		return false
	}
	for _, e := range b.except {
		if e.Contains(a) {
			return false
		}
	}
	return true
}

var errNoPeer = errors.New("a peer names neither pods nor namespaces nor addresses")

func decodePeer(n *manifest.Node) (peer, error) {
	if block := n.Get("ipBlock"); !block.IsNull() {
		b, err := decodeBlock(block)
		return peer{block: b}, err
	}
	var p peer
	var err error
	if s := n.Get("podSelector"); !s.IsNull() {
		if p.pods, err = decodeSelector(s); err != nil {
			return p, err
		}
	}
	if s := n.Get("namespaceSelector"); !s.IsNull() {
		if p.namespaces, err = decodeSelector(s); err != nil {
			return p, err
		}
	}
	if p.pods == nil && p.namespaces == nil {
		return p, errNoPeer
	}
	return p, nil
}

func decodeBlock(n *manifest.Node) (*ipBlock, error) {
	cidr, err := netip.ParsePrefix(n.Text("cidr"))
	if err != nil {
		return nil, fmt.Errorf("ipBlock: %w", err)
	}
	b := &ipBlock{cidr: cidr.Masked()}
	for _, e := range n.Get("except").Items() {
		x, err := netip.ParsePrefix(e.Value())
		if err != nil {
			return nil, fmt.Errorf("ipBlock except: %w", err)
		}
		b.except = append(b.except, x.Masked())
	}
	return b, nil
}

// party is one end of a connection as policies see it. The zero party is pods
// that are not in the manifests, as those of an ingress controller often are.
type party struct {
	namespace *namespace // nil for an address outside of the cluster
	template  *Template  // nil for an address
	address   netip.Addr // of an address; the addresses of pods are not known

	unlabelled bool // pods whose labels are not known
}

// onNode reports whether the party has the address of its node, so that no
// selector can mean it.
func (p *party) onNode() bool { return p.template != nil && p.template.HostNetwork }

// verdict says how sure a rule is of letting a connection through, least first.
type verdict uint8

const (
	denied    verdict = iota
	undecided         // depends on labels of a namespace that is not in the manifests
	assumed           // depends on the addresses of pods
	allowed
)

// matches says whether a peer of a policy in the namespace own means a party.
func (p *peer) matches(own *namespace, who *party) verdict {
	if p.block != nil {
		return p.block.covers(who)
	}
	switch {
	case who.namespace == nil && !who.address.IsValid():
		return undecided
	case who.namespace == nil, who.onNode():
		return denied
	}
	surest := allowed
	switch {
	case p.pods == nil || p.pods.Empty():
	case who.unlabelled:
		surest = undecided
	case !p.pods.Matches(labels.Set(who.template.Labels)):
		return denied
	}
	if p.namespaces == nil {
		if who.namespace == own {
			return surest
		}
		return denied
	}
	return min(surest, selectsNamespace(p.namespaces, who.namespace))
}

// covers says whether a block means a party. Which addresses pods and nodes have
// is not in the manifests: a block that is not the whole internet may mean them.
func (b *ipBlock) covers(who *party) verdict {
	switch {
	case who.address.IsValid():
		if b.contains(who.address) {
			return allowed
		}
		return denied
	case b.everywhere():
		return allowed
	}
	return assumed
}

// selectsNamespace evaluates a namespaceSelector. Labels of a namespace whose
// object is not in the world are unknown, except that of its name.
func selectsNamespace(s labels.Selector, ns *namespace) verdict {
	if ns.labelled {
		if s.Matches(ns.labels) {
			return allowed
		}
		return denied
	}
	if equal, ok := s.(labels.ValidatedSetSelector); ok {
		return selectsName(equal, ns)
	}
	requirements, selectable := s.Requirements()
	if !selectable {
		return denied
	}
	out := allowed
	for i := range requirements {
		switch {
		case requirements[i].Key() != nameLabel:
			out = undecided
		case !requirements[i].Matches(ns.labels):
			return denied
		}
	}
	return out
}

// selectsName is selectsNamespace for a selector of labels alone.
func selectsName(equal labels.ValidatedSetSelector, ns *namespace) verdict {
	out := allowed
	for k, v := range equal {
		switch {
		case k != nameLabel:
			out = min(out, undecided)
		case v != ns.name:
			return denied
		}
	}
	return out
}
