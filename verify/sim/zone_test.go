package sim

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseZoneName(t *testing.T) {
	tests := []struct {
		base string
		want zoneName
		ok   bool
	}{
		{"cart.shop.svc", zoneName{namespace: "shop", service: "cart"}, true},
		{"cart-0.cart.shop.svc", zoneName{namespace: "shop", service: "cart", endpoint: "cart-0"}, true},
		{"_http._tcp.cart.shop.svc", zoneName{namespace: "shop", service: "cart", port: "http", protocol: "tcp"}, true},
		{"a.b.c.cart.shop.svc", zoneName{namespace: "shop", service: "cart", protocol: "c", port: "b"}, false},
		{"shop.svc", zoneName{namespace: "shop"}, true},
		{"svc", zoneName{}, true},
		{"", zoneName{}, true},
		{"cart.shop", zoneName{}, false},
		{"10-0-0-1.shop.pod", zoneName{pod: true, namespace: "shop", service: "10-0-0-1"}, true},
	}
	for _, tt := range tests {
		got, ok := parseZoneName(tt.base)
		if ok != tt.ok || ok && !cmp.Equal(tt.want, got, cmp.AllowUnexported(zoneName{})) {
			t.Errorf("%q: %+v %v, want %+v %v", tt.base, got, ok, tt.want, tt.ok)
		}
	}
}

