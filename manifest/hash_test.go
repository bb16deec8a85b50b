package manifest

import (
	"testing"
)

// TestHashedName holds the name that is computed for changed data against the
// one that kustomize gives in an overlay with the same change.
func TestHashedName(t *testing.T) {
	const base = `
-- base/kustomization.yaml --
namePrefix: p-
configMapGenerator:
- name: cfg
  literals: [URL=http://a, N=1, "QUOTED=true", EMPTY=]
  files: [bin.dat]
secretGenerator:
- name: token
  type: example.com/token
  literals: [PASS=x]
-- base/bin.dat --
` + "\xff\xfe\x00bin\n" + `
-- overlay/kustomization.yaml --
resources: [../base]
patches:
- target: {kind: ConfigMap, name: p-cfg}
  patch: |
    [{"op": "replace", "path": "/data/URL", "value": "http://a.foo\nline <2>"},
     {"op": "add", "path": "/metadata/namespace", "value": "foo"}]
- target: {kind: Secret, name: p-token}
  patch: |
    [{"op": "replace", "path": "/data/PASS", "value": "eQ=="},
     {"op": "add", "path": "/metadata/namespace", "value": "foo"}]
`
	fsys := repo(base)
	inv := mustRead(t, fsys, roots("base"))
	changed := map[string]*Object{
		"ConfigMap": object(t, inv, "ConfigMap").With(P("data", "URL"), Str("http://a.foo\nline <2>")).In("foo"),
		"Secret":    object(t, inv, "Secret").With(P("data", "PASS"), Str("eQ==")).In("foo"),
	}
	overlay := mustRead(t, fsys, roots("overlay"))
	for kind, o := range changed {
		before := object(t, inv, kind)
		if got, err := HashedName(before); err != nil || got != before.ID.Name {
			t.Errorf("unchanged: %s (%v), built %s", got, err, before.ID.Name)
		}
		want := object(t, overlay, kind)
		if got, err := HashedName(o); err != nil || got != want.ID.Name || got == before.ID.Name {
			t.Errorf("changed: %s (%v), built %s", got, err, want.ID.Name)
		}
		if want.ID.Namespace != "foo" {
			t.Errorf("patch of the namespace missed: %s", want.ID)
		}
	}
}

func TestHashedNameKeepsNames(t *testing.T) {
	o := New(Map(F("apiVersion", Str("v1")), F("kind", Str("ConfigMap")), F("metadata", Map(F("name", Str("a"))))))
	if got, err := HashedName(o); err != nil || got != "a" {
		t.Errorf("%q, %v", got, err)
	}
}
