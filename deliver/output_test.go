package deliver_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/internal/kustbuild"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// find returns a file of an output.
func find(t *testing.T, files []deliver.File, path string) string {
	t.Helper()
	i := slices.IndexFunc(files, func(f deliver.File) bool { return f.Path == path })
	if i < 0 {
		t.Fatalf("there is no %s", path)
	}
	return string(files[i].Data)
}

// dirs returns the directories of the variants.
func dirs(files []deliver.File) []string {
	var out []string
	for _, f := range files {
		if dir, ok := strings.CutSuffix(f.Path, "/kustomization.yaml"); ok && strings.HasPrefix(dir, "apps/") {
			out = append(out, dir)
		}
	}
	slices.Sort(out)
	return out
}

func TestVariantsAreNamedAfterTheirSteps(t *testing.T) {
	tests := []struct {
		source string
		opts   deliver.Options
		want   []string
	}{
		{"generators", deliver.Options{}, []string{
			"apps/k8s/finished-1", "apps/k8s/finished-_cluster-1", "apps/k8s/flipped", "apps/k8s/prepared-_cluster",
			"apps/k8s/repointed-1", "apps/k8s/retired", "apps/k8s/source", "apps/k8s/source-_cluster", "apps/k8s/target",
			"apps/k8s/unflipped", "apps/rehome/prepared-_cluster",
		}},
		{"directory", deliver.Options{}, []string{
			"apps/appa/alias", "apps/appa/finished-_cluster-1", "apps/appa/prepared-_cluster", "apps/appa/source",
			"apps/appa/source-_cluster", "apps/appa/source-_cluster-until-prepared", "apps/appa/source-until-flipped",
			"apps/appa/target", "apps/appb/repointed-1", "apps/appb/source", "apps/appb/source-until-repointed",
			"apps/rehome/prepared-_cluster",
		}},
	}
	for _, test := range tests {
		source := sources[test.source]
		got := dirs(begin(t, source.archive, source.root).everything(source.service).output(test.opts))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s:\n%s", test.source, diff)
		}
	}
}

func TestContentThatComesBackIsNotWrittenAgain(t *testing.T) {
	s := begin(t, apps, "k8s")
	service := s.service("appa")
	flip := &plan.Flip{App: s.appa, Service: service, Cutover: plan.CutoverExternalName, At: s.appa.From}
	s.phase(flip, plan.Gate{}, func() { s.put(service.With(manifest.P("spec", "type"), manifest.Str("ExternalName"))) })
	s.phase(&plan.Finish{}, plan.Gate{}, func() {
		s.put(service.With(manifest.P("spec", "type"), manifest.Str("ExternalName")).Without(manifest.P("spec", "type")))
	})
	files := s.output(deliver.Options{})
	want := []string{"apps/appa/alias", "apps/appa/source", "apps/appa/source-2", "apps/appa/source-_cluster", "apps/appb/source"}
	if diff := cmp.Diff(want, dirs(files)); diff != "" {
		t.Error(diff)
	}
	if got := find(t, files, "states/02-finish/default/foobar/kustomization.yaml"); !strings.Contains(got, "/apps/appa/source\n") || !strings.Contains(got, "/apps/appa/source-2\n") {
		t.Errorf("the last state is not the source again:\n%s", got)
	}
	kustbuild.CheckBuild(t, s.files, "out", files, s.states)
}

func TestPatchFailsWhenTheBaseHasShifted(t *testing.T) {
	source := sources["kustomization"]
	s := begin(t, source.archive, source.root).everything(source.service)
	files := s.output(deliver.Options{})
	disk := filesys.MakeFsInMemory()
	for name, f := range s.files {
		shifted := strings.ReplaceAll(string(f.Data), "http://appa:80/x", "http://elsewhere:80/x")
		if err := disk.WriteFile("/"+name, []byte(shifted)); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		if err := disk.WriteFile("/out/"+f.Path, f.Data); err != nil {
			t.Fatal(err)
		}
	}
	_, err := kustbuild.Build(disk, "/out/states/02-deploy-appa/default/foo")
	if err == nil || !strings.Contains(err.Error(), "/spec/template/spec/containers/0/env/0/value") {
		t.Errorf("the build has to fail at the value that changed, not with %v", err)
	}
	if _, err := kustbuild.Build(disk, "/out/states/00-today/default/foobar"); err != nil {
		t.Errorf("today's state has to follow the base: %v", err)
	}
}

