package refs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

func describe(found []*refs.Reference, diags diag.List) string {
	var b strings.Builder
	for _, r := range found {
		fmt.Fprintln(&b, line(r))
	}
	for _, d := range diags {
		fmt.Fprintln(&b, d.Pos, d.Severity, d.Message)
	}
	return b.String()
}

func TestSelectors(t *testing.T) {
	inv := read(t, map[string]string{
		"m/s.yaml": services,
		"m/x.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm, namespace: shop}\ndata: {BACKEND: redis, PEER: api, API_HOST: api}\n",
	})
	at := diag.Pos{File: "plan.yaml", Line: 9, Column: 5}
	for _, c := range []struct {
		name string
		opts refs.Options
		want string
	}{
		{"none", refs.Options{}, "4:17 \"redis\" short Service shop/redis possible\n4:30 \"api\" short Service shop/api possible\n4:45 \"api\" short Service shop/api\n"},
		{
			"ignored and confirmed",
			refs.Options{
				Ignore:  []refs.Selector{{Pos: at, Kind: "ConfigMap", Path: "data.PEER"}},
				Confirm: []refs.Selector{{Pos: at, Name: "cm", Text: "redis"}},
			},
			"4:17 \"redis\" short Service shop/redis\n4:45 \"api\" short Service shop/api\n",
		},
		{
			"in vain",
			refs.Options{
				Ignore:  []refs.Selector{{Pos: at, Text: "gone"}, {Pos: at, Path: "data.BACKEND"}},
				Confirm: []refs.Selector{{Pos: at, Kind: "Secret"}},
			},
			"4:30 \"api\" short Service shop/api possible\n4:45 \"api\" short Service shop/api\n" +
				"plan.yaml:9:5 error references.ignore matches no reference\nplan.yaml:9:5 error references.confirm matches no reference\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, describe(refs.Scan(inv, c.opts))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFields(t *testing.T) {
	inv := read(t, map[string]string{
		"m/s.yaml": services,
		"m/x.yaml": `apiVersion: example.com/v1
kind: Widget
metadata: {name: w, namespace: shop}
spec: {targets: [{to: api, in: elsewhere}, {to: gone}], call: "gone:80"}
`,
	})
	at := diag.Pos{File: "plan.yaml", Line: 3, Column: 7}
	row := func(path string, refers refs.FieldRefers) refs.FieldRow {
		return refs.FieldRow{Pos: at, Group: "example.com", Kind: "Widget", Path: path, Refers: refers}
	}
	opts := refs.Options{Fields: []refs.FieldRow{
		row("spec.targets[*].to", refs.RefersService),
		row("spec.targets[*].in", refs.RefersNamespace),
		row("spec.call", refs.RefersURL),
		row("spec.none", refs.RefersURL),
		row("spec.targets[0].to", refs.RefersURL),
		row("spec.call", "urls"),
	}}
	want := `4:23 "api" field Service shop/api
4:32 "elsewhere" field Namespace elsewhere
4:49 "gone" field Service shop/gone nowhere
4:63 "gone" short Service shop/gone port=80 nowhere
plan.yaml:3:7 error references.fields: no object of kind Widget has a value at spec.none
plan.yaml:3:7 error references.fields: path "spec.targets[0].to": [0].to: write [*] for the items of a list and ["key"] for a key with dots
plan.yaml:3:7 error references.fields: refers to "urls": must be service, namespace or url
`
	if diff := cmp.Diff(want, describe(refs.Scan(inv, opts))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWorkers holds that the result is the same for any number of workers.
func TestWorkers(t *testing.T) {
	inv := read(t, map[string]string{"m/s.yaml": services})
	for i := range 500 {
		inv.Objects = append(inv.Objects, configMap(fmt.Sprintf("api:80,redis:6379,gone%d:80", i)))
	}
	want := describe(refs.Scan(inv, refs.Options{}))
	if n := strings.Count(want, "\n"); n != 1500 {
		t.Fatalf("%d references, want 1500", n)
	}
	for _, workers := range []int{2, 3, 16} {
		if got := describe(refs.Scan(inv, refs.Options{Workers: workers})); got != want {
			t.Errorf("%d workers: another result", workers)
		}
	}
}

func TestNoObjects(t *testing.T) {
	found, diags := refs.Scan(&manifest.Inventory{}, refs.Options{Workers: 4})
	if len(found) != 0 || len(diags) != 0 {
		t.Errorf("got %v, %v", found, diags)
	}
}

// TestObjectEqualsScan holds that a rendered object is read as the inventory is.
func TestObjectEqualsScan(t *testing.T) {
	inv := read(t, map[string]string{"m/s.yaml": services})
	inv.Objects = append(inv.Objects, configMap("api:80,redis:6379"))
	want, _ := refs.Scan(inv, refs.Options{})
	scanner := refs.NewScanner(refs.ServicesOf(inv.Objects), refs.Options{})
	got := scanner.Object(inv.Objects[len(inv.Objects)-1])
	if len(got) != len(want) {
		t.Fatalf("%d references, want %d", len(got), len(want))
	}
	for i := range got {
		if line(&got[i]) != line(want[i]) {
			t.Errorf("got %s, want %s", line(&got[i]), line(want[i]))
		}
	}
}

// BenchmarkScan reads the objects of one app as the benchmark of the pipeline
// generates them.
func BenchmarkScan(b *testing.B) {
	inv := read(b, map[string]string{"m/s.yaml": services, "m/x.yaml": benchObjects})
	scanner := refs.NewScanner(refs.ServicesOf(inv.Objects), refs.Options{})
	b.ReportAllocs()
	for b.Loop() {
		for _, o := range inv.Objects {
			scanner.Object(o)
		}
	}
}

const benchObjects = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop, labels: {app: api}}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      serviceAccountName: api
      containers:
      - name: c
        image: example.com/api:1.2.3
        args: [--listen=:8080, "--cache=redis:6379"]
        env:
        - {name: API_URL, value: "http://api:80/path"}
        - {name: LEVEL, value: info}
        - {name: TIMEOUT, value: 30s}
        envFrom: [{configMapRef: {name: cm}}]
        resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}
        readinessProbe: {httpGet: {path: /ready, port: 8080}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm, namespace: shop}
data:
  app.properties: |
    # settings
    server.port=8080
    redis.host=redis
    upstream.url=http://api.shop.svc.cluster.local:80/v1
    some.long.text=the quick brown fox jumps over the lazy dog
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: shop}
spec: {rules: [{host: api.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}]}}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: api, namespace: shop}
spec: {minReplicas: 1, maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}}
`

// TestLinear holds that the time for a text grows with its length alone: lists
// and lines without end are read once.
func TestLinear(t *testing.T) {
	inv := read(t, map[string]string{"m/s.yaml": services})
	scanner := refs.NewScanner(refs.ServicesOf(inv.Objects), refs.Options{})
	for _, unit := range []string{"api:80,", "api,", "http://api@", "- api\n", "['api',", "upstream api\nhttp://api/\n", "api|", ".svc", "\\\"", "[", "a.", " api", "$(API_SERVICE_HOST)"} {
		elapsed := func(n int) time.Duration {
			o := configMap(strings.Repeat(unit, n))
			best := time.Hour
			for range 6 {
				start := time.Now()
				scanner.Object(o)
				best = min(best, time.Since(start))
			}
			return best
		}
		// Linear is 20 times as long. What other programs take of the machine is
		// not counted: one fair try is enough, which a square never gets.
		small, large := elapsed(500), time.Hour
		for try := 0; try < 50 && large > 100*small && large > 50*time.Millisecond; try++ {
			large = min(large, elapsed(10_000))
		}
		if large > 100*small && large > 50*time.Millisecond {
			t.Errorf("%q: %s for 500, %s for 10,000", unit, small, large)
		}
	}
}
