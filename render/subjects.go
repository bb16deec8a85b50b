package render

import (
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// widen adds the new ServiceAccounts of an app to a binding that does not move
// with it: both copies of the app have its rights until the migration ends
// (H30, H58).
func (f *folder) widen(g plan.Grant) {
	if g.App.From.Cluster != g.App.To.Cluster {
		f.widenAcross(g)
		return
	}
	key := f.keyOf(g.Binding)
	o := f.current[key]
	if o == nil {
		return
	}
	if wide := addSubjects(o, g.App, f.accountsOf(g.App)); wide != o {
		f.put(key, wide, f.owner[key], "both the old and the new ServiceAccount of "+g.App.Name+" have its rights")
	}
}

// widenAcross gives an app its rights in the cluster that it moves to, by a copy
// of the binding for its accounts alone.
func (f *folder) widenAcross(g plan.Grant) {
	id := g.Binding.ID
	if id.Namespace != "" && id.Namespace != g.App.From.Namespace {
		f.diags.Warnf("H58", g.Binding.Pos("metadata", "name"), "%s gives %s rights in namespace %s of cluster %s, which it will not have in %s", id, g.App.Name, id.Namespace, g.App.From.Cluster, g.App.To.Cluster).
			WithFix("make a binding there, if the app still needs them").WithApp(g.App.Name)
		return
	}
	key := Key{Cluster: g.App.To.Cluster, ID: id.In(g.App.To.Namespace)}
	copied := f.current[key]
	if copied == nil {
		copied = manifest.New(g.Binding.With(manifest.P("subjects"), manifest.Seq()).In(g.App.To.Namespace).Root())
	}
	accounts := f.accountsOf(g.App)
	for _, subject := range g.Binding.Get("subjects").Items() {
		if moved := movedSubject(subject, g.App, accounts); moved != nil && !hasSubject(copied, moved) {
			copied = copied.With(manifest.P("subjects").Index(copied.Get("subjects").Len()), moved)
		}
	}
	f.put(key, copied, f.graph.UnitOf(g.Binding), g.App.Name+" has its rights in cluster "+g.App.To.Cluster)
}

// accountsOf returns the names of the ServiceAccounts that move with an app.
func (f *folder) accountsOf(a *plan.App) map[string]bool {
	out := map[string]bool{}
	for _, o := range a.Objects {
		if o.ID.Kind == "ServiceAccount" && o.ID.Group == "" {
			out[o.ID.Name] = true
		}
	}
	for _, s := range a.Shared {
		if s.Object.ID.Kind == "ServiceAccount" && s.Object.ID.Group == "" {
			out[s.Object.ID.Name] = true
		}
	}
	return out
}

// addSubjects returns a binding with each old subject of the app followed, at
// the end of the list, by its new form.
func addSubjects(o *manifest.Object, a *plan.App, accounts map[string]bool) *manifest.Object {
	for _, subject := range o.Get("subjects").Items() {
		moved := movedSubject(subject, a, accounts)
		if moved == nil || hasSubject(o, moved) {
			continue
		}
		o = o.With(manifest.P("subjects").Index(o.Get("subjects").Len()), moved)
	}
	return o
}

// movedSubject returns what a subject of the app is at its target, nil when the
// subject is somebody else.
func movedSubject(subject *manifest.Node, a *plan.App, accounts map[string]bool) *manifest.Node {
	name := subject.Text("name")
	if subject.Text("kind") == "ServiceAccount" {
		if subject.Text("namespace") != a.From.Namespace || !accounts[name] {
			return nil
		}
		return subject.With(manifest.P("namespace"), manifest.Str(a.To.Namespace))
	}
	account, ok := strings.CutPrefix(name, "system:serviceaccount:"+a.From.Namespace+":")
	if !ok || !accounts[account] {
		return nil
	}
	return subject.With(manifest.P("name"), manifest.Str("system:serviceaccount:"+a.To.Namespace+":"+account))
}

func hasSubject(o *manifest.Object, subject *manifest.Node) bool {
	for _, s := range o.Get("subjects").Items() {
		if s.Equal(subject) {
			return true
		}
	}
	return false
}

// narrow removes the old ServiceAccounts of an app from a binding, unless
// another user of the account has stayed.
func (f *folder) narrow(g plan.Grant) {
	accounts := f.accountsOf(g.App)
	for _, s := range g.App.Shared {
		if s.Object.ID.Kind == "ServiceAccount" && slices.ContainsFunc(s.Users, func(a *plan.App) bool { return !a.Moves() }) {
			delete(accounts, s.Object.ID.Name)
		}
	}
	key := f.keyOf(g.Binding)
	o := f.current[key]
	if o == nil {
		return
	}
	narrow := o
	subjects := o.Get("subjects")
	for i := subjects.Len() - 1; i >= 0; i-- {
		if movedSubject(subjects.Get(manifest.P().Index(i)...), g.App, accounts) != nil {
			narrow = narrow.Without(manifest.P("subjects").Index(i))
		}
	}
	switch {
	case narrow == o:
	case narrow.Get("subjects").Len() == 0:
		f.remove(key, "nobody has these rights any more")
	default:
		f.put(key, narrow, f.owner[key], "the old ServiceAccount of "+g.App.Name+" is gone")
	}
}
