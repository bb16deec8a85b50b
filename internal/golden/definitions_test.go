package golden

import (
	"path/filepath"
	"testing"
)

func TestDefinitions(t *testing.T) {
	v := Validator{Crds: filepath.Join("..", "..", "tools", "validate", "crds")}
	defined, err := v.defined()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []resource{
		{"gateway.networking.k8s.io/v1", "HTTPRoute"},
		{"gateway.networking.k8s.io/v1beta1", "ReferenceGrant"},
		{"traefik.io/v1alpha1", "IngressRouteTCP"},
		{"externaldns.k8s.io/v1alpha1", "DNSEndpoint"},
	} {
		if !defined[r] {
			t.Errorf("%v has no definition", r)
		}
	}
	for r := range defined { // any order will do
		if unschemed(r) != "" {
			t.Errorf("%v has a definition, and a reason why it has none", r)
		}
	}
}

func TestNoDefinitionsIsAnError(t *testing.T) {
	v := Validator{Crds: t.TempDir()}
	if _, err := v.defined(); err == nil {
		t.Error("an empty directory of definitions is accepted")
	}
}
