package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
)

// Ruleset is the rules of one node. Equal snapshots give equal rulesets.
type Ruleset struct {
	Pods   []Guard // ordered by address
	Groups []Group // ordered by name
}

// Guard is the rules of one pod.
type Guard struct {
	Address netip.Addr
	Pod     string // namespace/name
	// Ingress and Egress are matches of nftables, one of which a new connection
	// must meet. Nil: the pod is not isolated in that direction.
	Ingress, Egress []string
}

// Group is a set of addresses that rules refer to, or, with Ports, of addresses
// and ports.
type Group struct {
	Name     string
	Ports    bool
	Elements [][]string
}

// compiler turns a snapshot into rules.
type compiler struct {
	peers  *peers
	groups map[string]Group
}

// Compile returns the rules that a snapshot asks for.
func Compile(s *Snapshot) (*Ruleset, error) {
	c := &compiler{peers: newPeers(s), groups: map[string]Group{}}
	bound, err := bindAll(s.sortedPolicies())
	if err != nil {
		return nil, err
	}
	r := &Ruleset{}
	for i := range c.peers.pods {
		p := &c.peers.pods[i]
		if s.Node != "" && p.Spec.NodeName != s.Node {
			continue
		}
		g := Guard{Address: p.address, Pod: p.Namespace + "/" + p.Name}
		if err := c.guard(&g, p, bound); err != nil {
			return nil, err
		}
		if g.Ingress != nil || g.Egress != nil {
			r.Pods = append(r.Pods, g)
		}
	}
	for _, g := range c.groups { // put into order below
		r.Groups = append(r.Groups, g)
	}
	slices.SortFunc(r.Groups, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
	return r, nil
}

// guard adds the rules of every policy that selects a pod: they are additive.
func (c *compiler) guard(g *Guard, p *pod, policies []boundPolicy) error {
	for i := range policies {
		b := &policies[i]
		if !b.selects(p) {
			continue
		}
		if b.directions[networkingv1.PolicyTypeIngress] {
			matches, err := c.ingress(b, p)
			if err != nil {
				return err
			}
			g.Ingress = appendNew(g.Ingress, matches)
		}
		if b.directions[networkingv1.PolicyTypeEgress] {
			matches, err := c.egress(b)
			if err != nil {
				return err
			}
			g.Egress = appendNew(g.Egress, matches)
		}
	}
	return nil
}

// appendNew appends the matches that are not there yet. Its result is never nil:
// a policy without rules isolates.
func appendNew(have, more []string) []string {
	if have == nil {
		have = []string{}
	}
	for _, m := range more {
		if !slices.Contains(have, m) {
			have = append(have, m)
		}
	}
	return have
}

// group returns the name of a group of elements, which follows from them.
func (c *compiler) group(elements [][]string, ports bool) string {
	hash := sha256.New()
	for _, e := range elements {
		hash.Write([]byte(strings.Join(e, " ") + "\n")) // never fails
	}
	name := "peers-"
	if ports {
		name = "ports-"
	}
	name += hex.EncodeToString(hash.Sum(nil)[:8])
	c.groups[name] = Group{Name: name, Ports: ports, Elements: elements}
	return name
}
