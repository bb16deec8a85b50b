package render_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// stepsManifests make a migration in which every kind of step of a namespace move
// occurs: api is called by web, and has a route and rights that others gave it.
const stepsManifests = `apiVersion: v1
kind: ServiceAccount
metadata: {name: api}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {selector: {app: api}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {serviceAccountName: api, containers: [{name: main, image: x, ports: [{containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: x, env: [{name: API_URL, value: "http://api"}]}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api}
spec: {rules: [{host: api.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}]}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: vault}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: api, namespace: old}]
`

// TestSteps holds what each kind of step does to the state: the objects that it
// makes (+), changes (~) and deletes (-).
func TestSteps(t *testing.T) {
	for _, tt := range []struct {
		cutover string
		kind    plan.StepKind
		want    string
		check   func(render.Change) string // "" when it is right
	}{
		{"relay", plan.PrepareKind, "+ Namespace new, ~ RoleBinding vault/readers", func(c render.Change) string {
			return text(c, "RoleBinding", "new", "subjects", "1", "namespace")
		}},
		{"relay", plan.DeployKind, "+ Service new/api, + ServiceAccount new/api, + Deployment.apps new/api", nil},
		{"relay", plan.RelayKind, "+ ConfigMap old/api-relay, + Deployment.apps old/api-relay, + PodDisruptionBudget.policy old/api-relay", nil},
		{"relay", plan.RouteKind, "+ Ingress new/api", nil},
		{"relay", plan.UnrouteKind, "- Ingress old/api", nil},
		{"relay", plan.FlipKind, "~ Service old/api", func(c render.Change) string { return text(c, "Service", "api", "spec", "selector", plan.RelayLabel) }},
		{"externalName", plan.FlipKind, "~ Service old/api", func(c render.Change) string {
			return text(c, "Service", "api.new.svc.cluster.local", "spec", "externalName")
		}},
		{"externalName", plan.RetireKind, "- ServiceAccount old/api, - Deployment.apps old/api", nil},
		{"externalName", plan.RepointKind, "~ Deployment.apps old/web", func(c render.Change) string {
			return text(c, "Deployment", "http://api.new.svc.cluster.local", "spec", "template", "spec", "containers", "0", "env", "0", "value")
		}},
		{"externalName", plan.UnflipKind, "- Service old/api", nil},
		{"relay", plan.UnflipKind, "- ConfigMap old/api-relay, - Service old/api, - Deployment.apps old/api-relay, - PodDisruptionBudget.policy old/api-relay", nil},
		{"relay", plan.FinishKind, "~ RoleBinding vault/readers", func(c render.Change) string {
			return text(c, "RoleBinding", "new", "subjects", "0", "namespace")
		}},
	} {
		t.Run(tt.kind.String()+" "+tt.cutover, func(t *testing.T) {
			t.Parallel()
			changes := changesOf(t, tt.cutover, tt.kind)
			var got []string
			for _, c := range changes {
				got = append(got, sign(c)+" "+name(c.Key))
				if tt.check != nil {
					if wrong := tt.check(c); wrong != "" {
						t.Error(wrong)
					}
				}
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("it does %s\nwant %s", strings.Join(got, ", "), tt.want)
			}
		})
	}
}

// changesOf returns what the phase of a kind changes.
func changesOf(t *testing.T, cutover string, kind plan.StepKind) []render.Change {
	t.Helper()
	r, diags := rehome.Compile(fstest.MapFS{
		"k8s/all.yaml": {Data: []byte(stepsManifests)},
		"plan.yaml": {Data: []byte("apiVersion: rehome.dev/v1alpha1\nkind: MigrationPlan\nmetadata: {name: steps}\nspec:\n  cutover: " + cutover +
			"\n  sources: [{path: k8s, namespace: old}]\n  apps: [{name: api, to: {namespace: new}}, {name: web}]\n")},
	}, "plan.yaml", rehome.Options{Workers: 1})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	for _, s := range r.States {
		if s.Phase != nil && s.Phase.Kind == kind {
			return s.Changes
		}
	}
	t.Fatalf("no phase is a %s", kind)
	return nil
}

func sign(c render.Change) string {
	switch {
	case c.Before == nil:
		return "+"
	case c.After == nil:
		return "-"
	}
	return "~"
}

// name shows the group of a kind too.
func name(k render.Key) string {
	if k.Group == "apps" || k.Group == "policy" {
		return strings.Replace(k.ID.String(), k.Kind+" ", k.Kind+"."+k.Group+" ", 1)
	}
	return k.ID.String()
}

// text says what is wrong with a text of an object of a kind after a change.
func text(c render.Change, kind, want string, path ...string) string {
	if c.Key.Kind != kind {
		return ""
	}
	if got := c.After.Text(path...); got != want {
		return fmt.Sprintf("%s of %s is %q, want %q", strings.Join(path, "."), c.Key.ID, got, want)
	}
	return ""
}
