package manifest

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestKustomizationRefused holds one kustomization for each thing that is
// refused before kustomize runs, with all that is reported.
func TestKustomizationRefused(t *testing.T) {
	for _, test := range []struct{ name, archive, want string }{
		{"remote resources", `
-- app/kustomization.yaml --
resources:
- https://example.com/all.yaml
- HTTP://example.com/all.yaml
- github.com/org/repo//base?ref=v1
- git@github.com:org/repo.git
- ssh://git@example.com/org/repo
- git::https://example.com/repo
- base?ref=main
- file:///etc
components:
- https://example.com/component
bases: [github.com/org/repo]
`, `
app/kustomization.yaml:2:3: error[source]: https://example.com/all.yaml is remote; rehome reads local files only
app/kustomization.yaml:3:3: error[source]: HTTP://example.com/all.yaml is remote; rehome reads local files only
app/kustomization.yaml:4:3: error[source]: github.com/org/repo//base?ref=v1 is remote; rehome reads local files only
app/kustomization.yaml:5:3: error[source]: git@github.com:org/repo.git is remote; rehome reads local files only
app/kustomization.yaml:6:3: error[source]: ssh://git@example.com/org/repo is remote; rehome reads local files only
app/kustomization.yaml:7:3: error[source]: git::https://example.com/repo is remote; rehome reads local files only
app/kustomization.yaml:8:3: error[source]: base?ref=main is remote; rehome reads local files only
app/kustomization.yaml:9:3: error[source]: file:///etc is remote; rehome reads local files only
app/kustomization.yaml:12:9: error[source]: github.com/org/repo is remote; rehome reads local files only
app/kustomization.yaml:11:3: error[source]: https://example.com/component is remote; rehome reads local files only
`},
		{"remote files of other fields", `
-- app/kustomization.yaml --
crds: [https://example.com/a]
configurations: [https://example.com/b]
openapi: {path: https://example.com/c}
patches: [{path: https://example.com/d}]
patchesStrategicMerge: [https://example.com/e]
patchesJson6902: [{path: https://example.com/f, target: {kind: A, name: b}}]
replacements: [{path: https://example.com/g}]
configMapGenerator: [{name: a, files: [k=https://example.com/h], envs: [https://example.com/i], env: https://example.com/j}]
generators: [https://example.com/k]
Transformers: [https://example.com/l]
validators: [https://example.com/m]
`, `
app/kustomization.yaml:9:14: error[source]: https://example.com/k is remote; rehome reads local files only
app/kustomization.yaml:10:16: error[source]: https://example.com/l is remote; rehome reads local files only
app/kustomization.yaml:11:14: error[source]: https://example.com/m is remote; rehome reads local files only
app/kustomization.yaml:8:40: error[source]: https://example.com/h is remote; rehome reads local files only
app/kustomization.yaml:8:73: error[source]: https://example.com/i is remote; rehome reads local files only
app/kustomization.yaml:8:102: error[source]: https://example.com/j is remote; rehome reads local files only
app/kustomization.yaml:5:25: error[source]: https://example.com/e is remote; rehome reads local files only
app/kustomization.yaml:6:26: error[source]: https://example.com/f is remote; rehome reads local files only
app/kustomization.yaml:4:18: error[source]: https://example.com/d is remote; rehome reads local files only
app/kustomization.yaml:7:23: error[source]: https://example.com/g is remote; rehome reads local files only
app/kustomization.yaml:1:8: error[source]: https://example.com/a is remote; rehome reads local files only
app/kustomization.yaml:2:18: error[source]: https://example.com/b is remote; rehome reads local files only
app/kustomization.yaml:3:17: error[source]: https://example.com/c is remote; rehome reads local files only
`},
		{"remote in a base, behind an alias and a merge key", `
-- app/kustomization.yaml --
resources: [../base]
-- base/kustomization.yaml --
x: &x
  resources: &r [https://example.com/a]
<<: *x
-- base2/kustomization.yaml --
`, `
base/kustomization.yaml:1:1: error[source]: this is no kustomization that kustomize accepts: json: unknown field "x"
`},
		{"remote behind an alias", `
-- app/kustomization.yaml --
resources: &r [https://example.com/a]
crds: *r
`, `
app/kustomization.yaml:1:16: error[source]: https://example.com/a is remote; rehome reads local files only
app/kustomization.yaml:1:16: error[source]: https://example.com/a is remote; rehome reads local files only
`},
		{"helm", `
-- app/kustomization.yaml --
helmCharts:
- name: a
  repo: https://example.com/charts
helmChartInflationGenerator:
- chartName: b
generators:
- |
  apiVersion: builtin
  kind: HelmChartInflationGenerator
  metadata: {name: x}
`, `
app/kustomization.yaml:2:3: error[source]: a Helm chart is rendered by running helm; rehome runs no programs
app/kustomization.yaml:5:3: error[source]: a Helm chart is rendered by running helm; rehome runs no programs
app/kustomization.yaml:7:3: error[source]: a Helm chart is rendered by running helm; rehome runs no programs
`},
		{"functions and plugins", `
-- app/kustomization.yaml --
transformers:
- |
  apiVersion: example.com/v1
  kind: Run
  metadata:
    name: run
    annotations:
      config.kubernetes.io/function: |
        exec: {path: ./run.sh}
- plugin.yaml
- plugins
-- app/plugin.yaml --
apiVersion: example.com/v1
kind: Foo
metadata: {name: foo}
---
apiVersion: builtin
kind: PatchTransformer
metadata: {name: p}
Path: https://example.com/patch.yaml
-- app/plugins/kustomization.yaml --
resources: [container.yaml]
-- app/plugins/container.yaml --
apiVersion: example.com/v1
kind: Contained
metadata: {name: c, annotations: {config.kubernetes.io/function: "container: {image: a}"}}
`, `
app/kustomization.yaml:2:3: error[source]: Run run runs a function in a container or program; rehome runs no programs
app/kustomization.yaml:10:3: error[source]: app/plugin.yaml: Foo foo is a plugin that is not part of kustomize; rehome runs no programs
app/kustomization.yaml:10:3: error[source]: app/plugin.yaml: PatchTransformer names https://example.com/patch.yaml, which is remote; rehome reads local files only
app/plugins/kustomization.yaml:1:13: error[source]: app/plugins/container.yaml: Contained c runs a function in a container or program; rehome runs no programs
`},
		{"missing, outside and of the wrong kind", `
-- app/kustomization.yaml --
resources:
- deployment.yml
- ../other.yaml
- ../../above.yaml
- /etc/passwd
- empty
configMapGenerator:
- name: a
  files: [sub]
components: [deployment.yaml]
patches:
- path: ../other.yaml
-- app/deployment.yaml --
-- app/sub/file --
-- app/empty/file --
-- other.yaml --
`, `
app/kustomization.yaml:2:3: error[source]: deployment.yml does not exist
  fix: did you mean app/deployment.yaml?
app/kustomization.yaml:3:3: error[source]: file other.yaml is outside app; kustomize reads files only from the directory of the kustomization
app/kustomization.yaml:4:3: error[source]: ../../above.yaml leaves the repository: --root widens what may be read
app/kustomization.yaml:5:3: error[source]: /etc/passwd leaves the repository: --root widens what may be read
app/kustomization.yaml:6:3: error[source]: directory app/empty holds no kustomization file
app/kustomization.yaml:10:14: error[source]: component deployment.yaml is a file; it must be a directory
app/kustomization.yaml:9:11: error[source]: sub is a directory; a file is needed here
app/kustomization.yaml:12:9: error[source]: file other.yaml is outside app; kustomize reads files only from the directory of the kustomization
`},
		{"cycles", `
-- app/kustomization.yaml --
resources: [../a]
-- a/kustomization.yaml --
resources: [../b, ..]
-- b/kustomization.yaml --
resources:
- ../a
-- c/file --
`, `
b/kustomization.yaml:2:3: error[source]: cycle: b builds on a, which contains it
  a/kustomization.yaml:1:13: a builds on b
a/kustomization.yaml:1:19: error[source]: cycle: a builds on ., which contains it
`},
		{"several kustomization files", `
-- app/kustomization.yaml --
resources: [../base]
-- base/kustomization.yaml --
-- base/Kustomization --
`, `
app/kustomization.yaml:1:13: error[source]: base holds several kustomization files: Kustomization, kustomization.yaml
`},
		{"YAML errors, unknown fields and kinds", `
-- app/kustomization.yaml --
resources: [../a, ../b, ../c, ../d]
-- d/kustomization.yaml --
# nothing
-- a/kustomization.yaml --
resources: [x
y: z
-- b/kustomization.yaml --
namespace: a
resource: [x]
-- c/kustomization.yaml --
kind: Deployment
`, `
a/kustomization.yaml:2:2: error[yaml]: did not find expected ',' or ']'
b/kustomization.yaml:2:1: error[source]: this is no kustomization that kustomize accepts: json: unknown field "resource"
c/kustomization.yaml: error[source]: this is no kustomization that kustomize accepts: kind should be Kustomization or Component, it is Deployment
d/kustomization.yaml: error[source]: this is no kustomization that kustomize accepts: it is empty
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			inv, list := Read(repo(test.archive), roots("app"), ReadOptions{})
			var got strings.Builder
			for line := range strings.Lines(printed(list)) {
				if !strings.HasPrefix(line, "  fix: ") || strings.Contains(line, "did you mean") {
					got.WriteString(line)
				}
			}
			if diff := cmp.Diff(strings.TrimSpace(test.want), strings.TrimSpace(got.String())); diff != "" {
				t.Error(diff)
			}
			if len(inv.Objects) > 0 {
				t.Errorf("objects were read:\n%s", ids(inv))
			}
		})
	}
}

func TestIsRemoteAllowsLocal(t *testing.T) {
	for _, p := range []string{"base", "../base", "./a/b.yaml", "github/x", "http/x.yaml", "a.git", "a@b"} {
		if got := isRemote(p); got != (p == "a@b") {
			t.Errorf("isRemote(%q) = %v", p, got)
		}
	}
}

// TestKustomizeErrors holds what only kustomize finds.
func TestKustomizeErrors(t *testing.T) {
	for _, test := range []struct{ name, archive, want string }{
		{"two objects with one name", `
-- app/kustomization.yaml --
resources: [../base]
-- base/kustomization.yaml --
resources: [a.yaml, b.yaml]
-- base/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
-- base/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
`, "base/kustomization.yaml: error[source]: kustomize can't build base: may not add resource with an already registered id: ConfigMap.v1.[noGrp]/a.[noNs]"},
		{"a patch without target", `
-- app/kustomization.yaml --
resources: [a.yaml]
patches:
- patch: |
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: b}
-- app/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
`, "app/kustomization.yaml: error[source]: kustomize can't build app: no resource matches strategic merge patch \"ConfigMap.v1.[noGrp]/b.[noNs]\": no matches for Id ConfigMap.v1.[noGrp]/b.[noNs]; failed to find unique target for patch ConfigMap.v1.[noGrp]/b.[noNs]"},
		{"no object at all", `
-- app/kustomization.yaml --
namespace: a
`, "plan.yaml:1:9: error[source]: app holds no manifests"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, list := Read(repo(test.archive), roots("app"), ReadOptions{})
			if diff := cmp.Diff(test.want, strings.TrimSpace(printed(list))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAliasBomb holds a few hundred bytes that mean gigabytes.
func TestAliasBomb(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx0: &x0 [a, a, a, a, a, a, a, a, a, a]\n")
	for i := 1; i < 12; i++ {
		before := "*x" + string(rune('a'+i-2))
		if i == 1 {
			before = "*x0"
		}
		bomb.WriteString("x" + string(rune('a'+i-1)) + ": &x" + string(rune('a'+i-1)) + " [" + strings.Repeat(before+", ", 10) + "]\n")
	}
	archive := "-- plain/a.yaml --\n" + bomb.String() +
		"-- base/kustomization.yaml --\nresources: [a.yaml]\n-- base/a.yaml --\n" + bomb.String() +
		"-- kust/kustomization.yaml --\n" + bomb.String()
	_, list := Read(repo(archive), roots("plain", "base", "kust"), ReadOptions{})
	failed := map[string]bool{}
	for _, d := range list {
		failed[strings.SplitN(d.Pos.File, "/", 2)[0]] = true
	}
	if diff := cmp.Diff(map[string]bool{"plain": true, "base": true, "kust": true}, failed); diff != "" {
		t.Errorf("%s\n%s", diff, printed(list))
	}
}

// FuzzKustomization reads any kustomization file: nothing panics, nothing is
// fetched (see TestMain), and no object comes out of one that has errors.
func FuzzKustomization(f *testing.F) {
	for _, archive := range builds {
		for name, file := range repo(archive) {
			if strings.Contains(strings.ToLower(name), "kustomization") {
				f.Add(file.Data)
			}
		}
	}
	f.Add([]byte("resources: [https://example.com/a]"))
	f.Add([]byte("generators: ['{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {name: a}, files: [https://example.com]}']"))
	f.Add([]byte("namespace: ["))
	f.Add([]byte("# empty"))
	f.Add([]byte("patches: [{patch: '[]', target: {}}]\nresources: [s.yaml]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := repo("-- k/s.yaml --\n" + service)
		fsys["k/kustomization.yaml"] = &fstest.MapFile{Data: data}
		inv, list := Read(fsys, roots("k"), ReadOptions{Workers: 1})
		if len(inv.Objects) == 0 && len(list) == 0 {
			t.Error("nothing is read and nothing is said")
		}
		for _, o := range inv.Objects {
			o.Pos("metadata", "name")
		}
	})
}
