package render

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// widenSubjects gives the new ServiceAccounts of an app the rights that its old
// ones have through bindings that do not move with it: both are subjects until
// the migration ends (H30, H58).
func (f *folder) widenSubjects(a *plan.App) {
	accounts := f.accountsOf(a)
	if len(accounts) == 0 {
		return
	}
	for _, inventory := range f.bindings {
		if f.movesWith(inventory, a) {
			continue
		}
		key := f.keyOf(inventory)
		o := f.current[key]
		if o == nil {
			continue
		}
		if wide := addSubjects(o, a, accounts); wide != o {
			f.put(key, wide, f.owner[key], "both the old and the new ServiceAccount of "+a.Name+" keep their rights")
		}
	}
}

// movesWith reports whether a binding gets a copy of its own at the app's target.
func (f *folder) movesWith(binding *manifest.Object, a *plan.App) bool {
	users := f.users[binding]
	return binding.ID.Namespace != "" && len(users) > 0 && users[0] == a && len(users) == 1
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

// narrowSubjects removes the old subjects of an app that widenSubjects kept,
// unless another user of the ServiceAccount has stayed.
func (f *folder) narrowSubjects(a *plan.App) {
	accounts := f.accountsOf(a)
	for _, s := range a.Shared {
		for _, user := range s.Users {
			if s.Object.ID.Kind == "ServiceAccount" && !user.Moves() {
				delete(accounts, s.Object.ID.Name)
			}
		}
	}
	if len(accounts) == 0 {
		return
	}
	for _, inventory := range f.bindings {
		key := f.keyOf(inventory)
		o := f.current[key]
		if o == nil {
			continue
		}
		narrow := o
		subjects := o.Get("subjects")
		for i := subjects.Len() - 1; i >= 0; i-- {
			if movedSubject(subjects.Get(manifest.P().Index(i)...), a, accounts) != nil {
				narrow = narrow.Without(manifest.P("subjects").Index(i))
			}
		}
		if narrow != o {
			f.put(key, narrow, f.owner[key], "the old ServiceAccount of "+a.Name+" is gone")
		}
	}
}
