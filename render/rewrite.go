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
		to, ok := f.addressOf(r, inventory, at, book)
		if !ok {
			continue
		}
		sub, err := r.To(to, at.Namespace)
		if err != nil {
			f.reportImplied(r, to)
			continue
		}
		subs = append(subs, sub)
	}
	return refs.Apply(o, subs)
}

// reportImplied says that a field cannot be made to name what stays behind or
// goes elsewhere.
func (f *folder) reportImplied(r *refs.Reference, to refs.Address) {
	f.diags.Errorf("H16", r.Pos(), "%s names %s, which will be in namespace %s: this field can only name what is in its own namespace", r.Object.ID, r.Target, to.Namespace).
		WithFix("move both to the same namespace").WithObject(r.Object.Identity())
}

// addressOf returns what a reference is to mean for a holder at a place; ok is
// false for references that stay as they are.
func (f *folder) addressOf(r *refs.Reference, holder *manifest.Object, at plan.Place, book addressBook) (to refs.Address, ok bool) {
	switch {
	case r.Certainty == refs.Possible:
		return refs.Address{}, false
	case r.Refers == refs.ToNamespace:
		return refs.Address{Name: at.Namespace, Namespace: at.Namespace}, namesOwnNamespace(r, holder) && at.Namespace != holder.ID.Namespace
	case !r.Known || r.Target.Namespace == "":
		return refs.Address{}, false
	case r.Refers == refs.ToObject:
		return refs.Address{Name: r.Target.Name, Namespace: at.Namespace}, f.isAlso(r.Target, holder, at) && (r.NamespacePath != nil || r.Form == refs.Joined)
	}
	callee, listed := book[r.Target]
	if !listed {
		callee = plan.Place{Cluster: at.Cluster, Namespace: r.Target.Namespace}
	}
	if r.Form == refs.Field && (holder.ID.IsService() || plan.IsRoute(holder) && r.NamespacePath == nil) {
		return refs.Address{}, false // a route keeps only rules for Services of its own namespace
	}
	return refs.Address{Name: r.Target.Name, Namespace: callee.Namespace, Domain: f.domain(callee.Cluster)}, true
}

// isAlso reports whether what a holder names moves along with it: an object of
// the same app, or a shared one that has a copy at the place.
func (f *folder) isAlso(target manifest.ID, holder *manifest.Object, at plan.Place) bool {
	if target.Namespace != holder.ID.Namespace && holder.ID.Namespace != "" {
		return false
	}
	for _, a := range f.users[f.inventory[Key{Cluster: plan.ClusterOf(holder), ID: target}]] {
		if a.To == at {
			return true
		}
	}
	return false
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
	if o == nil || o.ID.IsService() {
		o = inventory // the old Service may stand for something else by now
	}
	// An owner lives in the old namespace: the garbage collector deletes what names
	// an owner that is not in its own.
	o = o.Without(manifest.P("metadata", "ownerReferences"))
	o = f.rewrite(o.In(at.Namespace), inventory, at, book)
	if o.ID.IsService() {
		o = withoutAllocations(o)
	}
	return f.rehash(f.repaired(o, inventory, at), inventory, at)
}

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