func TestSecretValuesStayInManifests(t *testing.T) {
	for name, source := range sources {
		s := begin(t, source.archive, source.root).everything(source.service)
		secret := s.objects("foo", "appa")
		i := slices.IndexFunc(secret, func(o *manifest.Object) bool { return o.ID.Kind == "Secret" })
		s.phase(&plan.Repoint{App: s.appa, At: s.appa.To}, plan.Gate{}, func() {
			s.put(secret[i].With(manifest.P("stringData", "token"), manifest.Str("n3w")))
		})
		files := s.output(deliver.Options{})
		files = append(files, deliver.File{Path: "summary", Data: deliver.Summary(s.schedule, s.states)})
		for _, f := range files {
			manifests := strings.HasSuffix(f.Path, "manifests.yaml") || strings.Contains(f.Path, "/apply/") || strings.Contains(f.Path, "/secret-")
			if text := string(f.Data); !manifests && (strings.Contains(text, "s3cret") || strings.Contains(text, "n3w")) {
				t.Errorf("%s: %s holds a value of a Secret:\n%s", name, f.Path, f.Data)
			}
			if strings.Contains(f.Path, "/secret-") && strings.Contains(string(f.Data), "op: test") {
				t.Errorf("%s: %s tests a value of a Secret", name, f.Path)
			}
		}
	}
}

func TestCredentialsOfURLsAreMasked(t *testing.T) {
	s := begin(t, apps, "k8s")
	widget := s.objects("foobar", "appa.x")[0]
	s.phase(&plan.Repoint{App: s.appa, At: s.appa.From}, plan.Gate{}, func() {
		s.put(widget.With(manifest.P("spec", "url"), manifest.Str("http://bob:pa55@appa:80")))
	})
	got := string(deliver.Summary(s.schedule, s.states))
	if want := "spec.url: http://appa:80 -> http://bob:***@appa:80"; !strings.Contains(got, want) || strings.Contains(got, "pa55") {
		t.Errorf("no %q in\n%s", want, got)
	}
}

func TestObjectsThatPatchesCannotTellApart(t *testing.T) {
	const archive = `
-- k8s/kustomization.yaml --
resources: [all.yaml]
-- k8s/all.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: appa}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: appa, namespace: other}
`
	s := begin(t, archive, "k8s")
	files, diags := deliver.Files(s.schedule, s.states, deliver.Options{SourceRoot: "../"})
	if diags.Count(diag.Info) != 1 || !strings.Contains(diags[0].Message, "full manifests") {
		t.Errorf("it is not said that there are full manifests: %v", diags)
	}
	kustbuild.CheckBuild(t, s.files, "out", files, s.states)
}

func TestGroupsOfOneKindAreToldApart(t *testing.T) {
	const archive = `
-- k8s/kustomization.yaml --
resources: [all.yaml]
-- k8s/all.yaml --
apiVersion: v1
kind: Service
metadata: {name: appa}
spec: {ports: [{port: 80}]}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: appa}
spec: {ports: [{port: 80}]}
`
	s := begin(t, archive, "k8s")
	s.phase(&plan.Repoint{App: s.appa, At: s.appa.From}, plan.Gate{}, func() {
		s.put(s.service("appa").With(manifest.P("spec", "ports", "0", "port"), manifest.Int(81)))
	})
	kustbuild.CheckBuild(t, s.files, "out", s.output(deliver.Options{}), s.states)
}

