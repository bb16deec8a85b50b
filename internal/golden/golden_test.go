package golden_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/internal/golden"
)

// actAsValidator makes the test binary a validator that refuses the field portz.
const actAsValidator = "REHOME_GOLDEN_ACT_AS_VALIDATOR"

func TestMain(m *testing.M) {
	if os.Getenv(actAsValidator) == "" {
		os.Exit(m.Run())
	}
	if err := actValidator(os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func actValidator(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return err
	}
	results := map[string][]map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		answer := map[string]string{"status": "Success"}
		if bytes.Contains(data, []byte("portz")) {
			answer = map[string]string{"status": "Failure", "message": "spec.portz: unknown field"}
		}
		results[f] = append(results[f], answer)
	}
	return json.NewEncoder(os.Stdout).Encode(results)
}

const archive = `The overlay builds on a base outside of the output.
-- k8s/kustomization.yaml --
resources: [service.yaml]
-- k8s/service.yaml --
apiVersion: v1
kind: Service
metadata: {name: a, namespace: x}
spec: {ports: [{port: 80}]}
-- broken.yaml --
this is: [input of a bad case
-- out/apps/a/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../../k8s]
patches: [{path: patch.yaml}]
-- out/apps/a/patch.yaml --
apiVersion: v1
kind: Service
metadata: {name: a, namespace: x}
spec: {type: ExternalName, externalName: a.z.svc.cluster.local}
-- out/phases/01/apply.yaml --
apiVersion: v1
kind: Namespace
metadata: {name: z}
---
apiVersion: traefik.containo.us/v1alpha1
kind: IngressRoute
metadata: {name: a, namespace: z}
`

// repository writes a repository with one archive.
func repository(t *testing.T, text string) string {
	t.Helper()
	root := t.TempDir()
	write(t, filepath.Join(root, "render", "testdata", "case.txtar"), text)
	return root
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, root string) (*golden.Report, error) {
	t.Helper()
	t.Setenv(actAsValidator, "1")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return golden.CheckTree(t.Context(), root, golden.Validator{Command: []string{exe}})
}

func TestCheckAcceptsWhatBuildsAndIsValid(t *testing.T) {
	got, err := check(t, repository(t, archive))
	if err != nil {
		t.Fatal(err)
	}
	want := &golden.Report{
		Outputs: 1, Objects: 3, Different: 2,
		NoSchema: map[string]int{"traefik.containo.us/v1alpha1 IngressRoute": 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCheckRefuses(t *testing.T) {
	tests := []struct{ name, old, replacement, want string }{
		{"a field that no schema has", "spec: {type: ExternalName", "spec: {portz: 1, type: ExternalName", "spec.portz: unknown field"},
		{"an overlay on nothing", "../../../k8s]", "../../../gone]", "kustomize build out/apps/a"},
		{"a patch of nothing", "metadata: {name: a, namespace: x}\nspec: {type", "metadata: {name: b, namespace: x}\nspec: {type", "kustomize build out/apps/a"},
		{"a kind without a schema", "kind: IngressRoute", "kind: IngressRouteUDP", "no schema is known of traefik.containo.us/v1alpha1 IngressRouteUDP"},
		{"no kind", "kind: Namespace\n", "", "out/phases/01/apply.yaml:1: no Kubernetes object"},
		{"no YAML", "metadata: {name: z}", "metadata: {name: z", "out/phases/01/apply.yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(archive, tt.old, tt.replacement, 1)
			if text == archive {
				t.Fatal("the fault changes nothing")
			}
			_, err := check(t, repository(t, text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestExampleIsOneOutput(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "examples", "shop", "k8s", "ns.yaml"), "not: checked")
	write(t, filepath.Join(root, "examples", "shop", "out", "ns.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata: {name: z}\n")
	write(t, filepath.Join(root, "examples", "plain", "k8s", "ns.yaml"), "not: checked")
	got, err := check(t, root)
	if err != nil {
		t.Fatal(err)
	}
	if got.Outputs != 1 || got.Objects != 1 {
		t.Errorf("%d outputs with %d objects, want 1 with 1", got.Outputs, got.Objects)
	}
}

func TestRestoreBringsEverythingBack(t *testing.T) {
	root := repository(t, archive)
	recorded := filepath.Join(root, "render", "testdata", "case.txtar")
	before, err := golden.Take(root)
	if err != nil {
		t.Fatal(err)
	}
	write(t, recorded, "changed")
	write(t, filepath.Join(root, "testdata", "new.txtar"), "new")
	if err := before.Restore(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(recorded)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(archive, string(got)); diff != "" {
		t.Error(diff)
	}
	files, err := golden.Files(root)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"render/testdata/case.txtar"}, files); diff != "" {
		t.Errorf("what was recorded since is still there:\n%s", diff)
	}
}
