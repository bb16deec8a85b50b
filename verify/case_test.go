package verify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify"
)

// compile compiles an archive that holds plan.yaml and its sources.
func compile(t *testing.T, archive string) (*rehome.Result, diag.List) {
	t.Helper()
	files := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return rehome.Compile(files, "plan.yaml", rehome.Options{Workers: 1})
}

// found returns the diagnostics of a code.
func found(diags diag.List, code diag.Code) diag.List {
	var out diag.List
	for _, d := range diags {
		if d.Code == code {
			out = append(out, d)
		}
	}
	return out
}

// prove proves states that a test has changed.
func prove(t *testing.T, r *rehome.Result, states []*render.State) diag.List {
	t.Helper()
	_, diags := verify.Prove(r.Schedule, states, refs.Options{})
	return diags
}

// edited returns states in which one object is different in every state that
// changes it, from the phase of a name on.
func edited(states []*render.State, phase string, id string, edit func(*manifest.Object) *manifest.Object) []*render.State {
	out := slices.Clone(states)
	from, before := false, (*manifest.Object)(nil)
	for i, s := range states {
		from = from || s.Phase != nil && s.Phase.Name == phase
		if !from {
			continue
		}
		c := *s
		c.Changes = slices.Clone(s.Changes)
		for j := range c.Changes {
			change := &c.Changes[j]
			if change.Key.ID.String() != id {
				continue
			}
			if before != nil {
				change.Before = before
			}
			if change.After != nil {
				change.After = edit(change.After)
			}
			before = change.After
		}
		c.Changes = slices.DeleteFunc(c.Changes, func(c render.Change) bool { return c.Before == nil && c.After == nil })
		out[i] = &c
	}
	return out
}

// app returns the manifests of an app: a Service and a Deployment, to the pod
// template of which more may be added.
func app(name string, pod ...string) string {
	return serviceOf(name, "ports: [{name: http, port: 80, targetPort: 8080}]") + deploymentOf(name, pod...)
}

func serviceOf(name string, spec ...string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Service
metadata: {name: %[1]s}
spec:
  selector: {app: %[1]s}
  %[2]s
---
`, name, strings.Join(spec, "\n  "))
}

func deploymentOf(name string, pod ...string) string {
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s, labels: {app: %[1]s}}
spec:
  replicas: 2
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata: {labels: {app: %[1]s}}
    spec:
      terminationGracePeriodSeconds: 90
      %[2]s
      containers:
        - name: main
          image: ghcr.io/acme/%[1]s:1
          lifecycle: {preStop: {sleep: {seconds: 5}}}
          ports: [{name: http, containerPort: 8080}]
---
`, name, strings.Join(pod, "\n      "))
}

// calling returns a Deployment that calls a host.
func calling(name, host string, pod ...string) string {
	text := deploymentOf(name, pod...)
	return strings.Replace(text, "          ports: [{name: http, containerPort: 8080}]\n",
		"          env: [{name: BACKEND_URL, value: \""+host+"\"}]\n", 1)
}

// plan returns an archive of a plan, with spec lines that are added, and its
// manifests.
func archive(spec string, manifests ...string) string {
	return fmt.Sprintf(`-- plan.yaml --
apiVersion: rehome.dev/v1alpha1
kind: MigrationPlan
metadata: {name: test}
spec:
  sources: [{path: k8s, namespace: old}]
%s
-- k8s/all.yaml --
%s`, spec, strings.Join(manifests, ""))
}

// TestRepairedTwins runs each hazard's case and its repaired twin: the first
// has the diagnostic, the second has not.
func TestRepairedTwins(t *testing.T) {
	for _, tt := range twins() {
		t.Run(string(tt.code)+" "+tt.name, func(t *testing.T) {
			t.Parallel()
			_, diags := compile(t, tt.bad)
			hits := found(diags, tt.code)
			if len(hits) == 0 {
				t.Errorf("the case has no %s, but %v", tt.code, summary(diags))
			}
			for _, d := range hits {
				if d.Severity != tt.severity {
					t.Errorf("%s is of severity %s, want %s", d.Message, d.Severity, tt.severity)
				}
				if !strings.Contains(d.Message, tt.says) {
					t.Errorf("%q does not say %q", d.Message, tt.says)
				}
			}
			_, diags = compile(t, tt.good)
			if hits := found(diags, tt.code); len(hits) > 0 {
				t.Errorf("the repaired twin has %v", summary(hits))
			}
			if diags.HasErrors() {
				t.Errorf("the repaired twin has errors: %v", summary(diags))
			}
		})
	}
}

func summary(diags diag.List) []string {
	var out []string
	for _, d := range diags {
		out = append(out, fmt.Sprintf("%s %s[%s]: %s", d.Pos, d.Severity, d.Code, d.Message))
	}
	return out
}

// twin is a case of a hazard, and the same case repaired.
type twin struct {
	code      diag.Code
	severity  diag.Severity
	name      string
	says      string
	bad, good string
}
