package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// shape is a migration of n apps in which something is shared by all of them:
// time per app has to stay what it is when n grows.
type shape struct {
	name      string
	manifests func(n int) string
}

// shapes are the ways in which one thing can depend on everything.
var shapes = []shape{
	{"policy-each", func(n int) string { return eachApp(n, plain, policy) + workload("hub", "") }},
	{"hub", func(n int) string { return eachApp(n, callsHub, policy) + workload("hub", "") }},
	{"address-book", func(n int) string { return eachApp(n, readsBook) + addressBook(n) }},
	{"one-ingress", func(n int) string { return eachApp(n, plain) + ingress(n) }},
	{"reference-chain", referenceChain},
}

// BenchmarkShapes measures the stages on each shape: go test -bench Shapes ./bench.
// Compare a stage's us/app of one size with that of the size before.
func BenchmarkShapes(b *testing.B) {
	for _, s := range shapes {
		for _, n := range []int{100, 200, 400} {
			b.Run(fmt.Sprintf("%s/n=%d", s.name, n), func(b *testing.B) { s.run(b, n) })
		}
	}
}

func (s *shape) run(b *testing.B, n int) {
	source := fstest.MapFS{
		"all.yaml":  {Data: []byte(s.manifests(n))},
		"plan.yaml": {Data: []byte(shapePlan(n))},
	}
	var order []string
	total := map[string]time.Duration{}
	for b.Loop() {
		var watch stopwatch
		if _, _, err := compute(source, "plan.yaml", &watch); err != nil {
			b.Fatal(err)
		}
		watch.begin("")
		for _, stage := range watch.stages {
			if total[stage.Name] += stage.Time; len(order) < len(watch.stages) {
				order = append(order, stage.Name)
			}
		}
	}
	for _, stage := range order {
		b.ReportMetric(float64(total[stage].Microseconds())/float64(b.N)/float64(n), stage+"-us/app")
	}
}

// shapePlan moves all apps from one namespace to another, a few at a time.
func shapePlan(n int) string {
	var b strings.Builder
	b.WriteString("apiVersion: rehome.dev/v1alpha1\nkind: MigrationPlan\nmetadata: {name: shape}\nspec:\n" +
		"  sources: [{path: all.yaml, namespace: old}]\n  schedule: {maxAppsPerWave: 25}\n  apps:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {name: a%d, to: {namespace: new}}\n", i)
	}
	b.WriteString("  - {name: hub}\n")
	return b.String()
}

// eachApp returns the manifests of n apps, each with what the parts add to it,
// and of the app that stays.
func eachApp(n int, parts ...func(name string) string) string {
	var b strings.Builder
	for i := range n {
		name := fmt.Sprintf("a%d", i)
		for _, part := range parts {
			b.WriteString(part(name))
		}
	}
	return b.String()
}

// workload returns a Deployment with its Service.
func workload(name, env string) string {
	return fmt.Sprintf(`---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: %[1]s
spec:
  replicas: 2
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata: {labels: {app: %[1]s}}
    spec:
      containers:
      - name: main
        image: example.com/%[1]s:1
        ports: [{containerPort: 8080}]
%[2]s---
apiVersion: v1
kind: Service
metadata:
  name: %[1]s
spec:
  selector: {app: %[1]s}
  ports: [{port: 8080}]
`, name, env)
}

func plain(name string) string { return workload(name, "") }

func callsHub(name string) string {
	return workload(name, "        env:\n        - {name: HUB, value: \"http://hub:8080\"}\n")
}

func readsBook(name string) string {
	return workload(name, "        envFrom:\n        - configMapRef: {name: addresses}\n")
}

func policy(name string) string {
	return fmt.Sprintf(`---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: %[1]s
spec:
  podSelector: {matchLabels: {app: %[1]s}}
  policyTypes: [Ingress]
  ingress:
  - from:
    - podSelector: {}
`, name)
}

// addressBook returns a ConfigMap with the address of every app, and the hub.
func addressBook(n int) string {
	var b strings.Builder
	b.WriteString(workload("hub", "") + "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: addresses\ndata:\n")
	for i := range n {
		fmt.Fprintf(&b, "  A%d_URL: http://a%d:8080\n", i, i)
	}
	return b.String()
}

// ingress returns an Ingress with a rule for every app, and the hub.
func ingress(n int) string {
	var b strings.Builder
	b.WriteString(workload("hub", "") + "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: all\nspec:\n  rules:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - host: a%[1]d.example.com\n    http:\n      paths:\n      - {path: /, pathType: Prefix, backend: {service: {name: a%[1]d, port: {number: 8080}}}}\n", i)
	}
	return b.String()
}

// referenceChain returns n apps of which the first mounts a claim that is a copy
// of another, and so on: the last of the chain comes first in the file.
func referenceChain(n int) string {
	var b strings.Builder
	for i := n; i >= 0; i-- {
		fmt.Fprintf(&b, "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: c%d\nspec:\n  dataSource: {kind: PersistentVolumeClaim, name: c%d}\n", i, i+1)
	}
	return b.String() + eachApp(n, plain) + workload("hub", "      volumes:\n      - name: data\n        persistentVolumeClaim: {claimName: c0}\n")
}
