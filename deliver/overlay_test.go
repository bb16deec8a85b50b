package deliver_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/internal/kustbuild"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// A binding that for a time names both accounts of an app must not be changed
// by kustomize, which follows an account that a patch has moved.
func TestUnionOfSubjectsSurvivesTheBuild(t *testing.T) {
	source := sources["kustomization"]
	archive := strings.Replace(source.archive, "kind: ServiceAccount\nmetadata: {name: appa}", "kind: ServiceAccount\nmetadata: {name: appa, namespace: foobar}", 1)
	s := begin(t, archive, source.root)
	s.phase(&plan.Deploy{App: s.appa}, plan.Gate{}, func() {
		for _, o := range s.objects("foobar", "appa") {
			moved := o.In("foo")
			if o.ID.Kind == "RoleBinding" {
				first := o.Get("subjects", "0")
				moved = moved.With(manifest.P("subjects", "1"), first.With(manifest.P("namespace"), manifest.Str("foo")))
			}
			s.put(moved)
		}
	})
	kustbuild.CheckBuild(t, s.files, "out", s.output(deliver.Options{}), s.states)
}

// readers is two readers of one generated ConfigMap.
const readers = `
-- k8s/kustomization.yaml --
resources: [all.yaml]
configMapGenerator:
- name: config
  literals: ["URL=http://appa:80/"]
-- k8s/all.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: appa}
spec: {template: {spec: {containers: [{name: main, envFrom: [{configMapRef: {name: config}}]}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: appb}
spec: {template: {spec: {containers: [{name: main, envFrom: [{configMapRef: {name: config}}]}]}}}
`

// While one of two readers of a generated ConfigMap has been repointed, both
// contents of it exist.
func TestOldAndNewContentOfAGenerator(t *testing.T) {
	s := begin(t, readers, "k8s")
	config := s.objects("foobar", "config")[0]
	changed := config.With(manifest.P("data", "URL"), manifest.Str("http://appa.foo:80/"))
	name, err := manifest.HashedName(changed)
	if err != nil {
		t.Fatal(err)
	}
	ref := manifest.P("spec", "template", "spec", "containers", "0", "envFrom", "0", "configMapRef", "name")
	for _, app := range []*plan.App{s.appa, s.appb} {
		s.phase(&plan.Repoint{App: app, At: app.From}, plan.Gate{}, func() {
			s.put(changed.WithName(name))
			s.put(s.objects("foobar", app.Name)[0].With(ref, manifest.Str(name)))
		})
	}
	files := s.output(deliver.Options{})
	kustbuild.CheckBuild(t, s.files, "out", files, s.states)
	for _, f := range files {
		if strings.HasPrefix(f.Path, "apps/k8s/repointed-2/") && strings.Contains(string(f.Data), name) {
			t.Errorf("%s fixes the hash that kustomize computes:\n%s", f.Path, f.Data)
		}
	}
}

func TestPatchesAreSmall(t *testing.T) {
	source := sources["generators"]
	files := begin(t, source.archive, source.root).everything(source.service).output(deliver.Options{})
	want := map[string]string{
		"apps/k8s/flipped/kustomization.yaml": `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- ../../../../k8s
patches:
- patch: |
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: appa-reader
    $patch: delete
- patch: |
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata:
      name: appa
    $patch: delete
- path: service-appa.yaml
  target:
    version: v1
    kind: Service
    name: ^appa$
    namespace: ^default$
- path: rolebinding-appa.yaml
  target:
    group: rbac.authorization.k8s.io
    version: v1
    kind: RoleBinding
    name: ^appa$
    namespace: ^default$
`,
		"apps/k8s/flipped/service-appa.yaml": `- op: add
  path: /spec/type
  value: ExternalName
- op: add
  path: /spec/externalName
  value: appa.foo.svc.cluster.local
`,
		"apps/k8s/repointed-1/deployment-appb.yaml": `- op: test
  path: /spec/template/spec/containers/0/env/0/value
  value: http://appa:80
- op: replace
  path: /spec/template/spec/containers/0/env/0/value
  value: http://appa.foo:80
`,
	}
	for path, text := range want {
		if diff := cmp.Diff(text, find(t, files, path)); diff != "" {
			t.Errorf("%s:\n%s", path, diff)
		}
	}
}
