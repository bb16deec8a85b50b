package manifest

import (
	"sync"
	"testing"
)

// TestOriginPositions holds where nodes of built objects are in the files that
// the user wrote.
func TestOriginPositions(t *testing.T) {
	inv := mustRead(t, repo(`
-- app/kustomization.yaml --
namePrefix: p-
resources: [../base]
components: [../component]
patches:
- path: patch.yaml
-- app/patch.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: added
        image: added:1
      - name: side
        image: side:2
-- component/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
configMapGenerator:
- name: settings
  behavior: merge
  literals: [LATE=1]
secretGenerator:
- name: token
  envs: [token.env]
-- component/token.env --
# the password
USER=u
PASS=secret
-- base/kustomization.yaml --
resources:
- all.yaml
configMapGenerator:
- name: set
  literals: [Z=0]
- name: settings
  literals:
  - URL=http://servicea
  - "OTHER=x"
  files: [nginx.conf, conf=sub/app.conf]
-- base/nginx.conf --
proxy_pass http://servicea;
-- base/sub/app.conf --
x
-- base/all.yaml --
# two objects of one kind
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-api
---
`+deployment+`---
`+service), roots("app"))
	at := func(kind, name string, path ...string) string {
		for _, o := range inv.Objects {
			if o.ID.Kind == kind && o.Build().Name == name {
				return o.Pos(path...).String()
			}
		}
		t.Fatalf("no %s %s in\n%s", kind, name, ids(inv))
		return ""
	}
	web := object2(t, inv, "Deployment", "p-web")
	index := func(container string) string {
		for i, c := range web.Get("spec", "template", "spec", "containers").Items() {
			if c.Text("name") == container {
				return P().Index(i)[0]
			}
		}
		t.Fatalf("no container %s", container)
		return ""
	}
	containers := P("spec", "template", "spec", "containers")
	for _, test := range []struct{ what, got, want string }{
		{"name with a prefix", at("Deployment", "p-web", "metadata", "name"), "base/all.yaml:10:9"},
		{"name of its namesake", at("Deployment", "p-web-api", "metadata", "name"), "base/all.yaml:5:9"},
		{"item that moved", at("Deployment", "p-web", containers.Join(index("main"), "image")...), "base/all.yaml:22:16"},
		{"item that was patched", at("Deployment", "p-web", containers.Join(index("side"), "image")...), "base/all.yaml:27:16"},
		{"reference in an item", at("Deployment", "p-web", containers.Join(index("main"), "envFrom", "0", "configMapRef", "name")...), "base/all.yaml:25:19"},
		{"port", at("Service", "p-web", "spec", "ports", "0", "port"), "base/all.yaml:36:11"},
		{"generated object", at("ConfigMap", "p-settings", "metadata", "name"), "base/kustomization.yaml:6:3"},
		{"other generated object", at("ConfigMap", "p-set"), "base/kustomization.yaml:4:3"},
		{"literal", at("ConfigMap", "p-settings", "data", "URL"), "base/kustomization.yaml:8:5"},
		{"quoted literal", at("ConfigMap", "p-settings", "data", "OTHER"), "base/kustomization.yaml:9:5"},
		{"file", at("ConfigMap", "p-settings", "data", "nginx.conf"), "base/nginx.conf:1"},
		{"file with a key", at("ConfigMap", "p-settings", "data", "conf"), "base/sub/app.conf:1"},
		{"merged key", at("ConfigMap", "p-settings", "data", "LATE"), "base/kustomization.yaml:6:3"},
		{"env file", at("Secret", "p-token", "data", "PASS"), "component/token.env:3"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %s, want %s", test.what, test.got, test.want)
		}
	}
	if pos := at("Deployment", "p-web", containers.Join(index("added"), "image")...); pos[:14] != "base/all.yaml:" {
		t.Errorf("item of a patch: %s", pos)
	}
}

func object2(t *testing.T, inv *Inventory, kind, name string) *Object {
	t.Helper()
	for _, o := range inv.Objects {
		if o.ID.Kind == kind && o.ID.Name == name {
			return o
		}
	}
	t.Fatalf("no %s %s in\n%s", kind, name, ids(inv))
	return nil
}

func TestOriginConcurrently(t *testing.T) {
	inv := mustRead(t, repo(builds["generators"]), roots("app"))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, o := range inv.Objects {
				if o.Pos("metadata", "name").Line == 0 {
					t.Errorf("%s has no line", o.ID)
				}
			}
		})
	}
	wg.Wait()
}
