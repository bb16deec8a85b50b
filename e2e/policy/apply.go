package policy

import (
	"context"
	"fmt"
	"reflect"

	"sigs.k8s.io/knftables"

	"github.com/rehome-dev/rehome/e2e/netns"
)

// table is the nftables table that holds the rules.
const table = "rehome-policies"

// Enforcer keeps the rules of one node.
type Enforcer struct {
	node *netns.Space
	nft  knftables.Interface
	last *Ruleset
}

// NewEnforcer returns what keeps the rules in a node's namespace.
func NewEnforcer(node *netns.Space) (*Enforcer, error) {
	e := &Enforcer{node: node}
	err := node.Do(func() (err error) {
		e.nft, err = knftables.New(knftables.IPv4Family, table)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("nftables: %w", err)
	}
	return e, nil
}

// Apply replaces all rules in one transaction: at no moment is a pod without
// those that were in force before and after. Connections that are established
// stay, as they do with most network plugins; the specification leaves it open.
// Rules that did not change are left alone.
func (e *Enforcer) Apply(ctx context.Context, r *Ruleset) error {
	if e.last != nil && reflect.DeepEqual(e.last, r) {
		return nil
	}
	tx := e.nft.NewTransaction()
	r.write(tx)
	if err := e.node.Do(func() error { return e.nft.Run(ctx, tx) }); err != nil {
		return fmt.Errorf("apply the rules of NetworkPolicies: %w", err)
	}
	e.last = r
	return nil
}

// write adds the whole table to a transaction, after removing an older one.
func (r *Ruleset) write(tx *knftables.Transaction) {
	tx.Add(&knftables.Table{})
	tx.Delete(&knftables.Table{})
	tx.Add(&knftables.Table{Comment: knftables.PtrTo("NetworkPolicies")})
	for i := range r.Groups {
		r.Groups[i].write(tx)
	}
	tx.Add(&knftables.Set{Name: "self", Type: "ipv4_addr . ipv4_addr"})
	tx.Add(&knftables.Map{Name: "ingress", Type: "ipv4_addr : verdict"})
	tx.Add(&knftables.Map{Name: "egress", Type: "ipv4_addr : verdict"})
	for i := range r.Pods {
		r.Pods[i].write(tx)
	}
	writeForward(tx)
}

// writeForward adds the chain that all packets between pods and the world pass,
// behind the translation of addresses.
func writeForward(tx *knftables.Transaction) {
	tx.Add(&knftables.Chain{
		Name: "forward", Type: knftables.PtrTo(knftables.FilterType),
		Hook: knftables.PtrTo(knftables.ForwardHook), Priority: knftables.PtrTo(knftables.FilterPriority),
	})
	for _, rule := range []string{
		"ct state established,related accept",
		"ip saddr . ip daddr @self accept", // a pod may always talk to itself
		"ip saddr vmap @egress",
		"ip daddr vmap @ingress",
	} {
		tx.Add(&knftables.Rule{Chain: "forward", Rule: rule})
	}
}

func (g *Group) write(tx *knftables.Transaction) {
	kind := "ipv4_addr"
	if g.Ports {
		kind = "ipv4_addr . inet_service"
	}
	tx.Add(&knftables.Set{Name: g.Name, Type: kind})
	for _, e := range g.Elements {
		tx.Add(&knftables.Element{Set: g.Name, Key: e})
	}
}

// write adds the chains of a pod. A match returns to the forward chain, where
// the other direction is judged; what meets none is dropped.
func (g *Guard) write(tx *knftables.Transaction) {
	address := g.Address.String()
	tx.Add(&knftables.Element{Set: "self", Key: []string{address, address}})
	for _, d := range []struct {
		name    string
		matches []string
	}{{"ingress", g.Ingress}, {"egress", g.Egress}} {
		if d.matches == nil {
			continue
		}
		chain := d.name + "-" + address
		tx.Add(&knftables.Chain{Name: chain, Comment: knftables.PtrTo(g.Pod)})
		for _, m := range d.matches {
			tx.Add(&knftables.Rule{Chain: chain, Rule: knftables.Concat(m, "return")})
		}
		tx.Add(&knftables.Rule{Chain: chain, Rule: "drop"})
		tx.Add(&knftables.Element{Map: d.name, Key: []string{address}, Value: []string{"jump " + chain}})
	}
}
