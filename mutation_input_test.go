package rehome_test

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// inputFaults take away what workloads read, and get rights wrong.
func inputFaults() []fault {
	p4 := []diag.Code{"P4", "H57"}
	return []fault{
		{"namespace not made", p4, lostInputs("Namespace")},
		{"ConfigMap not copied", p4, lostInputs("ConfigMap")},
		{"Secret not copied", p4, lostInputs("Secret")},
		{"ServiceAccount not copied", p4, lostInputs("ServiceAccount")},
		{"key of a ConfigMap or Secret dropped", p4, lostKeys},
		{"name of a ConfigMap or Secret mistyped", []diag.Code{"P4", "H57"}, mistypedInputs("ConfigMap", "Secret")},
		{"name of a ServiceAccount mistyped", []diag.Code{"P4", "H57"}, mistypedInputs("ServiceAccount")},
		{"restart of a repointed caller left out", []diag.Code{"P1", "P4", "H21"}, noRestart},
		{"binding not widened", []diag.Code{"H58"}, notWidened},
		{"binding narrowed early", []diag.Code{"H58"}, narrowedEarly},
		{"role or binding not copied", []diag.Code{"H58", "P4"}, lostInputs("Role", "RoleBinding")},
		{"subject in the wrong namespace", []diag.Code{"H58"}, wrongSubject},
	}
}

// lostInputs leaves out what pods need, as far as something names it.
func lostInputs(kinds ...string) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, s := range f.made(kinds...) {
			m := f.mutate(func(f *film) { f.lose(s) }, "%s", s.key.ID)
			original := f.original(s.after)
			switch {
			case s.key.Kind == "Namespace" || original != nil && (s.key.Group != "" || len(f.readers(original)) > 0):
				out = append(out, m)
			case original != nil && f.mentioned(original):
				continue
			case original != nil:
				out = append(out, m.unless("no pod names it"))
			}
		}
		return out
	}
}

// mentioned reports whether anything but a workload names an object.
func (f *film) mentioned(o *manifest.Object) bool {
	return slices.ContainsFunc(f.result.References, func(r *refs.Reference) bool { return r.Target == o.ID })
}

// lostKeys drops a key that a workload asks for by its name.
func lostKeys(f *film) (out []mutant) {
	for _, s := range f.made("ConfigMap", "Secret") {
		original := f.original(s.after)
		if original == nil {
			continue
		}
		for _, w := range f.readers(original) {
			for _, env := range plan.PodTemplate(w).Get("spec", "containers", "0", "env").Items() {
				for _, from := range []string{"configMapKeyRef", "secretKeyRef"} {
					ref := env.Get("valueFrom", from)
					if ref.Text("name") != original.ID.Name || ref.Get("optional").Bool() {
						continue
					}
					out = append(out, f.mutate(func(f *film) {
						f.edit(s, func(o *manifest.Object) *manifest.Object {
							for _, field := range []string{"data", "stringData"} {
								o = o.Without(manifest.P(field, ref.Text("key")))
							}
							return o
						})
					}, "%s, key %s", s.key.ID, ref.Text("key")))
				}
			}
		}
	}
	return out
}

// mistypedInputs lets a copied or repointed workload name something that is nowhere.
func mistypedInputs(kinds ...string) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, s := range append(f.made(longRunning...), f.changed(longRunning...)...) {
			original := f.original(s.after)
			if original == nil {
				continue
			}
			for _, r := range f.result.Graph.ReferencesOf(original) {
				if r.Refers != refs.ToObject || !slices.Contains(kinds, r.Target.Kind) {
					continue
				}
				out = append(out, f.mutate(func(f *film) {
					f.edit(s, func(o *manifest.Object) *manifest.Object {
						return o.With(r.Path, manifest.Str(o.Text(r.Path...)+"-x"))
					})
				}, "%s, %s", s.key.ID, r.Path))
			}
		}
		return out
	}
}

// noRestart changes the configuration of a caller and leaves its pods running
// with the old one.
func noRestart(f *film) (out []mutant) {
	for _, s := range f.changed(longRunning...) {
		original := f.original(s.after)
		if original == nil || f.scenes[s.scene].phase.Kind != plan.RepointKind || f.rewrites(original) {
			continue
		}
		out = append(out, f.mutate(func(f *film) { f.cut(s) }, "%s", s.key.ID).unless(f.needless(s)))
	}
	return out
}

// rewrites reports whether a workload names Services itself.
func (f *film) rewrites(workload *manifest.Object) bool {
	return slices.ContainsFunc(f.result.Graph.ReferencesOf(workload), func(r *refs.Reference) bool {
		return r.Refers == refs.ToService && r.Certainty == refs.Certain && r.Form != refs.Field
	})
}

// needless says why a restart is not needed: every name that changes is kept.
func (f *film) needless(s shot) string {
	for _, step := range f.scenes[s.scene].phase.Steps {
		for _, a := range step.(*plan.Repoint).Addresses {
			if a.At.Namespace != a.Service.ID.Namespace && f.keeps(a.Service) == "" {
				return ""
			}
		}
	}
	return "all old names are kept"
}

// keeps says that the old name of a Service is there to stay.
func (f *film) keeps(service *manifest.Object) string {
	for _, k := range f.result.Schedule.Kept {
		if k.Service == service {
			return "the old name is kept"
		}
	}
	return ""
}

func bindings(s shot) bool {
	return s.key.Kind == "ClusterRoleBinding" || s.key.Kind == "RoleBinding"
}

// notWidened leaves out the subjects of the copies.
func notWidened(f *film) (out []mutant) {
	for _, s := range f.shots(func(s shot) bool { return bindings(s) && s.before != nil && s.after != nil }) {
		if f.scenes[s.scene].phase.Kind == plan.PrepareKind {
			out = append(out, f.mutate(func(f *film) {
				for i := range f.scenes {
					delete(f.scenes[i].after, s.key)
				}
			}, "%s", s.key.ID))
		}
	}
	return out
}

// narrowedEarly takes the old subjects out while the old pods run.
func narrowedEarly(f *film) (out []mutant) {
	for _, s := range f.shots(func(s shot) bool { return bindings(s) && s.before != nil && s.after != nil }) {
		if f.scenes[s.scene].phase.Kind != plan.FinishKind {
			continue
		}
		for i := range s.scene {
			if _, ok := f.scenes[i].after[s.key]; ok {
				out = append(out, f.mutate(func(f *film) { f.scenes[i].after[s.key] = s.after }, "%s at %s", s.key.ID, f.scenes[i].phase.Name))
				break
			}
		}
	}
	return out
}

// wrongSubject leaves the old namespace in the copy of a binding.
func wrongSubject(f *film) (out []mutant) {
	for _, s := range f.made("RoleBinding") {
		if f.original(s.after) == nil {
			continue
		}
		out = append(out, f.mutate(func(f *film) {
			f.edit(s, func(o *manifest.Object) *manifest.Object {
				return o.With(manifest.P("subjects", "0", "namespace"), manifest.Str("elsewhere"))
			})
		}, "%s", s.key.ID))
	}
	return out
}
