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
	if wide := addSubjects(o, g.Accounts); wide != o {
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
	for _, subject := range g.Binding.Get("subjects").Items() {
		for _, moved := range movedSubjects(subject, g.Accounts) {
			if !hasSubject(copied, moved) {
				copied = copied.With(manifest.P("subjects").Index(copied.Get("subjects").Len()), moved)
			}
		}
	}
	f.put(key, copied, f.graph.UnitOf(g.Binding), g.App.Name+" has its rights in cluster "+g.App.To.Cluster)
}

// addSubjects returns a binding with the new form of each old subject of an app
// at the end of the list.
func addSubjects(o *manifest.Object, accounts *plan.Accounts) *manifest.Object {
	for _, subject := range o.Get("subjects").Items() {
		for _, moved := range movedSubjects(subject, accounts) {
			if !hasSubject(o, moved) {
				o = o.With(manifest.P("subjects").Index(o.Get("subjects").Len()), moved)
			}
		}
	}
	return o
}

// movedSubjects returns what a subject of an app is at its target, nothing when
// the subject is somebody else. The group of a whole namespace becomes that of
// the new one where nobody else lives there; where others do, who must not get
// rights by the move, the accounts of the app are named.
func movedSubjects(subject *manifest.Node, a *plan.Accounts) []*manifest.Node {
	name, from, to := subject.Text("name"), a.App.From.Namespace, a.App.To.Namespace
	switch account, user := strings.CutPrefix(name, "system:serviceaccount:"+from+":"); {
	case subject.Text("kind") == "ServiceAccount":
		if subject.Text("namespace") != from || !slices.Contains(a.Names, name) {
			return nil
		}
		return []*manifest.Node{subject.With(manifest.P("namespace"), manifest.Str(to))}
	case user && slices.Contains(a.Names, account):
		return []*manifest.Node{subject.With(manifest.P("name"), manifest.Str("system:serviceaccount:"+to+":"+account))}
	case name == plan.AccountGroup+from && a.Alone:
		return []*manifest.Node{subject.With(manifest.P("name"), manifest.Str(plan.AccountGroup+to))}
	case name == plan.AccountGroup+from:
		return accountSubjects(a)
	}
	return nil
}

// accountSubjects names each of the new accounts of an app.
func accountSubjects(a *plan.Accounts) []*manifest.Node {
	out := make([]*manifest.Node, len(a.Names))
	for i, name := range a.Names {
		out[i] = manifest.Map(
			manifest.F("kind", manifest.Str("ServiceAccount")),
			manifest.F("name", manifest.Str(name)),
			manifest.F("namespace", manifest.Str(a.App.To.Namespace)),
		)
	}
	return out
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
	key := f.keyOf(g.Binding)
	o := f.current[key]
	if o == nil {
		return
	}
	narrow := o
	subjects := o.Get("subjects")
	for i := subjects.Len() - 1; i >= 0; i-- {
		if goes(subjects.Get(manifest.P().Index(i)...), g.Accounts) {
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

// goes reports whether a subject stands for old accounts of an app that nobody
// uses any more.
func goes(subject *manifest.Node, a *plan.Accounts) bool {
	if len(movedSubjects(subject, a)) == 0 {
		return false
	}
	name := subject.Text("name")
	if name == plan.AccountGroup+a.App.From.Namespace {
		return !a.Others
	}
	account := name[strings.LastIndexByte(name, ':')+1:]
	return !slices.Contains(a.Left, account)
}
