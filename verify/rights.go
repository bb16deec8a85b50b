package verify

import (
	"maps"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// rightsCheck is H58: the copy of a workload has the rights of the original, by
// the same bindings or by copies of them.
var rightsCheck = Check{
	Code: "H58", Severity: diag.Error,
	Summary: "the copy of a workload has the rights of the original",
	Run: func(p *Pass) {
		for _, c := range p.Changes() {
			if c.Before != nil || c.After == nil || !isWorkload(c.After) || p.Back() {
				continue
			}
			if at, original := p.prover.originalOf(c); original != nil && at.Place() != c.Key.Place() {
				p.checkRights(c, at, original)
			}
		}
	},
}

// checkRights looks for bindings of the original's account that the account of
// the copy does not have.
func (p *Pass) checkRights(c render.Change, at render.Key, original *manifest.Object) {
	name := plan.AccountName(c.After)
	for _, key := range p.prover.bindings.of(plan.AccountName(original), original.ID.Namespace) {
		if key.Cluster != at.Cluster {
			continue
		}
		if at.Cluster != c.Key.Cluster {
			p.checkRightsAcross(c, key, name)
			continue
		}
		binding := p.After(key)
		if binding == nil || !binds(binding, plan.AccountName(original), original.ID.Namespace) || binds(binding, name, c.Key.Namespace) {
			continue
		}
		if key.Namespace == original.ID.Namespace && p.copied(binding, key, name, c.Key.Namespace) {
			continue
		}
		p.Reportf("H58", c.After, manifest.P("metadata", "name"), "%s binds the ServiceAccount %s of %s, and not that of %s, with which %s runs", key.ID, name, original.ID.Namespace, c.Key.Namespace, c.Key.ID).
			WithNote(binding.Pos("subjects"), "the subjects of %s", key.ID).
			WithFix("add the new ServiceAccount to the subjects before the copy starts")
	}
}

// checkRightsAcross reports a binding of the cluster that a workload leaves which
// has no equal in the one that it comes to: each cluster has rights of its own.
func (p *Pass) checkRightsAcross(c render.Change, key render.Key, name string) {
	old := p.After(key)
	there := render.Key{Cluster: c.Key.Cluster, ID: key.ID}
	if there.Namespace != "" {
		there.ID = there.ID.In(c.Key.Namespace)
	}
	if old == nil || binds(p.After(there), name, c.Key.Namespace) || p.copied(old, there, name, c.Key.Namespace) {
		return
	}
	p.Reportf("H58", c.After, manifest.P("metadata", "name"), "%s binds the ServiceAccount %s in cluster %s, and nothing does in cluster %s, to which %s comes", key.ID, name, key.Cluster, c.Key.Cluster, c.Key.ID).
		WithNote(old.Pos("subjects"), "the subjects of %s", key.ID).
		WithFix("bind the ServiceAccount in cluster %s, by a manifest of the sources, before the copy starts", c.Key.Cluster)
}

// copied reports whether a binding of the old namespace has a copy in the new,
// which binds the account there.
func (p *Pass) copied(binding *manifest.Object, key render.Key, name, namespace string) bool {
	for _, at := range p.prover.copies[binding.Source()] {
		if at.Cluster == key.Cluster && at.Namespace == namespace && binds(p.After(at), name, namespace) {
			return true
		}
	}
	return binds(p.After(render.Key{Cluster: key.Cluster, ID: key.ID.In(namespace)}), name, namespace)
}

// binds reports whether a binding has a ServiceAccount among its subjects; no
// binding has none.
func binds(binding *manifest.Object, name, namespace string) bool {
	if binding == nil {
		return false
	}
	return slices.ContainsFunc(accountsBound(binding), func(s subject) bool {
		return (s.name == name || s.name == "") && (s.namespace == namespace || s.namespace == "")
	})
}

// bindingIndex finds the bindings of ServiceAccounts of the current state.
type bindingIndex map[subject]map[render.Key]bool

// subject is a ServiceAccount. Without a name it is all accounts of the
// namespace, without a namespace those of all namespaces.
type subject struct{ name, namespace string }

// of returns the bindings of a ServiceAccount, by its name or as one of its
// namespace, in order.
func (x bindingIndex) of(name, namespace string) []render.Key {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(x[subject{name, namespace}])), maps.Keys(x[subject{"", namespace}]))
	slices.SortFunc(keys, render.Key.Compare)
	return slices.Compact(keys)
}

// track keeps the index up to date for one object.
func (x bindingIndex) track(key render.Key, before, after *manifest.Object) {
	if key.Kind != "RoleBinding" && key.Kind != "ClusterRoleBinding" {
		return
	}
	for _, at := range accountsBound(before) {
		delete(x[at], key)
	}
	for _, at := range accountsBound(after) {
		if x[at] == nil {
			x[at] = map[render.Key]bool{}
		}
		x[at][key] = true
	}
}

// accountsBound returns the ServiceAccounts that a binding has among its
// subjects, none when there is no binding.
func accountsBound(binding *manifest.Object) []subject {
	if binding == nil {
		return nil
	}
	var out []subject
	for _, s := range binding.Get("subjects").Items() {
		if bound, ok := boundBy(s); ok {
			out = append(out, bound)
		}
	}
	return out
}

// boundBy reads an entry of a binding's subjects: ServiceAccounts are users and
// groups too (k8s.io/apiserver/pkg/authentication/serviceaccount/util.go).
func boundBy(s *manifest.Node) (subject, bool) {
	name := s.Text("name")
	if s.Text("kind") == "ServiceAccount" {
		return subject{name, s.Text("namespace")}, true
	}
	if namespace, ok := strings.CutPrefix(name, plan.AccountGroup); ok {
		return subject{"", namespace}, true
	}
	if account, ok := strings.CutPrefix(name, "system:serviceaccount:"); ok {
		namespace, name, _ := strings.Cut(account, ":")
		return subject{name, namespace}, true
	}
	return subject{}, name == "system:serviceaccounts" || name == "system:authenticated"
}
