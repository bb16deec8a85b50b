package verify

import (
	"maps"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// rightsLostCheck is the part of H58 that is about bindings that change: pods
// that go on running keep their rights, and a binding that is made names a role
// that exists.
var rightsLostCheck = Check{
	Code: "H58", Severity: diag.Error,
	Summary: "pods keep their rights for as long as they run",
	Run: func(p *Pass) {
		if p.Back() {
			return
		}
		for _, c := range p.Changes() {
			if !isBinding(c.Key.ID) {
				continue
			}
			for _, s := range accountsBound(c.Before) {
				if !binds(c.After, s.name, s.namespace) {
					p.checkStillBound(c, s)
				}
			}
			if c.After != nil {
				p.checkRole(c)
			}
		}
	},
}

func isBinding(id manifest.ID) bool {
	return id.Group == "rbac.authorization.k8s.io" && (id.Kind == "RoleBinding" || id.Kind == "ClusterRoleBinding")
}

// checkStillBound looks for workloads that run with an account that a binding
// loses, before and after the phase.
func (p *Pass) checkStillBound(c render.Change, s subject) {
	for _, w := range p.prover.runningAs(s) {
		for _, at := range p.prover.copies[w.Source()] {
			if at.Cluster != c.Key.Cluster || s.namespace != "" && at.Namespace != s.namespace || p.After(at) == nil || s.name != "" && plan.AccountName(p.After(at)) != s.name {
				continue
			}
			p.Reportf("H58", c.Before, manifest.P("subjects"), "%s takes its rights from %s, with which %s still runs", c.Key.ID, s, at.ID).
				WithFix("take them in a phase after the one that deletes the pods")
			return
		}
	}
}

// runningAs returns the workloads of today whose pods may run with an account.
func (p *prover) runningAs(s subject) []*manifest.Object {
	if s.name != "" {
		return p.accounts[s.name]
	}
	var out []*manifest.Object
	for _, name := range slices.Sorted(maps.Keys(p.accounts)) {
		out = append(out, p.accounts[name]...)
	}
	return out
}

// String names the accounts for people.
func (s subject) String() string {
	switch {
	case s.namespace == "":
		return "all ServiceAccounts"
	case s.name == "":
		return "the ServiceAccounts of " + s.namespace
	}
	return "the ServiceAccount " + s.name + " of " + s.namespace
}

// checkRole looks for the role of a binding, where the sources have one of that
// name.
func (p *Pass) checkRole(c render.Change) {
	role := c.Key
	role.ID = manifest.ID{Group: c.Key.Group, Kind: c.After.Text("roleRef", "kind"), Namespace: c.Key.Namespace, Name: c.After.Text("roleRef", "name")}
	if role.Kind != "Role" || p.After(role) != nil || !p.prover.known[role.Kind+"/"+role.Name] {
		return
	}
	p.Reportf("H58", c.After, manifest.P("roleRef", "name"), "%s gives the rights of %s, which does not exist", c.Key.ID, role.ID).
		WithFix("copy the role before the binding, or together with it")
}

// accountsOf lists the workloads of today by the name of their ServiceAccount.
func accountsOf(objects []*manifest.Object) map[string][]*manifest.Object {
	out := map[string][]*manifest.Object{}
	for _, o := range objects {
		if isWorkload(o) {
			out[plan.AccountName(o)] = append(out[plan.AccountName(o)], o)
		}
	}
	return out
}
