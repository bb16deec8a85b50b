package rehome_test

import (
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// addressFaults get the addresses wrong that callers are given.
func addressFaults() []fault {
	return []fault{
		{"address not rewritten in a copy", []diag.Code{"P1", "P2", "P3", "P8"}, notRewritten(true)},
		{"address not rewritten in a repointed caller", []diag.Code{"P1", "P8"}, notRewritten(false)},
		{"address with a mistyped name", []diag.Code{"P1"}, readdress(func(_ *film, _ *refs.Reference, host string) string { return "x" + host })},
		{"address in another namespace", []diag.Code{"P1", "P2", "P3"}, readdress(func(_ *film, r *refs.Reference, _ string) string {
			return r.Target.Name + ".nowhere.svc.cluster.local"
		})},
		{"address of a namesake", []diag.Code{"P1", "P2", "P3"}, readdress(func(f *film, r *refs.Reference, host string) string {
			original := f.today[keyOf(&manifest.Object{ID: r.Target})]
			if original == nil {
				return host
			}
			if other := f.someoneElse(original); other != nil {
				return other.ID.Name + "." + other.ID.Namespace
			}
			return host
		})},
		{"port of an address mistyped", []diag.Code{"P1"}, mistypedPort},
	}
}

// address is a reference to a Service in a version of an object.
type address struct {
	shot shot
	is   *refs.Reference // as it is in the shot
	was  *refs.Reference // as it is today
}

// addresses lists the addresses in what phases make or change and pods use.
func (f *film) addresses() []address {
	scanner := refs.NewScanner(refs.ServicesOf(f.result.Inventory.Objects), f.options())
	var out []address
	for _, s := range f.shots(func(s shot) bool { return s.after != nil && f.original(s.after) != nil && f.runs(f.original(s.after)) }) {
		today := callsIn(f.result.Graph.ReferencesOf(f.original(s.after)))
		now := scanner.Object(s.after)
		var is []*refs.Reference
		for i := range now {
			is = append(is, &now[i])
		}
		if is = callsIn(is); len(is) != len(today) {
			continue
		}
		for i := range is {
			if today[i].Known && slices.Equal(is[i].Path, today[i].Path) {
				out = append(out, address{s, is[i], today[i]})
			}
		}
	}
	return out
}

// options returns how references are to be scanned.
func (f *film) options() refs.Options {
	out := refs.Options{Domains: []string{refs.DefaultDomain}}
	for _, c := range f.result.Plan.Spec.Clusters { // the order of domains means nothing
		out.Domains = append(out.Domains, c.Domain)
	}
	for _, a := range f.result.Graph.Apps {
		out.Namespaces = append(out.Namespaces, a.To.Namespace)
	}
	return out
}

func callsIn(all []*refs.Reference) []*refs.Reference {
	return slices.DeleteFunc(slices.Clone(all), func(r *refs.Reference) bool {
		return r.Refers != refs.ToService || r.Certainty != refs.Certain || r.Form == refs.Field
	})
}

// rewritten changes the text of one address.
func (f *film) rewritten(a address, text, what string) mutant {
	return f.mutate(func(f *film) {
		f.edit(a.shot, func(o *manifest.Object) *manifest.Object {
			if o != a.shot.after {
				return o
			}
			return refs.Apply(o, []refs.Substitution{{Ref: a.is, Text: text}})
		})
	}, "%s, %s: %s, %s", a.shot.key.ID, a.is.Path, text, what)
}

// notRewritten restores the text of today.
func notRewritten(copies bool) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, a := range f.addresses() {
			if copies != (a.shot.before == nil) || a.is.Text() == a.was.Text() || f.overtaken(a) {
				continue
			}
			harmless := ""
			if a.was.Form != refs.Short || a.shot.before != nil {
				harmless = f.keeps(f.today[keyOf(&manifest.Object{ID: a.was.Target})])
			}
			out = append(out, f.rewritten(a, a.was.Text(), f.scenes[a.shot.scene].phase.Name).unless(harmless))
		}
		return out
	}
}

// overtaken reports whether a later phase gives the object its final address
// anyway, while the text of today may still work through the old name.
func (f *film) overtaken(a address) bool {
	return slices.ContainsFunc(f.scenes[a.shot.scene+1:], func(s scene) bool {
		_, ok := s.after[a.shot.key]
		return ok
	})
}

// readdress gives addresses another text.
func readdress(change func(f *film, r *refs.Reference, host string) string) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, a := range f.addresses() {
			if text := change(f, a.was, a.is.Text()); text != a.is.Text() && a.was.Prefix == "" {
				out = append(out, f.rewritten(a, text, f.scenes[a.shot.scene].phase.Name))
			}
		}
		return out
	}
}

// mistypedPort changes the number behind a host.
func mistypedPort(f *film) (out []mutant) {
	for _, a := range f.addresses() {
		value := a.is.Object.Text(a.is.Path...)
		if a.is.Port == "" || a.is.Base64 || !strings.HasPrefix(value[a.is.End:], ":"+a.is.Port) {
			continue
		}
		now := value[:a.is.End] + ":9" + value[a.is.End+2:]
		if now == value {
			continue
		}
		out = append(out, f.mutate(func(f *film) {
			f.edit(a.shot, func(o *manifest.Object) *manifest.Object { return o.With(a.is.Path, manifest.Str(now)) })
		}, "%s, %s: %s", a.shot.key.ID, a.is.Path, now))
	}
	return out
}
