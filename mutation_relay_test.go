package rehome_test

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// relayFaults get relays wrong.
func relayFaults() []fault {
	config := func(old, new string) func(*manifest.Object) *manifest.Object {
		return func(o *manifest.Object) *manifest.Object {
			at := manifest.P("data", "haproxy.cfg")
			return o.With(at, manifest.Str(strings.ReplaceAll(o.Text(at...), old, new)))
		}
	}
	return []fault{
		{"relay lost", []diag.Code{"P1"}, eachRelay("Deployment", nil)},
		{"relay without configuration", []diag.Code{"P2", "P4", "H57"}, eachRelay("ConfigMap", nil)},
		{"relay forwards to another host", []diag.Code{"P1"}, eachRelay("ConfigMap", config("server target ", "server target x"))},
		{"relay forwards to another port", []diag.Code{"P1", "P2"}, eachRelay("ConfigMap", func(o *manifest.Object) *manifest.Object {
			return config(".svc.cluster.local:", ".svc.cluster.local:1")(o)
		})},
		{"relay listens elsewhere", []diag.Code{"P1", "P2"}, eachRelay("ConfigMap", config("bind :::", "bind :::1"))},
		{"relay without replicas", []diag.Code{"P1"}, eachRelay("Deployment", func(o *manifest.Object) *manifest.Object {
			return o.With(manifest.P("spec", "replicas"), manifest.Int(0))
		})},
		{"relay with other labels", []diag.Code{"P1"}, eachRelay("Deployment", func(o *manifest.Object) *manifest.Object {
			return mistypeValues(o, manifest.P("spec", "template", "metadata", "labels"))
		})},
		{"old Service selects another relay", []diag.Code{"P1", "P2"}, otherRelay},
		{"ingress leads to another Service", []diag.Code{"P6", "P1"}, routes(func(s string) string { return s + "x" })},
		{"ingress not copied", []diag.Code{"P6"}, lostRoutes},
		{"old ingress taken away early", []diag.Code{"P6"}, routesGoneEarly},
	}
}

// relayed returns the Service of today that a relay's object is for.
func (f *film) relayed(s shot) *manifest.Object {
	name := s.after.Text("metadata", "labels", plan.RelayLabel)
	if f.original(s.after) != nil || name == "" {
		return nil
	}
	return f.today[keyOf(&manifest.Object{ID: manifest.ID{Kind: "Service", Namespace: s.key.Namespace, Name: name}})]
}

// eachRelay changes, or without a change removes, the objects of relays.
func eachRelay(kind string, change func(*manifest.Object) *manifest.Object) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, s := range f.made(kind) {
			service := f.relayed(s)
			if service == nil {
				continue
			}
			harmless := f.unused(service)
			if change == nil && kind == "ConfigMap" {
				harmless = "" // its own pods cannot start
			}
			m := f.mutate(func(f *film) {
				if change == nil {
					f.lose(s)
				} else {
					f.edit(s, change)
				}
			}, "%s", s.key.ID)
			out = append(out, m.unless(harmless))
		}
		return out
	}
}

// otherRelay mistypes the selector that leads an old Service to its relay.
func otherRelay(f *film) (out []mutant) {
	for _, s := range f.changed("Service") {
		if s.after.Get("spec", "selector", plan.RelayLabel) == nil {
			continue
		}
		m := f.mutate(func(f *film) {
			f.edit(s, func(o *manifest.Object) *manifest.Object { return mistypeValues(o, manifest.P("spec", "selector")) })
		}, "%s", s.key.ID)
		out = append(out, m.unless(f.unused(f.original(s.after))))
	}
	return out
}

// routes changes the backends of copied routes.
func routes(change func(string) string) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, s := range f.copied("Ingress") {
			for _, r := range f.result.Graph.ReferencesOf(f.original(s.after)) {
				if r.Refers != refs.ToService || r.Form != refs.Field {
					continue
				}
				out = append(out, f.mutate(func(f *film) {
					f.edit(s, func(o *manifest.Object) *manifest.Object {
						return o.With(r.Path, manifest.Str(change(o.Text(r.Path...))))
					})
				}, "%s, %s", s.key.ID, r.Path))
			}
		}
		return out
	}
}

func lostRoutes(f *film) (out []mutant) {
	for _, s := range f.copied("Ingress") {
		out = append(out, f.mutate(func(f *film) { f.lose(s) }, "%s", s.key.ID))
	}
	return out
}

// routesGoneEarly deletes old routes before the new ones are made.
func routesGoneEarly(f *film) (out []mutant) {
	for _, s := range f.deleted("Ingress") {
		if f.original(s.before) == nil {
			continue // of a hop
		}
		out = append(out, f.mutate(func(f *film) {
			f.cut(s)
			f.scenes[0].after[s.key] = nil
		}, "%s", s.key.ID))
	}
	return out
}
