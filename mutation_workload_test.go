package rehome_test

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// longRunning are the kinds of workloads whose pods answer calls.
var longRunning = []string{"Deployment", "StatefulSet", "DaemonSet"}

// workloadFaults get the copies of workloads wrong, or their number.
func workloadFaults() []fault {
	set := func(value *manifest.Node, path ...string) func(*manifest.Object) *manifest.Object {
		return func(o *manifest.Object) *manifest.Object { return o.With(manifest.P(path...), value) }
	}
	pod := func(path ...string) []string { return append([]string{"spec", "template", "spec"}, path...) }
	return []fault{
		{"no replicas", []diag.Code{"P1", "P5"}, eachWorkload(set(manifest.Int(0), "spec", "replicas"), never)},
		{"fewer replicas", []diag.Code{"P5"}, fewerReplicas},
		{"pod labels mistyped", []diag.Code{"P1", "P3", "P6"}, eachWorkload(func(o *manifest.Object) *manifest.Object {
			return mistypeValues(o, manifest.P("spec", "template", "metadata", "labels"))
		}, (*film).uncalled)},
		{"container port renamed", []diag.Code{"P1", "P5", "P6"}, containerPorts("name", manifest.Str("other"))},
		{"container port renumbered", []diag.Code{"P1"}, containerPorts("containerPort", manifest.Int(4))},
		{"readiness probe at a port that is not there", []diag.Code{"P1", "P5"}, eachWorkload(
			set(manifest.Map(manifest.F("httpGet", manifest.Map(manifest.F("port", manifest.Str("nowhere"))))), pod("containers", "0", "readinessProbe")...), never)},
		{"dnsPolicy of the node", []diag.Code{"P1", "H18"}, eachWorkload(set(manifest.Str("Default"), pod("dnsPolicy")...), (*film).silent)},
		{"on the host's network", []diag.Code{"P1", "P3", "H18"}, eachWorkload(set(manifest.Bool(true), pod("hostNetwork")...), (*film).silent)},
		{"name overridden by hostAliases", []diag.Code{"P1", "P3"}, hostAliases},
		{"restart of all pods at once", []diag.Code{"P5"}, restartAtOnce},
		{"workload lost", []diag.Code{"P1", "P6", "P8"}, lostObjects(longRunning...)},
		{"CronJob lost", []diag.Code{"P8"}, lostObjects("CronJob")},
		{"CronJob or singleton active twice", []diag.Code{"P7"}, activeTwice},
		{"CronJob or singleton started early", []diag.Code{"P7"}, startedEarly},
		{"old object left behind", []diag.Code{"P8"}, leftBehind},
	}
}

// never says that a fault is never harmless.
func never(*film, *manifest.Object) string { return "" }

// guarded reports whether there are policies in the end: they select pods and
// name them as peers.
func (f *film) guarded() bool {
	for key := range f.end() { // any match will do
		if key.Kind == "NetworkPolicy" {
			return true
		}
	}
	return false
}

// silent says why a workload's own lookups do not matter.
func (f *film) silent(workload *manifest.Object) string {
	for _, r := range f.result.References {
		if r.Refers == refs.ToService && r.Certainty == refs.Certain && r.Form != refs.Field && r.Known &&
			(r.Object == workload || slices.Contains(f.readers(r.Object), workload)) {
			return ""
		}
	}
	return "it calls nobody"
}

// eachWorkload changes each copy of a workload that runs for long.
func eachWorkload(change func(*manifest.Object) *manifest.Object, harmless func(*film, *manifest.Object) string) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, s := range f.made(longRunning...) {
			original := f.original(s.after)
			if original == nil {
				continue // a relay: see relayFaults
			}
			reason := harmless(f, original)
			if reason != "" && f.guarded() {
				continue // policies select pods by what is changed here
			}
			m := f.mutate(func(f *film) { f.edit(s, change) }, "%s", s.key.ID)
			out = append(out, m.unless(reason))
		}
		return out
	}
}

func fewerReplicas(f *film) (out []mutant) {
	for _, s := range f.made(longRunning...) {
		n := plan.Replicas(s.after)
		if n < 2 || f.original(s.after) == nil {
			continue
		}
		out = append(out, f.mutate(func(f *film) {
			f.edit(s, func(o *manifest.Object) *manifest.Object {
				return o.With(manifest.P("spec", "replicas"), manifest.Int(n-1))
			})
		}, "%s", s.key.ID))
	}
	return out
}

// containerPorts changes the ports that a called Service names.
func containerPorts(elem string, value *manifest.Node) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, s := range f.made(longRunning...) {
			original := f.original(s.after)
			if original == nil {
				continue
			}
			container := plan.PodTemplate(s.after).Get("spec", "containers", "0")
			for i, p := range container.Get("ports").Items() {
				at := manifest.P("spec", "template", "spec", "containers", "0", "ports").Index(i).Join(elem)
				m := f.mutate(func(f *film) {
					f.edit(s, func(o *manifest.Object) *manifest.Object { return o.With(at, value) })
				}, "%s, port %s %s", s.key.ID, p.Text("name"), p.Text("containerPort"))
				harmless := f.unnamed(original, p.Text("name"))
				if elem == "name" && p.Text("name") != "" && container.Text("readinessProbe", "httpGet", "port") == p.Text("name") {
					harmless = ""
				}
				out = append(out, m.unless(harmless))
			}
		}
		return out
	}
}

