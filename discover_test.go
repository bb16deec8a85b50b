package rehome_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
)

// pods returns a workload whose pods have labels.
func pods(kind, name, labels string) string {
	return fmt.Sprintf("apiVersion: apps/v1\nkind: %s\nmetadata: {name: %s}\nspec: {selector: {}, template: {metadata: {labels: {%s}}, spec: {containers: [{name: main, image: x}]}}}\n---\n", kind, name, labels)
}

// behind returns a Service that selects pods by labels.
func behind(name, labels string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Service\nmetadata: {name: %s}\nspec: {selector: {%s}, ports: [{port: 80}]}\n---\n", name, labels)
}

// in puts an object into a namespace.
func in(namespace, object string) string {
	return strings.Replace(object, "metadata: {name: ", "metadata: {namespace: "+namespace+", name: ", 1)
}

// TestDiscoverFamilies holds which workloads that name the same app in their
// labels become one app of a discovered plan, and that the plan finds the same
// workloads again.
func TestDiscoverFamilies(t *testing.T) {
	const name, instance, component = "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component"
	cache := func(of string) string { return name + ": redis, " + instance + ": " + of }
	part := func(of string) string { return name + ": shop, " + component + ": " + of }
	for _, tt := range []struct {
		name, manifests string
		apps            []string // name, place and workloads
		says            string
	}{
		{
			"a worker beside a server", pods("Deployment", "web", name+": shop") + pods("Deployment", "worker", name+": shop, role: worker") + behind("web", name+": shop"),
			[]string{"shop: Deployment web, Deployment worker"},
			`Deployment web and Deployment worker are one app: they name the app "shop" in their labels, and no more than one group of them stands behind Services`,
		},
		{
			"no Service", pods("Deployment", "web", name+": shop") + pods("StatefulSet", "db", name+": shop"),
			[]string{"shop: Deployment web, StatefulSet db"},
			"no Service tells them apart",
		},
		{
			"two instances, one with a replica", pods("Deployment", "a", cache("cart")) + pods("Deployment", "b", cache("session")) + pods("Deployment", "c", cache("session")+", role: replica") +
				behind("cart", cache("cart")) + behind("session", cache("session")),
			[]string{"cart: Deployment a", "session: Deployment b, Deployment c"},
			`stand behind different Services: the plan has an app for each`,
		},
		{
			"components", pods("Deployment", "front", part("web")) + pods("Deployment", "back", part("api")) + pods("Deployment", "jobs", part("jobs")) + behind("web", part("web")) + behind("api", part("api")),
			[]string{"shop-api: Deployment back", "shop-jobs: Deployment jobs", "shop-web: Deployment front"},
			`stand behind different Services`,
		},
		{
			"by the workloads' names", pods("Deployment", "front", "app: shop, tier: web") + pods("Deployment", "back", "app: shop, tier: api") + behind("web", "tier: web") + behind("api", "tier: api"),
			[]string{"back: Deployment back", "front: Deployment front"},
			`stand behind different Services`,
		},
		{
			"one Service before both", pods("Deployment", "blue", "app: shop, colour: blue") + pods("Deployment", "green", "app: shop, colour: green") + behind("shop", "app: shop") + behind("blue", "colour: blue") + behind("green", "colour: green"),
			[]string{"shop: Deployment blue, Deployment green"},
			`no more than one group`,
		},
		{
			"two namespaces", in("one", pods("Deployment", "web", "app: web")) + in("two", pods("Deployment", "web", "app: web")),
			[]string{"web: Deployment web", "web-two: Deployment web"},
			"",
		},
		{
			"names that are no labels of DNS", pods("Deployment", "Web.Front", "app: Web_Front"),
			[]string{"web-front: Deployment Web.Front"},
			"",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{"k8s/all.yaml": {Data: []byte(strings.TrimSuffix(tt.manifests, "---\n"))}}
			data, diags := rehome.Discover(fsys, []string{"k8s"}, rehome.DiscoverOptions{Name: "test", Sources: []plan.Source{{Path: "k8s"}}})
			if err := diags.Err(); err != nil {
				t.Fatal(err)
			}
			if said := sayings(diags); !strings.Contains(said, tt.says) || tt.says == "" && said != "" {
				t.Errorf("discovering says %q, want %q", said, tt.says)
			}
			fsys["plan.yaml"] = &fstest.MapFile{Data: data}
			r, diags := rehome.Compile(fsys, "plan.yaml", rehome.Options{})
			if err := diags.Err(); err != nil {
				t.Fatalf("%v\n%s", err, data)
			}
			var got []string
			for _, a := range r.Graph.Apps {
				var names []string
				for _, w := range a.Workloads {
					names = append(names, w.ID.Kind+" "+w.ID.Name)
				}
				got = append(got, a.Name+": "+strings.Join(names, ", "))
			}
			if strings.Join(got, "\n") != strings.Join(tt.apps, "\n") {
				t.Errorf("the apps are\n%s\nwant\n%s\nplan:\n%s", strings.Join(got, "\n"), strings.Join(tt.apps, "\n"), data)
			}
		})
	}
}

// sayings joins the messages of diagnostics about grouping.
func sayings(diags diag.List) string {
	var out []string
	for _, d := range diags {
		if d.Code == diag.CodeGroup {
			out = append(out, d.Message)
		}
	}
	return strings.Join(out, "\n")
}
