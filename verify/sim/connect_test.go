package sim

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/rehome-dev/rehome/manifest"
)

func TestPorts(t *testing.T) {
	w := worldOf(t,
		deployment("web", "front"),
		deployment("web", "cart", "grpc=7070", "dns=5353/UDP", "metrics=9090"),
		serviceText("web", "cart", `ports: [{name: a, port: 80, targetPort: grpc}, {name: b, port: 81, targetPort: 7070},
  {name: c, port: 82}, {name: d, port: 83, targetPort: nothing}, {name: e, port: 84, targetPort: dns, protocol: UDP},
  {name: f, port: 85, targetPort: dns}, {name: g, port: 86, targetPort: "7070"}]`),
		"apiVersion: v1\nkind: Service\nmetadata: {name: raw, namespace: web}\nspec: {clusterIP: None, selector: {app: cart}, ports: [{port: 80, targetPort: grpc}]}\n")
	tests := []struct {
		name, address string
		outcome       Outcome
		backends      string
	}{
		{"named target", "cart:80", OK, "web/cart:7070"},
		{"numeric target", "cart:81", OK, "web/cart:7070"},
		{"target defaults to the port", "cart:82", OK, "web/cart:82"},
		{"no container has the name", "cart:83", Refused, ""},
		{"UDP", "cart:84/UDP", OK, "web/cart:5353"},
		{"other protocol of the port", "cart:84", NoSuchPort, ""},
		{"name of another protocol", "cart:85", Refused, ""},
		{"a string of digits is a name", "cart:86", Refused, ""},
		{"no such port (H14)", "cart:7070", NoSuchPort, ""},
		{"headless translates nothing (H12)", "raw:80", NoSuchPort, ""},
		{"headless at the container's port", "raw:7070", OK, "web/cart:7070"},
		{"headless at another container port", "raw:9090", OK, "web/cart:9090"},
		{"the caller itself", "localhost:8080", OK, "web/front:8080"},
		{"loopback", "127.0.0.1:8080", OK, "web/front:8080"},
		{"loopback, version 6", "[::1]:8080", OK, "web/front:8080"},
		{"an address that nobody states (H19)", "10.0.0.1:80", Unknown, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, w, to(t, w, "web/front", tt.address), tt.outcome, tt.backends)
		})
	}
}

// TestLoopbackIsAnAssumption: what listens inside of the caller's own pod is
// certain only for ports that it declares.
func TestLoopbackIsAnAssumption(t *testing.T) {
	w := worldOf(t, deployment("web", "front", "http=8080"))
	tests := []struct {
		address, backend string
		assumptions      int
	}{
		{"localhost:8080", "web/front:8080", 0},
		{"127.0.0.1:9090", "web/front:9090", 1},
		{"localhost:8080/UDP", "web/front:8080", 1},
	}
	for _, tt := range tests {
		r := check(t, w, to(t, w, "web/front", tt.address), OK, tt.backend)
		if got := len(r.Assumptions()); got != tt.assumptions || r.Assumed != (got > 0) {
			t.Errorf("%s: %d assumptions, want %d\n%s", tt.address, got, tt.assumptions, r)
		}
	}
}

func TestReadiness(t *testing.T) {
	old := deployment("web", "cart", "grpc=7070")
	changed := strings.Replace(old, "grpc", "http", 1)
	all := objects(t, old, changed)
	before, after := all[0], all[1]
	services := objects(t,
		deployment("web", "front"),
		serviceText("web", "cart", "ports: [{port: 80, targetPort: grpc}]"),
		"apiVersion: v1\nkind: Service\nmetadata: {name: raw, namespace: web}\nspec: {clusterIP: None, selector: {app: cart}}\n",
		"apiVersion: v1\nkind: Service\nmetadata: {name: early, namespace: web}\nspec: {publishNotReadyAddresses: true, selector: {app: cart}, ports: [{port: 80, targetPort: 7070}]}\n",
		"apiVersion: v1\nkind: Service\nmetadata: {name: early-raw, namespace: web}\nspec: {clusterIP: None, publishNotReadyAddresses: true, selector: {app: cart}}\n")
	world := func(pods ...PodGroup) *World {
		w := New(Cluster{Name: "c"})
		for _, o := range append(services, before) {
			w.Put("c", o)
		}
		for i := range pods {
			pods[i].App = "cart"
		}
		w.SetPods("c", before.ID, pods...)
		return w
	}
	template := New()
	pods := func(o *manifest.Object, r Readiness) PodGroup { return template.Pods(o, r) }
	tests := []struct {
		name     string
		w        *World
		address  string
		outcome  Outcome
		backends string
		assumed  bool
	}{
		{"ready", world(pods(before, Ready)), "cart:80", OK, "web/cart:7070", false},
		{"not ready", world(pods(before, NotReady)), "cart:80", Refused, "", false},
		{"none", world(), "cart:80", Refused, "", false},
		{"terminating pods serve when no ready one is left", world(pods(before, Terminating)), "cart:80", OK, "web/cart:7070", false},
		{"ready pods go before terminating ones", world(pods(before, Ready), pods(before, Terminating)), "cart:80", OK, "web/cart:7070", false},
		{"old and new side by side", world(pods(before, Ready), pods(after, NotReady)), "cart:80", OK, "web/cart:7070", false},
		{"new pods lack the named port: left out", world(pods(before, Ready), pods(after, Ready)), "cart:80", OK, "web/cart:7070", false},
		{"only pods that lack the named port", world(pods(after, Ready)), "cart:80", Refused, "", false},
		{"headless lists ready pods", world(pods(before, Ready), pods(after, NotReady)), "raw:7070", OK, "web/cart:7070", false},
		{"headless without ready pods has no name", world(pods(before, Terminating)), "raw:7070", NXDomain, "", false},
		{"published: not ready pods have a name", world(pods(before, NotReady)), "early-raw:7070", Refused, "", true},
		{"published: another one is ready", world(pods(before, Ready), pods(before, NotReady)), "early:80", OK, "web/cart:7070 web/cart:7070", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := check(t, tt.w, to(t, tt.w, "web/front", tt.address), tt.outcome, tt.backends)
			if r.Assumed != tt.assumed {
				t.Errorf("assumed %v\n%s", r.Assumed, r)
			}
			if r.Outcome == OK && r.Backends[0].App != "cart" {
				t.Errorf("reached app %q", r.Backends[0].App)
			}
		})
	}
}

