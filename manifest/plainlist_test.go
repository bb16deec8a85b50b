package manifest

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/rehome-dev/rehome/internal/corpus"
)

// checkPlain fails the test where a root that is read as a plain list is not
// what kustomize builds. It reports whether it is read so.
func checkPlain(t *testing.T, fsys fs.FS, root string) bool {
	t.Helper()
	at := &Root{Path: root, Namespace: "unstated"}
	r := &reader{files: newFiles(fsys)}
	got, ok := r.plain(at)
	if !ok {
		return false
	}
	want, list := r.kustomize(at)
	if len(list) > 0 || len(got) != len(want) {
		t.Fatalf("%s: %d objects are read, kustomize builds %d: %v", root, len(got), len(want), list)
	}
	for i, g := range got {
		w := want[i]
		if g.ID != w.ID || g.Version != w.Version || *g.Build() != *w.Build() || g.src.file != w.src.file {
			t.Errorf("%s: %v %+v from %s is read, kustomize builds %v %+v from %s", root, g.ID, *g.Build(), g.src.file, w.ID, *w.Build(), w.src.file)
		}
		for _, e := range Diff(w.root, g.root) {
			t.Errorf("%s: %v: %s is %q, kustomize makes it %q", root, g.ID, e.Path, e.New.Value(), e.Old.Value())
		}
		if got, want := g.Pos("metadata", "name"), w.Pos("metadata", "name"); got != want {
			t.Errorf("%s: %v is at %s, and at %s in a build", root, g.ID, got, want)
		}
	}
	return true
}

func TestPlainListsAreWhatKustomizeBuilds(t *testing.T) {
	files := fstest.MapFS{}
	var roots []string
	for _, f := range corpus.Generate(3, corpus.Kustomizations) {
		files[f.Path] = &fstest.MapFile{Data: f.Data}
	}
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if d.Name() == "kustomization.yaml" {
			roots = append(roots, path[:len(path)-len("/kustomization.yaml")])
		}
		return err
	})
	if err != nil || len(roots) != 6 {
		t.Fatalf("%v, %v", roots, err)
	}
	for _, root := range roots {
		if !checkPlain(t, files, root) {
			t.Errorf("%s is not read as a plain list", root)
		}
	}
}

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "

