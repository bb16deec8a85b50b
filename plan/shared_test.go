package plan

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// group returns the graph of a plan's apps over a manifest file of the namespace
// old, and what is reported.
func group(t *testing.T, apps, manifests string) (*Graph, string) {
	t.Helper()
	p, diags := Parse("plan.yaml", []byte("apiVersion: rehome.dev/v1alpha1\nkind: MigrationPlan\nmetadata: {name: test}\nspec:\n  sources: [{path: k8s, namespace: old}]\n  apps: ["+apps+"]\n"))
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	inv, diags := manifest.Read(fstest.MapFS{"k8s/all.yaml": {Data: []byte(manifests)}}, []*manifest.Root{{Path: "k8s", Namespace: "old"}}, manifest.ReadOptions{Workers: 1})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	references, _ := refs.Scan(inv, refs.Options{})
	g, diags := Group(p, inv, references)
	var said []string
	for _, d := range diags {
		said = append(said, string(d.Code)+" "+d.Message)
	}
	return g, strings.Join(said, "\n")
}

// TestSharedSelector holds the limits of H31: a Service in front of the pods of
// several apps is refused when one of them moves, and no other is.
func TestSharedSelector(t *testing.T) {
	const manifests = `apiVersion: v1
kind: Service
metadata: {name: all}
spec: {selector: {tier: x}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {selector: {app: api}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: api-metrics}
spec: {selector: {app: api}, ports: [{port: 9090}]}
---
apiVersion: v1
kind: Service
metadata: {name: elsewhere}
spec: {ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec: {template: {metadata: {labels: {app: api, tier: x}}, spec: {containers: [{name: main, image: x}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {metadata: {labels: {app: web, tier: x}}, spec: {containers: [{name: main, image: x}]}}}
`
	const refused = "H31 Service old/all selects pods of the apps api and web: flipping it would move all of them"
	for _, c := range []struct{ name, apps, want string }{
		{"one moves", "{name: api, to: {namespace: new}}, {name: web}", refused},
		{"both move", "{name: api, to: {namespace: new}}, {name: web, to: {namespace: new}}", refused},
		{"none moves", "{name: api}, {name: web}", ""},
		{"one app has all", "{name: all, select: {tier: x}, to: {namespace: new}}", ""},
		{"the other is in no app", "{name: api, to: {namespace: new}}", "H31 Service old/all selects pods of Deployment old/web, which belongs to no app of the plan: flipping it would take its callers away"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, said := group(t, c.apps, manifests)
			if said != c.want {
				t.Errorf("reported is %q, want %q", said, c.want)
			}
			if c.name == "one app has all" && g != nil && len(g.Apps[0].Services) != 3 {
				t.Errorf("the app has %d Services, want the 3 that select its pods", len(g.Apps[0].Services))
			}
		})
	}
}
