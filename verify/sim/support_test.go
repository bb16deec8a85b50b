package sim

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rehome-dev/rehome/manifest"
)

// objects reads manifests, each text as a file of its own.
func objects(t testing.TB, texts ...string) []*manifest.Object {
	t.Helper()
	var out []*manifest.Object
	for _, text := range texts {
		fsys := fstest.MapFS{"m.yaml": {Data: []byte(text)}}
		inv, diags := manifest.Read(fsys, []*manifest.Root{{Path: "m.yaml", Namespace: "web"}}, manifest.ReadOptions{})
		if err := diags.Err(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		out = append(out, inv.Objects...)
	}
	return out
}

// worldOf returns a world of one cluster, named c.
func worldOf(t testing.TB, texts ...string) *World {
	t.Helper()
	w := New(Cluster{Name: "c"})
	for _, o := range objects(t, texts...) {
		w.Put("c", o)
	}
	return w
}

// deployment writes a Deployment whose pods are labelled app=name. A port is
// written name=number/protocol, where name and protocol may be left out; other
// words are lines of the pod spec.
func deployment(namespace, name string, extra ...string) string {
	var ports, spec strings.Builder
	for _, e := range extra {
		if strings.Contains(e, ":") {
			fmt.Fprintf(&spec, "      %s\n", e)
			continue
		}
		portName, rest, named := strings.Cut(e, "=")
		if !named {
			portName, rest = "", e
		}
		number, protocol, _ := strings.Cut(rest, "/")
		fmt.Fprintf(&ports, "        - {containerPort: %s, name: %q, protocol: %q}\n", number, portName, orDefault(protocol, tcp))
	}
	list := "[]"
	if ports.Len() > 0 {
		list = "\n" + strings.TrimRight(ports.String(), "\n")
	}
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata: {name: %[2]s, namespace: %[1]s}
spec:
  replicas: 2
  selector: {matchLabels: {app: %[2]s}}
  template:
    metadata: {labels: {app: %[2]s}}
    spec:
%[4]s      containers:
      - name: main
        image: x
        ports: %[3]s
`, namespace, name, list, spec.String())
}

// serviceText writes a Service that selects app=name, with spec fields in flow form.
func serviceText(namespace, name, spec string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Service
metadata: {name: %[2]s, namespace: %[1]s}
spec: {selector: {app: %[2]s}, %[3]s}
`, namespace, name, spec)
}

func alias(namespace, name, target string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Service
metadata: {name: %[2]s, namespace: %[1]s}
spec: {type: ExternalName, externalName: %[3]s, selector: {app: %[2]s}, ports: [{port: 80, targetPort: 80}]}
`, namespace, name, target)
}

func namespaceText(name, labels string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {%s}}\n", name, labels)
}

func policyText(namespace, name, spec string) string {
	return fmt.Sprintf("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: %s, namespace: %s}\nspec: {%s}\n", name, namespace, spec)
}

// deploymentID names a Deployment by namespace/name.
func deploymentID(name string) manifest.ID {
	ns, n, _ := strings.Cut(name, "/")
	return manifest.ID{Group: "apps", Kind: "Deployment", Namespace: ns, Name: n}
}

// from returns the first pods of a Deployment of cluster c.
func from(t testing.TB, w *World, name string) PodGroup {
	t.Helper()
	groups := w.PodsOf("c", deploymentID(name))
	if len(groups) == 0 {
		t.Fatalf("%s has no pods", name)
	}
	return groups[0]
}

// to returns a call of a Deployment's pods to host:port, with an optional
// /PROTOCOL behind it.
func to(t testing.TB, w *World, caller, address string) Call {
	t.Helper()
	address, protocol, _ := strings.Cut(address, "/")
	c := Call{Cluster: "c", From: from(t, w, caller), Host: address, Protocol: protocol}
	if host, port, err := net.SplitHostPort(address); err == nil {
		n, err := strconv.ParseInt(port, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		c.Host, c.Port = host, int32(n)
	}
	return c
}

// check makes a call with and without a trace, compares the outcome, and the
// workloads that answer, written "namespace/name:port" with spaces between.
func check(t testing.TB, w *World, c Call, outcome Outcome, backends string) Result {
	t.Helper()
	r, quick := w.Explain(c), w.Call(c)
	if quick.Trace != nil || quick.Outcome != r.Outcome || quick.Assumed != r.Assumed || len(quick.Backends) != len(r.Backends) {
		t.Errorf("without trace: %v, with: %v", quick, r)
	}
	if r.Outcome != outcome {
		t.Errorf("%s: outcome %q, want %q\n%s", c.Host, r.Outcome, outcome, r)
	}
	if outcome != OK {
		return r
	}
	var got []string
	for _, b := range r.Backends {
		if b.Group == nil {
			got = append(got, netipPort(b.Address.String(), b.Port))
			continue
		}
		got = append(got, fmt.Sprintf("%s/%s:%d", b.Workload.Namespace, b.Workload.Name, b.Port))
	}
	if s := strings.Join(got, " "); s != backends {
		t.Errorf("%s: reached %q, want %q\n%s", c.Host, s, backends, r)
	}
	return r
}
