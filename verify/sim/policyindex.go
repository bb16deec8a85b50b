package sim

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"
)

// policyIndex finds the policies of a namespace that may select a pod without
// looking at all of them. A policy whose selector has matchLabels stands under
// one of these labels, the others under none.
type policyIndex struct {
	byLabel map[label][]*policy
	general []*policy
	keys    map[*policy]label // where a policy stands
}

func newPolicyIndex() policyIndex {
	return policyIndex{byLabel: map[label][]*policy{}, keys: map[*policy]label{}}
}

// empty reports whether the namespace has no policies.
func (ix *policyIndex) empty() bool { return len(ix.keys)+len(ix.general) == 0 }

// add enters a policy under that of its labels which has the fewest policies, so
// that a label common to all does not gather them.
func (ix *policyIndex) add(p *policy) {
	var best label
	fewest := -1
	for k, v := range p.equal {
		key := label{k, v}
		n := len(ix.byLabel[key])
		if fewest < 0 || n < fewest || n == fewest && key.key < best.key {
			best, fewest = key, n
		}
	}
	if fewest < 0 {
		ix.general = append(ix.general, p)
		return
	}
	ix.byLabel[best] = append(ix.byLabel[best], p)
	ix.keys[p] = best
}

// remove is the opposite of add.
func (ix *policyIndex) remove(p *policy) {
	same := func(o *policy) bool { return o == p }
	key, ok := ix.keys[p]
	if !ok {
		ix.general = slices.DeleteFunc(ix.general, same)
		return
	}
	ix.byLabel[key] = slices.DeleteFunc(ix.byLabel[key], same)
	delete(ix.keys, p)
}

// selecting returns the policies that select pods with these labels, by name.
func (ix *policyIndex) selecting(have labels.Set) []*policy {
	var out []*policy
	collect := func(candidates []*policy) {
		for _, p := range candidates {
			if p.selector.Matches(have) {
				out = append(out, p)
			}
		}
	}
	collect(ix.general)
	for k, v := range have {
		collect(ix.byLabel[label{k, v}])
	}
	slices.SortFunc(out, func(a, b *policy) int { return a.object.ID.Compare(b.object.ID) })
	return out
}

// policiesOf returns the policies that select the pods of a template.
func (ns *namespace) policiesOf(t *Template) []*policy {
	found, ok := ns.selecting[t]
	if !ok {
		found = ns.policies.selecting(t.Labels)
		ns.selecting[t] = found
	}
	return found
}
