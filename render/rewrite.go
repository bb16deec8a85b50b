package render

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// addressBook says where each Service is to be called.
type addressBook map[manifest.ID]plan.Place

func newAddressBook(addresses []plan.Address) addressBook {
	book := make(addressBook, len(addresses))
	for _, a := range addresses {
		book[a.Service.ID] = a.At
	}
	return book
}

// rewrite gives an object the addresses of the book, for a holder at a place.
// The texts are taken from the inventory object, so that rewriting again
// replaces what was rewritten before.
func (f *folder) rewrite(o, inventory *manifest.Object, at plan.Place, book addressBook) *manifest.Object {
	var subs []refs.Substitution
	for _, r := range f.graph.ReferencesOf(inventory) {
		if text, ok := f.newText(r, inventory, at, book); ok {
			subs = append(subs, refs.Substitution{Ref: r, Text: text})
		}
	}
	return refs.Apply(o, subs)
}

// newText returns what a reference is to say for a holder at a place; ok is
// false for references that stay as they are.
func (f *folder) newText(r *refs.Reference, holder *manifest.Object, at plan.Place, book addressBook) (text string, ok bool) {
	switch {
	case r.Certainty == refs.Possible:
		return "", false
	case r.Refers == refs.ToNamespace:
		return at.Namespace, namesOwnNamespace(r, holder) && at.Namespace != holder.ID.Namespace
	case r.Refers != refs.ToService || r.Form == refs.Field || !r.Known:
		return "", false
	}
	callee, ok := book[r.Target]
	if !ok {
		callee = plan.Place{Cluster: at.Cluster, Namespace: r.Target.Namespace}
	}
	return r.Host(refs.Address{
		Name: r.Target.Name, Namespace: callee.Namespace, Domain: f.domain(callee.Cluster),
	}, at.Namespace), true
}

// namesOwnNamespace reports whether a reference to a namespace means the one
// that its holder runs in, so that it moves along. Policies and affinities name
// the namespaces of others: who is allowed, who is near.
func namesOwnNamespace(r *refs.Reference, holder *manifest.Object) bool {
	return r.Target.Name == holder.ID.Namespace && holder.ID.Kind != "NetworkPolicy" && !slices.Contains(r.Path, "affinity")
}

// copyTo returns an inventory object as it is to be at another place.
func (f *folder) copyTo(inventory *manifest.Object, at plan.Place, book addressBook) *manifest.Object {
	o := f.current[f.keyOf(inventory)]
	if o == nil {
		o = inventory
	}
	o = f.rewrite(o.In(at.Namespace), inventory, at, book)
	if isService(o) {
		o = withoutAllocations(o)
	}
	return f.rehash(o, inventory, at)
}

func isService(o *manifest.Object) bool { return o.ID.Group == "" && o.ID.Kind == "Service" }

// withoutAllocations removes from a Service's copy what exists once in a
// cluster, and what a server filled in (H23, H68). A headless Service stays
// headless.
func withoutAllocations(o *manifest.Object) *manifest.Object {
	if !plan.Headless(o) {
		o = o.Without(manifest.P("spec", "clusterIP")).Without(manifest.P("spec", "clusterIPs"))
	}
	for _, field := range [...]string{"loadBalancerIP", "externalIPs", "healthCheckNodePort"} {
		o = o.Without(manifest.P("spec", field))
	}
	for i := range o.Get("spec", "ports").Items() {
		o = o.Without(manifest.P("spec", "ports").Index(i).Join("nodePort"))
	}
	return o
}