func TestWhatIsNoPlainList(t *testing.T) {
	plain := map[string]string{
		"k/kustomization.yaml":      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- a.yaml\n- base\n- ../other\n",
		"k/a.yaml":                  configMap + "a\ndata: {a: b}\n---\n" + configMap + "b\n",
		"k/base/kustomization.yaml": "resources: [c.yaml]\n",
		"k/base/c.yaml":             configMap + "c\n  namespace: foo\n",
		"other/kustomization.yml":   "resources: [d.yaml, e/f.yaml]\n",
		"other/d.yaml":              "apiVersion: v1\nkind: Service\nmetadata: {name: d}\nspec: {ports: [{port: 80}], selector: {service: d}}\n",
		"other/e/f.yaml":            configMap + "f\n",
	}
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {template: {spec: {containers: [{name: x, "
	tests := []struct{ name, file, text string }{
		{"nothing but lists", "", ""},
		{"another field", "k/kustomization.yaml", "resources: [a.yaml]\nnamespace: foo\n"},
		{"a field without effect", "k/kustomization.yaml", "resources: [a.yaml]\ncommonLabels: {}\n"},
		{"a component", "k/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [a.yaml]\n"},
		{"another case", "k/kustomization.yaml", "Resources: [a.yaml]\n"},
		{"no resources", "k/kustomization.yaml", "resources: []\n"},
		{"two documents", "k/kustomization.yaml", "resources: [a.yaml]\n---\nresources: [a.yaml]\n"},
		{"a remote resource", "k/kustomization.yaml", "resources: [github.com/a/b]\n"},
		{"a missing file", "k/kustomization.yaml", "resources: [z.yaml]\n"},
		{"a file twice", "k/kustomization.yaml", "resources: [a.yaml, a.yaml]\n"},
		{"a file from elsewhere", "k/kustomization.yaml", "resources: [../other/d.yaml]\n"},
		{"a directory that holds it", "k/kustomization.yaml", "resources: [../k]\n"},
		{"a kind that it completes", "k/a.yaml", "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: a}\nsubjects: [{kind: ServiceAccount, name: x}]\n"},
		{"a kind that it does not know", "k/a.yaml", "apiVersion: example.com/v1\nkind: Service\nmetadata: {name: a}\n"},
		{"one name twice", "k/a.yaml", configMap + "c\n"},
		{"two namespaces", "k/a.yaml", configMap + "a\n  namespace: bar\n"},
		{"a list", "k/a.yaml", "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]\n"},
		{"a dump", "k/a.yaml", configMap + "a\n  uid: x\n"},
		{"a plan", "k/a.yaml", "apiVersion: rehome.dev/v1alpha1\nkind: MigrationPlan\nmetadata: {name: a}\n"},
		{"not plain YAML", "k/a.yaml", configMap + "&a a\n"},
		{"its own annotations", "k/a.yaml", configMap + "a\n  annotations: {config.kubernetes.io/local-config: \"true\"}\n"},
		{"empty annotations", "k/a.yaml", configMap + "a\n  annotations: {}\n"},
		{"a label that is no string", "k/a.yaml", configMap + "a\n  labels: {a: 1}\n"},
		{"data that are no strings", "k/a.yaml", configMap + "a\ndata: {a: 1}\n"},
		{"a null", "k/a.yaml", deployment + "env: null}]}}}\n"},
		{"a fraction", "k/a.yaml", deployment + "x: 1.50}]}}}\n"},
		{"an octal number", "k/a.yaml", deployment + "x: 0644}]}}}\n"},
		{"an octal number of YAML 1.2", "k/a.yaml", deployment + "x: 0o17}]}}}\n"},
		{"a word of YAML 1.1", "k/a.yaml", deployment + "x: yes}]}}}\n"},
		{"a time", "k/a.yaml", deployment + "x: 2024-01-01}]}}}\n"},
		{"a scalar on the way to a name", "k/a.yaml", deployment + "envFrom: [{configMapRef: x}]}]}}}\n"},
		{"a mapping for a name", "k/a.yaml", deployment + "envFrom: [{configMapRef: {name: {a: b}}}]}]}}}\n"},
	}
	for _, test := range tests {
		files := fstest.MapFS{}
		for name, text := range plain {
			files[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if test.file != "" {
			files[test.file] = &fstest.MapFile{Data: []byte(test.text)}
		}
		if got := checkPlain(t, files, "k"); got != (test.file == "") {
			t.Errorf("%s: read as a plain list is %t", test.name, got)
		}
	}
}

// FuzzPlainList looks for objects that kustomize does not print as they are read.
func FuzzPlainList(f *testing.F) {
	for _, file := range corpus.Generate(1, corpus.Files) {
		f.Add(string(file.Data))
	}
	addSeeds(func(text string, _ uint64) { f.Add(text) })
	f.Add("apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: a\n  labels: {a: \"1\", b: 'yes'}\nspec:\n  a: 0.0.0.0/0\n  b: 10m\n  c: -x\n  d: 1.2.3\n  e: True\n  f: \"null\"\n  g: [a, 1, {b: c}]\n")
	f.Add("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\nspec:\n  rules:\n  - host: a.b\n    http: {paths: [{backend: {service: {name: a, port: {number: 80}}}, path: /}]}\n")
	f.Add("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  a: |\n    x\n\n    y\n  b: \"\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		checkPlain(t, fstest.MapFS{
			"k/kustomization.yaml": &fstest.MapFile{Data: []byte("resources: [a.yaml]\n")},
			"k/a.yaml":             &fstest.MapFile{Data: []byte(text)},
		}, "k")
	})
}
