package plan

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
)

// addresses returns the addresses that the holder is made with.
func (h *holder) addresses() []Address {
	out := make([]Address, 0, len(h.calls))
	for _, c := range h.calls {
		out = append(out, Address{Service: c.service, At: c.at})
	}
	return out
}

// name names the holder for people.
func (h *holder) name() string {
	switch {
	case h.app != nil:
		return h.app.Name
	case h.shared != nil:
		return h.shared.Object.ID.Name
	}
	return h.unclaimed.ID.String()
}

// objects returns the objects that hold the addresses.
func (h *holder) objects() []*manifest.Object {
	switch {
	case h.app != nil:
		return h.app.Objects
	case h.shared != nil:
		return []*manifest.Object{h.shared.Object}
	}
	return []*manifest.Object{h.unclaimed}
}

// usersOf returns the apps that use the holder's addresses to the end.
func (m *mover) usersOf(h *holder) []*App {
	switch {
	case h.app != nil:
		return []*App{h.app}
	case h.unclaimed != nil:
		return nil
	}
	return m.readersAt(h.shared, h.at, len(m.waves))
}

// callTo returns the holder's call of a Service, the zero call when it has none.
func (h *holder) callTo(s callee) call {
	i := slices.IndexFunc(h.calls, func(c call) bool { return c.service == s.service })
	if i < 0 {
		return call{}
	}
	return h.calls[i]
}

// holderAt returns the copy of an app at its target.
func (m *mover) holderAt(a *App) *holder { return m.moved[a] }

// holdersOf returns the holders that use a Service at its old place at some
// time after it moved.
func (m *mover) holdersOf(s callee) []*holder { return m.oldUsers[s.service] }

// indexUsers notes who uses each Service at its old place.
func (m *mover) indexUsers() {
	for _, h := range m.holders {
		for _, c := range h.calls {
			if c.app.Moves() && c.at == c.app.From && c.app != h.app {
				m.oldUsers[c.service] = append(m.oldUsers[c.service], h)
			}
		}
	}
}

// indexHolders fills the tables that the waves are planned from, so that each
// holder is looked at once.
func (m *mover) indexHolders() {
	for _, h := range m.holders {
		switch {
		case h.app != nil && h.born > 0:
			m.moved[h.app] = h
		case h.shared != nil && h.born > 0:
			m.births[h.born] = append(m.births[h.born], h)
		case h.shared != nil && h.died > 0:
			last := m.lastUser(h.shared)
			m.orphans[last] = append(m.orphans[last], h.shared)
		}
		if h.repoint > 0 && !slices.Contains(h.early, h.repoint) {
			m.repoints[h.repoint] = append(m.repoints[h.repoint], h)
		}
	}
	for _, a := range m.movingApps() {
		for _, s := range a.Services {
			if a.From.Cluster != a.To.Cluster && m.hops.byService[s] == nil {
				continue // its name ends with the old pods
			}
			wave := m.lastUse(callee{a, s})
			m.unflips[wave] = append(m.unflips[wave], callee{a, s})
		}
	}
}

// namespaced returns the objects that live in a namespace, in a slice of its own.
func namespaced(objects []*manifest.Object) []*manifest.Object {
	return slices.DeleteFunc(slices.Clone(objects), func(o *manifest.Object) bool { return o.ID.Namespace == "" })
}

// isAPICall reports whether the object is nothing but a call of the API server: in
// another cluster it is made and removed with the routes.
func isAPICall(o *manifest.Object) bool {
	return isAPIPlumbing(o) && o.ID.Kind != "CustomResourceDefinition"
}

// isAPIPlumbing reports whether the API server calls a Service through the
// object: webhooks and API services follow their Service like routes do.
func isAPIPlumbing(o *manifest.Object) bool {
	switch o.ID.Kind {
	case "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService", "CustomResourceDefinition":
		return o.ID.Namespace == ""
	}
	return false
}

// until says what has to happen before an old name can go.
func (k *Kept) until() string {
	who := appNames(k.For)
	for _, o := range k.Named {
		who = append(who, o.ID.String())
	}
	if len(who) == 1 {
		return who[0] + " no longer uses " + k.Service.ID.Name
	}
	return joinNames(who) + " no longer use " + k.Service.ID.Name
}
