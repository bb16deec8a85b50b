package verify_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

const docsIngress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: docs}
spec:
  ingressClassName: nginx
  rules:
    - host: docs.acme.example
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: docs, port: {name: http}}}}]}
---
`

const movesDocs = `  apps:
    - name: docs
      to: {namespace: new}
    - name: blog
`

// TestPublicMeaning breaks emitted states of a public app: P6 sees each.
func TestPublicMeaning(t *testing.T) {
	r, diags := compile(t, archive(movesDocs, app("docs"), app("blog"), docsIngress))
	if diags.HasErrors() || len(found(diags, "P6")) > 0 {
		t.Fatalf("the migration as it is: %v", summary(diags))
	}
	tests := []struct {
		name, phase, id string
		edit            func(*manifest.Object) *manifest.Object
		code            string
	}{
		{
			"the new route leads to another app", "route-docs", "Ingress new/docs",
			func(o *manifest.Object) *manifest.Object {
				return o.With(manifest.P("spec", "rules", "0", "http", "paths", "0", "backend", "service", "name"), manifest.Str("nobody"))
			}, "P6",
		},
		{
			"the new route is missing", "route-docs", "Ingress new/docs",
			func(*manifest.Object) *manifest.Object { return nil }, "P6",
		},
		{
			"the route is left behind at the flip", "unroute-docs", "Ingress old/docs",
			func(*manifest.Object) *manifest.Object { return nil }, "",
		},
		{
			"the Service of the new route selects nobody", "deploy-docs", "Service new/docs",
			func(o *manifest.Object) *manifest.Object {
				return o.With(manifest.P("spec", "selector", "app"), manifest.Str("nobody"))
			}, "P6",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			diags := prove(t, r, edited(r.States, tt.phase, tt.id, tt.edit))
			if tt.code == "" {
				if diags.HasErrors() {
					t.Errorf("unexpected: %v", summary(diags))
				}
				return
			}
			hits := found(diags, "P6")
			if len(hits) == 0 {
				t.Fatalf("not caught: %v", summary(diags))
			}
			if !strings.Contains(hits[0].Message, "docs.acme.example/") || hits[0].Pos.IsZero() || len(hits[0].Notes) == 0 {
				t.Errorf("no counterexample to follow: %+v", hits[0])
			}
		})
	}
}

// TestRouteToAlias holds H33: a route that still leads to the old Service when
// it becomes an alias.
func TestRouteToAlias(t *testing.T) {
	r, diags := compile(t, archive(movesDocs, app("docs"), app("blog"), docsIngress))
	if diags.HasErrors() {
		t.Fatal(summary(diags))
	}
	kept := edited(r.States, "unroute-docs", "Ingress old/docs", func(o *manifest.Object) *manifest.Object { return o })
	for _, s := range kept {
		for i, c := range s.Changes {
			if s.Phase != nil && s.Phase.Name == "unroute-docs" && c.Key.Kind == "Ingress" {
				s.Changes = append(s.Changes[:i], s.Changes[i+1:]...)
				break
			}
		}
	}
	if hits := found(prove(t, r, kept), "H33"); len(hits) == 0 {
		t.Error("a route that is left behind at the flip is not caught")
	}
}

// TestGoldensArePublic holds that no migration of the goldens has a false alarm.
func TestGoldensArePublic(t *testing.T) {
	files, err := filepath.Glob("../testdata/golden/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no goldens", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, diags := compile(t, string(data))
		for _, code := range []diag.Code{"P6", "H33"} {
			if hits := found(diags, code); len(hits) > 0 {
				t.Errorf("%s: %s: %v", filepath.Base(file), code, summary(hits))
			}
		}
	}
}