func TestPodsThatAreNoEndpoints(t *testing.T) {
	scaled := strings.Replace(deployment("web", "cart", "80"), "replicas: 2", "replicas: 0", 1)
	w := worldOf(t, deployment("web", "front"), scaled, serviceText("web", "cart", "ports: [{port: 80}]"),
		"apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: job, namespace: web}\nspec: {schedule: '* * * * *', jobTemplate: {spec: {template: {metadata: {labels: {app: job}}, spec: {containers: [{name: x, image: x}]}}}}}\n",
		serviceText("web", "job", "ports: [{port: 80}]"))
	check(t, w, to(t, w, "web/front", "cart:80"), Refused, "")
	check(t, w, to(t, w, "web/front", "job:80"), Refused, "")
	job := w.PodsOf("c", manifest.ID{Group: "batch", Kind: "CronJob", Namespace: "web", Name: "job"})
	if len(job) != 1 || job[0].Template.Labels["app"] != "job" {
		t.Fatalf("pods of the CronJob: %+v", job)
	}
}

const manualSlice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ext-1, namespace: web, labels: {%s}}
addressType: IPv4
ports: [{name: %s, port: 8080}]
endpoints: [{addresses: [192.0.2.7], conditions: {%s}}]
`

func TestSlices(t *testing.T) {
	slice := func(labels, port, conditions string) string {
		return fmt.Sprintf(manualSlice, labels, port, conditions)
	}
	const label = "kubernetes.io/service-name: ext"
	noSelector := "apiVersion: v1\nkind: Service\nmetadata: {name: ext, namespace: web}\nspec: {ports: [{name: http, port: 80}]}\n"
	endpoints := func(labels string) string {
		return "apiVersion: v1\nkind: Endpoints\nmetadata: {name: ext, namespace: web, labels: {" + labels + "}}\nsubsets: [{addresses: [{ip: 192.0.2.7}], ports: [{name: http, port: 8080}]}]\n"
	}
	tests := []struct {
		name    string
		extra   []string
		outcome Outcome // Unknown: the address is reached, and nothing is known of it
	}{
		{"nothing", nil, Refused},
		{"slice", []string{slice(label, "http", "ready: true")}, Unknown},
		{"absent condition counts as ready", []string{slice(label, "http", "")}, Unknown},
		{"not ready", []string{slice(label, "http", "ready: false")}, Refused},
		{"terminating and serving", []string{slice(label, "http", "ready: false, serving: true, terminating: true")}, Unknown},
		{"another port name (H50)", []string{slice(label, "web", "ready: true")}, Refused},
		{"label missing (H50)", []string{slice("a: b", "http", "ready: true")}, Refused},
		{"headless label (H50)", []string{slice(label+", service.kubernetes.io/headless: ''", "http", "ready: true")}, Refused},
		{"Endpoints are mirrored", []string{endpoints("")}, Unknown},
		{"unless they say otherwise", []string{endpoints("endpointslice.kubernetes.io/skip-mirror: 'true'")}, Refused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := worldOf(t, append(tt.extra, deployment("web", "front"), noSelector)...)
			r := check(t, w, to(t, w, "web/front", "ext:80"), tt.outcome, "")
			if tt.outcome == Unknown && (len(r.Backends) != 1 || r.Backends[0].Address != netip.MustParseAddr("192.0.2.7") || r.Backends[0].Port != 8080) {
				t.Errorf("reached %+v", r.Backends)
			}
		})
	}
	// H24: Endpoints left over do not count beside a selector, slices do.
	selecting := serviceText("web", "ext", "ports: [{name: http, port: 80}]")
	w := worldOf(t, deployment("web", "front"), selecting, deployment("web", "ext", "80"), endpoints(""))
	check(t, w, to(t, w, "web/front", "ext:80"), OK, "web/ext:80")
	w = worldOf(t, deployment("web", "front"), selecting, deployment("web", "ext", "80"), slice(label, "http", ""))
	check(t, w, to(t, w, "web/front", "ext:80"), Unknown, "")
}

func TestLocalTrafficIsAnAssumption(t *testing.T) {
	w := worldOf(t, deployment("web", "front"), deployment("web", "cart", "80"), serviceText("web", "cart", "internalTrafficPolicy: Local, ports: [{port: 80}]"))
	if r := check(t, w, to(t, w, "web/front", "cart:80"), OK, "web/cart:80"); !r.Assumed || len(r.Assumptions()) != 1 {
		t.Errorf("no assumption:\n%s", r)
	}
}

func TestPinnedAddress(t *testing.T) {
	w := worldOf(t, deployment("web", "front"), deployment("web", "cart", "80"), serviceText("web", "cart", "clusterIP: 10.96.3.3, ports: [{port: 80}]"))
	c := to(t, w, "web/front", "10.96.3.3:80")
	check(t, w, c, OK, "web/cart:80")
	for _, o := range objects(t, alias("web", "cart", "cart.shop.svc.cluster.local")) {
		w.Put("c", o)
	}
	check(t, w, c, Unknown, "")
}