const statefulSet = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: web}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: main, image: x, ports: [{name: mongo, containerPort: 27017}]}]
`

func TestZone(t *testing.T) {
	manifests := []string{
		deployment("web", "front"),
		serviceText("shop", "cart", "ports: [{name: grpc, port: 7070, targetPort: grpc}]"), deployment("shop", "cart", "grpc=8080"),
		statefulSet,
		serviceText("web", "db", "clusterIP: None, ports: [{name: mongo, port: 27017}]"),
		"apiVersion: v1\nkind: Service\nmetadata: {name: db-lb, namespace: web}\nspec: {selector: {app: db}, ports: [{port: 27017}]}\n",
		serviceText("web", "empty", "clusterIP: None, ports: [{port: 80}]"),
		serviceText("web", "idle", "ports: [{port: 80}]"),
		alias("web", "to-cart", "cart.shop.svc.cluster.local"),
		alias("web", "dotted", "CART.shop.svc.cluster.local."),
		alias("web", "partial", "cart.shop"),
		"apiVersion: v1\nkind: Service\nmetadata: {name: raw, namespace: web}\nspec: {clusterIP: None, selector: {app: db}, ports: [{name: mongo, port: 27017}, {name: admin, port: 81, targetPort: admin}]}\n",
		alias("web", "numeric", "10.0.0.7"),
		alias("web", "gone", "nothing.shop.svc.cluster.local"),
		alias("web", "self", "self.web.svc.cluster.local"),
		alias("web", "under", "x.under.web.svc.cluster.local"),
		alias("web", "ping", "pong.web.svc.cluster.local"),
		alias("web", "pong", "ping.web.svc.cluster.local"),
		alias("web", "outer", "api.example.com"),
		alias("web", "far", "unheard.example.org"),
		alias("web", "back", "loop.example.com"),
	}
	w := worldOf(t, manifests...)
	w.SetZone("example.com")
	w.SetRecord("api.example.com", Record{CNAME: "cart.shop.svc.cluster.local"})
	w.SetRecord("loop.example.com", Record{CNAME: "back.web.svc.cluster.local"})
	w.SetRecord("*.wild.example.com", Record{CNAME: "cart.shop.svc.cluster.local."})
	tests := []struct {
		name, address string
		outcome       Outcome
		backends      string
	}{
		{"namespace-qualified", "cart.shop:7070", OK, "shop/cart:8080"},
		{"with svc", "cart.shop.svc:7070", OK, "shop/cart:8080"},
		{"full", "cart.shop.svc.cluster.local:7070", OK, "shop/cart:8080"},
		{"absolute", "cart.shop.svc.cluster.local.:7070", OK, "shop/cart:8080"},
		{"short name of another namespace", "cart:7070", NXDomain, ""},
		{"no such Service", "nothing.shop:80", NXDomain, ""},
		{"no such namespace", "cart.nowhere.svc.cluster.local:80", NXDomain, ""},
		{"too many labels", "a.b.c.cart.shop.svc.cluster.local:80", NXDomain, ""},
		{"a namespace alone is no Service", "shop.svc.cluster.local.:80", NoData, ""},
		{"headless", "db:27017", OK, "web/db:27017"},
		{"headless without endpoints", "empty:80", NXDomain, ""},
		{"virtual IP without endpoints", "idle:80", Refused, ""},
		{"pod of a StatefulSet", "db-1.db:27017", OK, "web/db:27017"},
		{"beyond its replicas", "db-2.db:27017", NXDomain, ""},
		{"leading zero", "db-01.db:27017", NXDomain, ""},
		{"hostnames belong to serviceName alone", "db-1.db-lb:27017", NXDomain, ""},
		{"endpoint of an alias (H11)", "db-0.to-cart:80", NXDomain, ""},
		{"SRV", "_grpc._tcp.cart.shop", OK, "shop/cart:8080"},
		{"SRV of a headless Service", "_mongo._tcp.db", OK, "web/db:27017"},
		{"SRV of a headless Service whose pods lack the port", "_admin._tcp.raw", NXDomain, ""},
		{"the same Service at the port that they have", "_mongo._tcp.raw", OK, "web/db:27017"},
		{"SRV of a port that is not named so", "_http._tcp.cart.shop", NXDomain, ""},
		{"SRV of an alias (H10)", "_grpc._tcp.to-cart", NXDomain, ""},
		{"alias", "to-cart:7070", OK, "shop/cart:8080"},
		{"alias with capitals and a dot", "dotted:7070", OK, "shop/cart:8080"},
		{"partial target is absolute (H06)", "partial:7070", NoData, ""},
		{"address as a target (H07)", "numeric:7070", NXDomain, ""},
		{"target does not exist (H09)", "gone:7070", NoData, ""},
		{"alias of itself (H08)", "self:80", NoData, ""},
		{"alias below itself (H08)", "under:80", NoData, ""},
		{"circle (H08)", "ping:80", NoData, ""},
		{"outside and back", "outer:7070", OK, "shop/cart:8080"},
		{"outside, not known", "far:80", Unknown, ""},
		{"circle over an outside name", "back:80", NoData, ""},
		{"wildcard record", "x.wild.example.com:7070", OK, "shop/cart:8080"},
		{"no record in a known zone", "nope.example.com:80", NXDomain, ""},
		{"a public name", "api.stripe.test:443", Unknown, ""},
		{"pod by its address", "10-0-0-1.shop.pod.cluster.local:80", Unknown, ""},
		{"no pod name", "cart.shop.pod.cluster.local:80", NXDomain, ""},
		{"two dots", "cart..shop:80", NXDomain, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := to(t, w, "web/front", tt.address)
			c.Libc = Glibc
			check(t, w, c, tt.outcome, tt.backends)
		})
	}
}

// TestNearerServiceCaptures shows that a Service of the caller's own namespace
// wins over one that a search of the outer names would find (H16).
func TestNearerServiceCaptures(t *testing.T) {
	w := worldOf(t, deployment("web", "front"),
		serviceText("shop", "web", "ports: [{port: 80}]"), deployment("shop", "web", "80"),
		serviceText("web", "shop", "ports: [{port: 80}]"), deployment("web", "shop", "80"))
	check(t, w, to(t, w, "web/front", "shop:80"), OK, "web/shop:80")
	check(t, w, to(t, w, "web/front", "web.shop:80"), OK, "shop/web:80")
}

func TestAliasChainLimit(t *testing.T) {
	w := worldOf(t, deployment("web", "front"), serviceText("web", "end", "ports: [{port: 80}]"), deployment("web", "end", "80"))
	chain := func(n int) {
		for i := range n {
			target := "end"
			if i+1 < n {
				target = "a" + strings.Repeat("x", i+1)
			}
			for _, o := range objects(t, alias("web", "a"+strings.Repeat("x", i), target+".web.svc.cluster.local")) {
				w.Put("c", o)
			}
		}
	}
	chain(11)
	check(t, w, to(t, w, "web/front", "a:80"), OK, "web/end:80")
	chain(12)
	check(t, w, to(t, w, "web/front", "a:80"), NoData, "")
}

func TestHostSearchDomainIsAnAssumption(t *testing.T) {
	w := New(Cluster{Name: "c", HostSearch: []string{"corp.example"}})
	for _, o := range objects(t, deployment("web", "front"), serviceText("shop", "cart", "ports: [{port: 80}]"), deployment("shop", "cart", "80")) {
		w.Put("c", o)
	}
	r := check(t, w, to(t, w, "web/front", "cart.shop.svc.cluster.local:80"), OK, "shop/cart:80")
	if !r.Assumed || len(r.Assumptions()) != 1 {
		t.Errorf("the answer of the nodes' search domain is not an assumption:\n%s", r)
	}
	w.SetRecord("*.corp.example", Record{Address: netip.MustParseAddr("192.0.2.1")})
	check(t, w, to(t, w, "web/front", "cart.shop.svc.cluster.local:80"), Unknown, "") // H17: captured
	check(t, w, to(t, w, "web/front", "cart.shop.svc.cluster.local.:80"), OK, "shop/cart:80")
}
