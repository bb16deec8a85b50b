package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// keyCheck is the part of P4 that is about the keys of configuration: pods whose
// environment names a key that is not there do not start
// (k8s.io/kubernetes/pkg/kubelet, makeEnvironmentVariables).
var keyCheck = Check{
	Code: "P4", Severity: diag.Error,
	Summary: "the keys of configuration that workloads name exist",
	Run: func(p *Pass) {
		for _, c := range p.Changes() {
			switch {
			case c.After == nil:
			case isWorkload(c.After):
				p.checkKeys(c.Key, c.After)
			case isInput(c.Key.ID):
				for _, reader := range p.prover.readersOf(c.Key) {
					if w := p.After(reader); w != nil {
						p.checkKeys(reader, w)
					}
				}
			}
		}
	},
}

// checkKeys looks for keys that the source of a configuration has and its copy
// or new version has not. Of keys that no manifest shows nothing is known.
func (p *Pass) checkKeys(key render.Key, w *manifest.Object) {
	for _, container := range containers(w) {
		for i, env := range w.Get(container.Join("env")...).Items() {
			for _, kind := range keyKinds {
				ref := env.Get("valueFrom", kind.field)
				if ref == nil || ref.Get("optional").Bool() {
					continue
				}
				name := key
				name.ID = manifest.ID{Kind: kind.kind, Namespace: key.Namespace, Name: ref.Text("name")}
				config := p.After(name)
				if config == nil || !hasKey(config.Base(), ref.Text("key")) || hasKey(config.Root(), ref.Text("key")) {
					continue
				}
				p.Reportf("P4", w, container.Join("env").Index(i).Join("valueFrom", kind.field, "key"), "%s reads the key %q of %s, which has lost it", key.ID, ref.Text("key"), name.ID)
			}
		}
	}
}

// keyKinds are the fields by which an environment variable names a key.
var keyKinds = [...]struct{ field, kind string }{{"configMapKeyRef", "ConfigMap"}, {"secretKeyRef", "Secret"}}

// hasKey reports whether the content of a configuration has a key.
func hasKey(config *manifest.Node, key string) bool {
	for _, field := range [...]string{"data", "binaryData", "stringData"} {
		if config.Get(field, key) != nil {
			return true
		}
	}
	return false
}
