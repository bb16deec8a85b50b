package manifest

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/rehome-dev/rehome/internal/realdata"
)

// plainBuild builds a kustomization with nothing of rehome in between.
func plainBuild(t *testing.T, fsys fs.FS, dir string) string {
	t.Helper()
	disk := filesys.MakeFsInMemory()
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		return disk.WriteFile("/"+name, data)
	})
	if err != nil {
		t.Fatal(err)
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(disk, "/"+dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := built.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// concatenated returns the texts of all objects as kustomize prints several.
func concatenated(inv *Inventory) string {
	texts := make([]string, len(inv.Objects))
	for i, o := range inv.Objects {
		texts[i] = string(o.Bytes())
	}
	return strings.Join(texts, "---\n")
}

const service = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
  - name: http
    port: 80
  selector:
    app: web
`

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: main
        image: web:1
        envFrom:
        - configMapRef:
            name: settings
      - name: side
        image: side:1
`

// builds are kustomizations, each built in the directory "app".
var builds = map[string]string{
	"patches": `
-- app/kustomization.yaml --
resources: [deployment.yaml, service.yaml]
patches:
- path: replicas.yaml
- target: {kind: Service}
  patch: |
    - op: replace
      path: /spec/ports/0/port
      value: 8080
-- app/replicas.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {example.com/patched: "yes"}
spec:
  replicas: 3
-- app/deployment.yaml --
` + deployment + `
-- app/service.yaml --
` + service,
	"generators": `
-- app/kustomization.yaml --
resources: [deployment.yaml]
configMapGenerator:
- name: settings
  literals: [A=1]
  files: [banner.txt]
  envs: [.env]
- name: fixed
  literals: [B=2]
  options: {disableNameSuffixHash: true, annotations: {example.com/kept: "yes"}}
secretGenerator:
- name: token
  type: Opaque
  files: [data=token.bin]
-- app/banner.txt --
Welcome to servicea:80
-- app/.env --
# comment
C=3
-- app/token.bin --
secret
-- app/deployment.yaml --
` + deployment,
	"components, prefix, namespace and two bases": `
-- app/kustomization.yaml --
namespace: prod
namePrefix: p-
nameSuffix: -s
resources: [../web, ../other]
components: [../component]
sortOptions: {order: fifo}
buildMetadata: [managedByLabel]
labels:
- pairs: {team: a}
-- component/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [policy.yaml]
replacements:
- source: {kind: ConfigMap, name: settings, fieldPath: data.image}
  targets:
  - select: {kind: Deployment, name: web}
    fieldPaths: ["spec.template.spec.containers.[name=main].image"]
-- component/policy.yaml --
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec: {podSelector: {}}
-- web/kustomization.yaml --
resources: [deployment.yaml]
-- web/deployment.yaml --
` + deployment + `
-- other/kustomization.yml --
resources: [service.yaml]
configMapGenerator:
- name: settings
  literals: [image=web:2]
-- other/service.yaml --
` + service,
	"origins wanted by the author": `
-- app/kustomization.yaml --
resources: [service.yaml]
buildMetadata: [originAnnotations]
-- app/service.yaml --
` + service,
	"transformers": `
-- app/Kustomization --
resources: [service.yaml]
transformers:
- |
  apiVersion: builtin
  kind: NamespaceTransformer
  metadata: {name: ns, namespace: elsewhere}
- labels.yaml
generators: [generator.yaml]
-- app/labels.yaml --
apiVersion: builtin
kind: LabelTransformer
metadata: {name: l}
labels: {a: b}
fieldSpecs: [{path: metadata/labels, create: true}]
-- app/generator.yaml --
apiVersion: builtin
kind: ConfigMapGenerator
metadata: {name: made}
literals: [X=1]
-- app/service.yaml --
` + service,
	"deprecated fields": `
-- app/kustomization.yaml --
bases: [../base]
commonLabels: {a: b}
patchesStrategicMerge:
- |
  apiVersion: v1
  kind: Service
  metadata: {name: web}
  spec: {type: NodePort}
imageTags: [{name: web, newTag: "7"}]
-- base/kustomization.yaml --
resources: [service.yaml, deployment.yaml]
-- base/deployment.yaml --
` + deployment + `
-- base/service.yaml --
` + service,
}

func TestBuildEqualsPlainBuild(t *testing.T) {
	for name, archive := range builds {
		t.Run(name, func(t *testing.T) {
			fsys := repo(archive)
			inv := mustRead(t, fsys, roots("app"))
			if diff := cmp.Diff(plainBuild(t, fsys, "app"), concatenated(inv)); diff != "" {
				t.Error(diff)
			}
			for _, o := range inv.Objects {
				if o.src.Root.Kind != Kustomization || o.Build() == nil {
					t.Errorf("%s does not say that it was built", o.ID)
				}
			}
		})
	}
}

func TestBuildOfRootDirectory(t *testing.T) {
	fsys := repo("-- kustomization.yaml --\nresources: [service.yaml]\n-- service.yaml --\n" + service)
	o := object(t, mustRead(t, fsys, roots(".")), "Service")
	if got := o.Pos("spec").String(); got != "service.yaml:6:3" {
		t.Error(got)
	}
}

func TestBuildSaysHowObjectsWereMade(t *testing.T) {
	inv := mustRead(t, repo(builds["generators"]), roots("app"))
	got := map[string]Build{}
	for _, o := range inv.Objects {
		got[o.ID.Kind+" "+o.Build().Name] = *o.Build()
	}
	want := map[string]Build{
		"ConfigMap settings": {Name: "settings", Generated: true, HashSuffix: true},
		"ConfigMap fixed":    {Name: "fixed", Generated: true},
		"Secret token":       {Name: "token", Generated: true, HashSuffix: true},
		"Deployment web":     {Name: "web"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	inv = mustRead(t, repo(builds["components, prefix, namespace and two bases"]), roots("app"))
	want2 := Build{Name: "p-settings-s", Namespace: "prod", Generated: true, HashSuffix: true}
	if diff := cmp.Diff(want2, *object(t, inv, "ConfigMap").Build()); diff != "" {
		t.Error(diff)
	}
}

// TestBuildHashesOnlyGenerated holds what kustomize gives no hash: a ConfigMap
// of a file that a generator merges into, and the output of an earlier build.
func TestBuildHashesOnlyGenerated(t *testing.T) {
	earlier := object(t, mustRead(t, repo(`
-- app/kustomization.yaml --
configMapGenerator: [{name: old, literals: [A=1]}]
`), roots("app")), "ConfigMap")
	inv := mustRead(t, repo(`
-- app/kustomization.yaml --
resources: [cm.yaml, old.yaml, ../base]
configMapGenerator:
- name: settings
  behavior: merge
  literals: [B=2]
- name: base
  behavior: merge
  literals: [B=2]
- name: replaced
  behavior: replace
  literals: [B=2]
-- app/cm.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {A: "1"}
-- app/old.yaml --
`+string(earlier.Bytes())+`
-- base/kustomization.yaml --
configMapGenerator:
- name: base
  literals: [A=1]
- name: replaced
  literals: [A=1]
`), roots("app"))
	got := map[string]bool{}
	for _, o := range inv.Objects {
		got[o.Build().Name] = o.Build().HashSuffix
	}
	want := map[string]bool{"settings": false, earlier.ID.Name: false, "base": true, "replaced": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOnlineBoutique(t *testing.T) {
	fsys, dir := realdata.OnlineBoutique(t)
	built := mustRead(t, fsys, roots(path.Join(dir, "base")))
	if diff := cmp.Diff(plainBuild(t, fsys, dir+"/base"), concatenated(built)); diff != "" {
		t.Error(diff)
	}
	for _, o := range built.Objects {
		name := strings.TrimPrefix(o.Pos("metadata", "name").File, dir+"/base/")
		if pos := o.Pos("metadata", "name"); pos.Line == 0 || name == "kustomization.yaml" {
			t.Errorf("%s is at %s", o.ID, pos)
		}
	}
	plain := fstest.MapFS{}
	files, err := fs.Glob(fsys, dir+"/base/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if path.Base(name) == "kustomization.yaml" {
			continue
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			t.Fatal(err)
		}
		plain["k8s/"+path.Base(name)] = &fstest.MapFile{Data: data}
	}
	direct := mustRead(t, plain, roots("k8s"))
	of := map[ID]*Object{}
	for _, o := range direct.Objects {
		of[o.ID] = o
	}
	if len(of) != len(built.Objects) || len(of) < 30 {
		t.Fatalf("%d objects read, %d built", len(of), len(built.Objects))
	}
	for _, o := range built.Objects {
		twin := of[o.ID]
		if twin == nil {
			t.Errorf("%s is not read from the directory", o.ID)
			continue
		}
		for _, p := range [][]string{{"metadata", "name"}, {"spec", "template", "spec", "containers", "0", "image"}, {"spec", "ports", "0", "port"}} {
			a, b := o.Pos(p...), twin.Pos(p...)
			if a.Line != b.Line || a.Column != b.Column || path.Base(a.File) != path.Base(b.File) {
				t.Errorf("%s %v: built %s, read %s", o.ID, p, a, b)
			}
		}
	}
}
