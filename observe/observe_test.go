package observe

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

func object(t *testing.T, text string) *manifest.Object {
	t.Helper()
	tree, diags := manifest.ParseTree("a.yaml", []byte(text))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return manifest.New(tree.Root)
}

func dump(t *testing.T, cluster, text string) *Dump {
	t.Helper()
	d, diags := Read(cluster, "dump.yaml", []byte(text))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return d
}

func TestDifferences(t *testing.T) {
	const head = "apiVersion: v1\nkind: X\nmetadata: {name: a, namespace: ns}\n"
	for name, test := range map[string]struct{ want, holds, paths string }{
		"the same":              {head + "spec: {a: 1}", head + "spec: {a: 1}", ""},
		"defaults":              {head + "spec: {a: 1}", head + "spec: {a: 1, b: 2}\nstatus: {c: 3}", ""},
		"a value":               {head + "spec: {a: 1}", head + "spec: {a: 2}", "spec.a"},
		"a field that is gone":  {head + "spec: {a: {b: 1}}", head + "spec: {}", "spec.a"},
		"nothing is empty":      {head + "spec: {a: {}, b: [], c: null, d: ''}", head + "spec: {}", ""},
		"quantities":            {head + "spec: {cpu: 1000m, memory: 1Gi}", head + "spec: {cpu: 1, memory: 1048576Ki}", ""},
		"another quantity":      {head + "spec: {cpu: 1000m}", head + "spec: {cpu: 2}", "spec.cpu"},
		"numbers as texts":      {head + "spec: {port: '80'}", head + "spec: {port: 80}", ""},
		"an item more":          {head + "spec: {a: [1]}", head + "spec: {a: [1, 2]}", "spec.a"},
		"an item that differs":  {head + "spec: {a: [{b: 1}, {b: 2}]}", head + "spec: {a: [{b: 1}, {b: 3}]}", "spec.a[1].b"},
		"what the server sets":  {head + "spec: {}", strings.Replace(head, "ns}", "ns, uid: x, resourceVersion: '7'}", 1), ""},
		"another version":       {strings.Replace(head, "v1", "g/v1", 1) + "spec: {a: 1}", strings.Replace(head, "v1", "g/v2", 1) + "spec: {b: 1}", ""},
		"a secret's text":       {"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {k: secret}", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: c2VjcmV0}", ""},
		"another secret's text": {"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {k: other}", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: c2VjcmV0}", "stringData.k"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range differences(object(t, test.want), object(t, test.holds).Root()) {
				got = append(got, p.String())
			}
			if diff := cmp.Diff(test.paths, strings.Join(got, " ")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// service returns a Service whose spec says which version of it this is.
func service(t *testing.T, name, version string) *manifest.Object {
	return object(t, "apiVersion: v1\nkind: Service\nmetadata: {name: "+name+", namespace: ns}\nspec: {externalName: "+version+"}")
}

// story is three phases: a changes, b is made, a goes.
func story(t *testing.T) []*render.State {
	t.Helper()
	change := func(before, after *manifest.Object) []render.Change {
		o := after
		if o == nil {
			o = before
		}
		return []render.Change{{Key: render.Key{Cluster: plan.DefaultCluster, ID: o.ID}, Before: before, After: after}}
	}
	one, two, b := service(t, "a", "one"), service(t, "a", "two"), service(t, "b", "one")
	return []*render.State{
		{Changes: append(change(nil, one), change(nil, service(t, "stays", "x"))...)},
		{Index: 1, Phase: &plan.Phase{Number: 1}, Changes: change(one, two)},
		{Index: 2, Phase: &plan.Phase{Number: 2}, Changes: change(nil, b)},
		{Index: 3, Phase: &plan.Phase{Number: 3}, Changes: change(two, nil)},
	}
}

func TestLocate(t *testing.T) {
	const one, two = "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: ns}, spec: {externalName: one}}", "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: ns}, spec: {externalName: two}}"
	b := strings.NewReplacer("name: a", "name: b").Replace(one)
	for name, test := range map[string]struct {
		items []string
		phase int
		want  string // differences
		next  string // in effect of the next phase, and not
	}{
		"today":                 {[]string{one}, 0, "", "0 1"},
		"after the first":       {[]string{two}, 1, "", "0 1"},
		"after the second":      {[]string{two, b}, 2, "", "0 1"},
		"at the end":            {[]string{b}, 3, "", "0 0"},
		"nothing is there":      {[]string{strings.NewReplacer("name: a", "name: stays").Replace(one)}, 3, "Service ns/b missing", "0 0"},
		"the second before one": {[]string{one, b}, 3, "Service ns/a left over", "0 0"},
		"an edit by hand":       {[]string{strings.Replace(two, "two", "hand", 1), b}, 3, "Service ns/a left over", "0 0"},
	} {
		t.Run(name, func(t *testing.T) {
			d := dump(t, plan.DefaultCluster, "kind: List\napiVersion: v1\nitems:\n- "+strings.Join(test.items, "\n- "))
			p := Locate(story(t), []*Dump{d})
			var got []string
			for _, d := range p.Differences {
				got = append(got, d.Key.String()+" "+string(d.How))
			}
			if p.Phase != test.phase || strings.Join(got, ", ") != test.want || p.Reached() != (test.want == "") {
				t.Errorf("phase %d, differences %q", p.Phase, got)
			}
			if next := fmt.Sprintf("%d %d", len(p.InEffect), len(p.Pending)); next != test.next {
				t.Errorf("of the next phase in effect and not: %s", next)
			}
		})
	}
}

func TestLocateSaysWhatItCannotKnow(t *testing.T) {
	d := dump(t, plan.DefaultCluster, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n")
	p := Locate(story(t), []*Dump{d, dump(t, "other", "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: ns}\n")})
	if len(p.Unknown) != 2 || len(p.Differences) != 0 {
		t.Errorf("unknown %v, differences %v", p.Unknown, p.Differences)
	}
}

func TestWaiting(t *testing.T) {
	at := plan.Place{Cluster: plan.DefaultCluster, Namespace: "ns"}
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, namespace: ns, generation: 3}\nspec: {replicas: 2}\n"
	for name, test := range map[string]struct {
		kind, dump, want string
		gone             bool
	}{
		"available":      {kind: "Deployment", dump: deployment + "status: {observedGeneration: 3, updatedReplicas: 2, availableReplicas: 2}"},
		"not seen yet":   {kind: "Deployment", dump: deployment + "status: {observedGeneration: 2, updatedReplicas: 2, availableReplicas: 2}", want: "Deployment a in ns: its controller has not seen the latest change"},
		"old pods":       {kind: "Deployment", dump: deployment + "status: {observedGeneration: 3, updatedReplicas: 1, availableReplicas: 2}", want: "Deployment a in ns: 1 of 2 pods are updated"},
		"pods not ready": {kind: "Deployment", dump: deployment + "status: {observedGeneration: 3, updatedReplicas: 2, availableReplicas: 1}", want: "Deployment a in ns: 1 of 2 pods are available"},
		"not there":      {kind: "Deployment", dump: strings.Replace(deployment, "name: a", "name: b", 1), want: "Deployment a in ns: does not exist"},
		"not asked for":  {kind: "Deployment", dump: "apiVersion: v1\nkind: Pod\nmetadata: {name: a}", want: "Deployment a in ns: not in the dump"},
		"a node's pods":  {kind: "DaemonSet", dump: "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a, namespace: ns}\nstatus: {desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2}", want: "DaemonSet a in ns: 2 of 3 pods are available"},
		"a job":          {kind: "Job", dump: "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, namespace: ns}\nstatus: {conditions: [{type: Complete, status: 'False'}]}", want: "Job a in ns: is not complete"},
		"a job's end":    {kind: "Job", dump: "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, namespace: ns}\nstatus: {conditions: [{type: Complete, status: 'True'}]}"},
		"a cron job":     {kind: "CronJob", dump: "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a, namespace: ns}"},
		"still there":    {kind: "Deployment", dump: deployment, gone: true, want: "Deployment a in ns: is still there"},
		"gone":           {kind: "Deployment", dump: strings.Replace(deployment, "name: a", "name: b", 1), gone: true},
		"gone, unseen":   {kind: "Deployment", dump: "apiVersion: v1\nkind: Pod\nmetadata: {name: a}", gone: true, want: "Deployment a in ns: not in the dump, must be gone"},
	} {
		t.Run(name, func(t *testing.T) {
			workloads := []plan.WorkloadAt{{Kind: test.kind, Name: "a", Place: at}}
			gate := plan.Gate{Rollouts: workloads}
			if test.gone {
				gate = plan.Gate{Gone: workloads}
			}
			got := strings.Join(Waiting(gate, []*Dump{dump(t, plan.DefaultCluster, test.dump)}), ", ")
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestUnseen(t *testing.T) {
	gate := plan.Gate{Wait: plan.Duration(time.Minute), WaitWhy: "caches expire", Approvals: []string{"nobody calls"}}
	if got := strings.Join(Unseen(gate), "; "); got != "1m pass after everything else holds: caches expire; a person confirms that nobody calls" {
		t.Error(got)
	}
}

func TestReadRefusesNothing(t *testing.T) {
	for _, text := range []string{"", "---\n", "apiVersion: v1\nkind: List\nitems: []\n", "a: [", "kind: Pod\n"} {
		if _, diags := Read("c", "dump.yaml", []byte(text)); !diags.HasErrors() {
			t.Errorf("%q was read", text)
		}
	}
}