// unnamed says why the declaration of a container's port does not matter: a
// declared port is information only, unless a Service names it.
func (f *film) unnamed(workload *manifest.Object, name string) string {
	for _, s := range f.servicesOf(workload) {
		for _, p := range s.Get("spec", "ports").Items() {
			number, _ := p.Get("port").Int()
			if name != "" && p.Text("targetPort") == name && f.unusedPort(s, number) == "" {
				return ""
			}
		}
	}
	return "no called port of a Service names it"
}

// hostAliases sends what a copy calls to an address that nobody has.
func hostAliases(f *film) (out []mutant) {
	for _, s := range f.made(longRunning...) {
		for _, r := range f.result.References {
			now := ""
			if original := f.original(s.after); original == nil || r.Object != original || r.Refers != refs.ToService || r.Form == refs.Field || !r.Known {
				continue
			}
			for _, again := range refs.NewScanner(refs.ServicesOf(f.result.Inventory.Objects), f.options()).Object(s.after) {
				if slices.Equal(again.Path, r.Path) && again.Start == r.Start {
					now = again.Text()
				}
			}
			if now == "" {
				continue
			}
			out = append(out, f.mutate(func(f *film) {
				f.edit(s, func(o *manifest.Object) *manifest.Object {
					return o.With(manifest.P("spec", "template", "spec", "hostAliases"), manifest.Seq(manifest.Map(
						manifest.F("ip", manifest.Str("10.9.9.9")), manifest.F("hostnames", manifest.Strs(now)))))
				})
			}, "%s: %s", s.key.ID, now))
			break
		}
	}
	return out
}

// restartAtOnce lets a caller that is called itself restart all its pods together.
func restartAtOnce(f *film) (out []mutant) {
	for _, s := range f.changed("Deployment") {
		original := f.original(s.after)
		if original == nil || f.uncalled(original) != "" || plan.PodTemplate(s.before).Equal(plan.PodTemplate(s.after)) {
			continue
		}
		for _, strategy := range []*manifest.Node{
			manifest.Map(manifest.F("type", manifest.Str("Recreate"))),
			manifest.Map(manifest.F("rollingUpdate", manifest.Map(manifest.F("maxUnavailable", manifest.Str("100%"))))),
		} {
			out = append(out, f.mutate(func(f *film) {
				f.edit(s, func(o *manifest.Object) *manifest.Object { return o.With(manifest.P("spec", "strategy"), strategy) })
			}, "%s: %s", s.key.ID, strategy.AppendJSON(nil)))
		}
	}
	return out
}

// lostObjects leaves out copies: they are never made, or not even for a while.
func lostObjects(kinds ...string) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, s := range f.made(kinds...) {
			if f.original(s.after) != nil {
				out = append(out, f.mutate(func(f *film) { f.lose(s) }, "%s", s.key.ID))
			}
		}
		return out
	}
}

// activeTwice keeps the old copy of what must not run twice.
func activeTwice(f *film) (out []mutant) {
	for _, s := range f.deleted(append([]string{"CronJob"}, longRunning...)...) {
		if f.once(s.before) {
			out = append(out, f.mutate(func(f *film) { f.cut(s) }, "%s", s.key.ID))
		}
	}
	return out
}

// startedEarly starts the copy of what must not run twice while the old one runs.
func startedEarly(f *film) (out []mutant) {
	for _, s := range f.made(append([]string{"CronJob"}, longRunning...)...) {
		if f.original(s.after) == nil || !f.once(s.after) {
			continue
		}
		gone := slices.IndexFunc(f.scenes[:s.scene], func(earlier scene) bool {
			o, ok := earlier.after[keyOf(f.original(s.after))]
			return ok && o == nil
		})
		if gone < 0 {
			continue
		}
		out = append(out, f.mutate(func(f *film) {
			f.cut(s)
			f.scenes[gone].after[s.key] = s.after
		}, "%s", s.key.ID))
	}
	return out
}

// once reports whether a workload must not run twice: a CronJob, or a part of an
// app that the plan calls a singleton.
func (f *film) once(o *manifest.Object) bool {
	original := f.original(o)
	if original == nil {
		return false
	}
	return plan.RunsOnSchedule(o) || slices.ContainsFunc(f.result.Graph.Apps, func(a *plan.App) bool {
		return a.Spec.Singleton && slices.Contains(a.Workloads, original)
	})
}

// leftBehind forgets to delete something.
func leftBehind(f *film) (out []mutant) {
	for _, s := range f.shots(func(s shot) bool { return s.after == nil }) {
		out = append(out, f.mutate(func(f *film) { f.cut(s) }, "%s at %s", s.key.ID, f.scenes[s.scene].phase.Name))
	}
	return out
}
