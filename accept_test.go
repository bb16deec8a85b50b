package rehome_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/diag"
)

// TestAcceptOfOneOverlay holds that an acceptance names an app and no other: the
// objects of two overlays stand at the same position of the base that both have.
func TestAcceptOfOneOverlay(t *testing.T) {
	files := func(accept string) fstest.MapFS {
		fsys := fstest.MapFS{
			"base/kustomization.yaml": {Data: []byte("resources: [web.yaml]\n")},
			"base/web.yaml":           {Data: []byte("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: x, env: [{name: TOPIC, value: \"http://10.96.0.9\"}]}]}}}\n")},
			"api/all.yaml":            {Data: []byte("apiVersion: v1\nkind: Service\nmetadata: {name: api}\nspec: {clusterIP: 10.96.0.9, selector: {app: api}, ports: [{port: 80, targetPort: 8080}]}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {replicas: 2, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: x}]}}}\n")},
			planFile: {Data: []byte(`apiVersion: rehome.dev/v1alpha1
kind: MigrationPlan
metadata: {name: test}
spec:
  sources: [{path: api, namespace: old}]
  apps:
    - {name: api, to: {namespace: new}}
    - {name: one, manifests: one}
    - {name: two, manifests: two}
` + accept)},
		}
		for _, app := range []string{"one", "two"} {
			fsys[app+"/kustomization.yaml"] = &fstest.MapFile{Data: []byte("resources: [../base]\nnamespace: old\nnamePrefix: " + app + "-\n")}
		}
		return fsys
	}
	found := func(accept string) (errors, accepted []string) {
		_, diags := rehome.Compile(files(accept), planFile, rehome.Options{})
		for _, d := range diags {
			switch {
			case d.Code == "H19" && d.Severity == diag.Error:
				errors = append(errors, d.App)
			case d.Code == "H19":
				accepted = append(accepted, d.App)
			}
		}
		return errors, accepted
	}
	errors, accepted := found("")
	if len(errors) != 2 || len(accepted) > 0 { // the apps are not known yet
		t.Errorf("without an acceptance: errors of %v, accepted of %v", errors, accepted)
	}
	errors, accepted = found("  accept: [{code: H19, app: two, reason: read once}]\n")
	if strings.Join(errors, " ") != "one" || strings.Join(accepted, " ") != "two" {
		t.Errorf("with one: errors of %v, accepted of %v", errors, accepted)
	}
}