func TestClusters(t *testing.T) {
	root := &manifest.Root{Path: "k8s.yaml", Namespace: "foobar", Cluster: "old"}
	sources := fstest.MapFS{"k8s.yaml": {Data: []byte("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: appa}\n")}}
	inventory, diags := manifest.Read(sources, []*manifest.Root{root}, manifest.ReadOptions{})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	o := inventory.Objects[0]
	app := &plan.App{Name: "appa", From: plan.Place{Cluster: "old", Namespace: "foobar"}, To: plan.Place{Cluster: "new", Namespace: "foobar"}, Objects: inventory.Objects}
	unit := &plan.Unit{Name: "k8s", Root: root}
	step := &plan.Deploy{App: app, Objects: app.Objects}
	gate := plan.Gate{Rollouts: []plan.WorkloadAt{{Kind: "Deployment", Name: "appa", Place: app.To}}}
	phase := &plan.Phase{Number: 1, Name: "deploy-appa", Kind: plan.DeployKind, Steps: []plan.Step{step}, Gate: gate}
	schedule := &plan.Schedule{Graph: &plan.Graph{Apps: []*plan.App{app}, Units: []*plan.Unit{unit}}, Phases: []*plan.Phase{phase}}
	states := []*render.State{
		{Changes: []render.Change{{Key: render.Key{Cluster: "old", ID: o.ID}, After: o, Owner: unit}}},
		{Index: 1, Phase: phase, Changes: []render.Change{{Key: render.Key{Cluster: "new", ID: o.ID}, After: o.In("foobar"), Owner: unit, Step: step}}},
	}
	files, diags := deliver.Files(schedule, states, deliver.Options{SourceRoot: "../"})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	kustbuild.CheckBuild(t, sources, "out", files, states)
	if diff := cmp.Diff([]string{"apps/appa/source", "apps/appa/target"}, dirs(files)); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{
		"kubectl --context new -n foobar apply -f phases/01-deploy-appa/new/apply/foobar.yaml\n",
		"kubectl --context new -n foobar rollout status deployment/appa --timeout=10m\n",
		"kubectl --context new -n foobar delete --ignore-not-found --cascade=foreground -f phases/01-deploy-appa/new/rollback/delete/foobar.yaml\n",
	} {
		if !strings.Contains(find(t, files, "README.md"), want) {
			t.Errorf("the runbook does not say %s", want)
		}
	}
}

func TestGateFile(t *testing.T) {
	s := begin(t, apps, "k8s").everything("appa")
	want := `apiVersion: rehome.dev/v1alpha1
kind: Gate
metadata:
  name: 03-flip-appa
spec:
  phase: 3
  cluster: default
  wait:
    seconds: 90
    why: cached addresses expire
  commands:
  - 'sleep 90 # cached addresses expire'
`
	if diff := cmp.Diff(want, find(t, s.output(deliver.Options{}), "phases/03-flip-appa/default/gate.yaml")); diff != "" {
		t.Error(diff)
	}
}

func TestWayBackPutsBackAndWaits(t *testing.T) {
	s := begin(t, apps, "k8s").everything("appa")
	runbook := find(t, s.output(deliver.Options{}), "README.md")
	_, retire, _ := strings.Cut(runbook, "## Phase 4: ")
	_, back, _ := strings.Cut(retire, "### The way back\n")
	want := "\n```sh\nkubectl -n foobar apply -k phases/04-retire-appa/default/rollback/apply/foobar\n" +
		"kubectl -n foobar rollout status deployment/appa --timeout=10m\n```\n"
	if !strings.HasPrefix(back, want) {
		t.Errorf("the way back is %.300s", back)
	}
}

func TestLock(t *testing.T) {
	s := begin(t, apps, "k8s")
	s.phase(&plan.Finish{}, plan.Gate{}, func() {})
	got := find(t, s.output(deliver.Options{Flat: true, Version: "v1.2.3", Inputs: []deliver.Input{{"plan.yaml", "22"}, {"k8s/all.yaml", "11"}}}), "rehome.lock.yaml")
	want := `apiVersion: rehome.dev/v1alpha1
kind: Lock
metadata:
  name: foobar-to-teams
version: v1.2.3
mode: flat
inputs:
- path: k8s/all.yaml
  sha256: "11"
- path: plan.yaml
  sha256: "22"
phases:
- number: 1
  name: finish
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNoStatesIsAnError(t *testing.T) {
	if _, diags := deliver.Files(&plan.Schedule{Graph: &plan.Graph{}}, nil, deliver.Options{}); !diags.HasErrors() {
		t.Error("no error")
	}
}
