package verify

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
)

// randomWorld is today's state and a phase of random changes.
type randomWorld struct {
	random *rand.Rand
	graph  *plan.Graph
	states []*render.State
}

// names of namespaces, and of apps in both of them.
var (
	someNamespaces = [...]string{"a", "b"}
	someApps       = [...]string{"web", "api"}
)

// mostChanges is how many changes brute force can do with.
const mostChanges = 7

func newRandomWorld(t *testing.T, seed uint64) *randomWorld {
	t.Helper()
	w := &randomWorld{random: rand.New(rand.NewPCG(seed, 7))}
	var docs []string
	for _, ns := range someNamespaces {
		docs = append(docs, w.namespace(ns))
		for _, app := range someApps {
			docs = append(docs, w.workload(ns, app), w.service(ns, app))
		}
		for i := range w.random.IntN(4) {
			docs = append(docs, w.policy(ns, fmt.Sprintf("p%d", i)))
		}
	}
	fsys := fstest.MapFS{"k8s/all.yaml": &fstest.MapFile{Data: []byte(strings.Join(docs, "---\n"))}}
	inventory, diags := manifest.Read(fsys, []*manifest.Root{{Path: "k8s"}}, manifest.ReadOptions{Workers: 1})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	w.graph = &plan.Graph{Plan: &plan.Plan{}, Inventory: inventory}
	w.states = w.makeStates(t)
	return w
}

func (w *randomWorld) prover() *prover {
	p := newProver(w.graph, w.states, refs.Options{Workers: 1})
	p.load(w.states[0])
	p.learn()
	return p
}

func (w *randomWorld) pick(options ...string) string { return options[w.random.IntN(len(options))] }

func (w *randomWorld) namespace(name string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {team: %s}}\n", name, w.pick("red", "blue"))
}

// workload returns a Deployment that calls two Services.
func (w *randomWorld) workload(ns, app string) string {
	host := func() string {
		return w.pick("web", "api", "web.a", "api.a", "web.b", "api.b.svc", "web.b.svc.cluster.local", "api.a.svc.cluster.local.")
	}
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata: {namespace: %[1]s, name: %[2]s}
spec:
  selector: {matchLabels: {app: %[2]s}}
  template:
    metadata: {labels: {app: %[2]s, tier: %[3]s}}
    spec:
      containers:
        - name: main
          ports: [{name: http, containerPort: 8080}]
          env: [{name: A_URL, value: "http://%[4]s"}, {name: B_URL, value: "http://%[5]s"}]
`, ns, app, w.pick("front", "back"), host(), host())
}

func (w *randomWorld) service(ns, app string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Service\nmetadata: {namespace: %s, name: %s}\nspec:\n  selector: {app: %s}\n%s%s  ports: [{port: 80, targetPort: %s}]\n",
		ns, app, app, w.pick("", "", "  clusterIP: None\n"), w.pick("", "", "  publishNotReadyAddresses: true\n"), w.pick("8080", "http"))
}

func (w *randomWorld) policy(ns, name string) string {
	selector := func() string {
		return w.pick("{}", "{matchLabels: {app: web}}", "{matchLabels: {app: api}}", "{matchLabels: {tier: front}}", "{matchExpressions: [{key: app, operator: In, values: [web]}]}")
	}
	peer := func() string {
		return w.pick("{podSelector: "+selector()+"}", "{namespaceSelector: {}}",
			"{namespaceSelector: {matchLabels: {team: red}}, podSelector: "+selector()+"}", "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: b}}}")
	}
	rules := func(field string) string {
		return w.pick("[]", "[{}]", "[{"+field+": ["+peer()+"]}]", "[{"+field+": ["+peer()+", "+peer()+"]}]")
	}
	return fmt.Sprintf("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: %s, name: %s}\nspec:\n  podSelector: %s\n  policyTypes: %s\n  ingress: %s\n  egress: %s\n",
		ns, name, selector(), w.pick("[Ingress]", "[Egress]", "[Ingress, Egress]"), rules("from"), rules("to"))
}

// makeStates puts most of the inventory into today's state, and changes some of
// it: objects come, go, become another version or a copy elsewhere.
func (w *randomWorld) makeStates(t *testing.T) []*render.State {
	t.Helper()
	today, next := &render.State{}, &render.State{Index: 1, Phase: &plan.Phase{}}
	taken := map[render.Key]bool{}
	for _, o := range w.graph.Inventory.Objects {
		taken[render.Key{Cluster: plan.DefaultCluster, ID: o.ID}] = true
	}
	for _, o := range w.graph.Inventory.Objects {
		key := render.Key{Cluster: plan.DefaultCluster, ID: o.ID}
		there := o.ID.Kind != "NetworkPolicy" || w.random.IntN(2) == 0
		if there {
			today.Changes = append(today.Changes, render.Change{Key: key, After: o})
		}
		if len(next.Changes) >= mostChanges || w.random.IntN(3) > 0 {
			continue
		}
		c := render.Change{Key: key}
		if there {
			c.Before = o
		}
		c.After = w.version(o, there)
		if c.After == nil && !there || o.ID.Kind == "Namespace" {
			continue
		}
		if c.After != nil && c.After.ID != o.ID { // a copy under another name
			c = render.Change{Key: render.Key{Cluster: plan.DefaultCluster, ID: c.After.ID}, After: c.After}
			if taken[c.Key] {
				continue
			}
			taken[c.Key] = true
		}
		next.Changes = append(next.Changes, c)
	}
	slices.SortFunc(next.Changes, func(a, b render.Change) int { return a.Key.Compare(b.Key) })
	return []*render.State{today, next}
}

// version returns what a phase makes of an object, nil for nothing.
func (w *randomWorld) version(o *manifest.Object, there bool) *manifest.Object {
	if !there {
		return o
	}
	switch w.random.IntN(4) {
	case 0:
		return nil
	case 1:
		return o.WithName(o.ID.Name + "-2")
	}
	switch o.ID.Kind {
	case "Service":
		if w.random.IntN(2) == 0 {
			target := w.pick("web", "api") + "." + w.pick("a", "b") + ".svc.cluster.local"
			return o.With(manifest.P("spec"), manifest.Map(manifest.F("type", manifest.Str("ExternalName")), manifest.F("externalName", manifest.Str(target))))
		}
		return o.With(manifest.P("spec", "selector", "app"), manifest.Str(w.pick("web", "api")))
	case "Deployment":
		return o.With(manifest.P("spec", "template", "metadata", "labels", "tier"), manifest.Str(w.pick("front", "back", "side")))
	case "NetworkPolicy":
		return o.With(manifest.P("spec", "ingress"), manifest.Seq(manifest.Map()))
	}
	return nil
}
