package sim

import (
	"net/netip"
	"testing"
)

// twoClusters is a caller in one cluster, an app behind the ingress of another,
// and the alias that leads from one to the other.
func twoClusters(t *testing.T, door Door, inside ...string) *World {
	t.Helper()
	w := New(Cluster{Name: "c"}, Cluster{Name: "new"})
	for _, o := range objects(t, deployment("web", "front"), alias("web", "cart", "new.corp.example")) {
		w.Put("c", o)
	}
	for _, o := range objects(t, append(inside, deployment("shop", "cart", "7070"), serviceText("shop", "cart", "ports: [{name: http, port: 80, targetPort: 7070}]"))...) {
		w.Put("new", o)
	}
	address := netip.MustParseAddr("192.0.2.16")
	w.SetRecord("new.corp.example", Record{Address: address})
	w.SetDoor(address, door)
	return w
}

// web is an ingress that listens on port 80.
var web = []EntryPoint{{Name: "web", Port: 80}}

func TestDoor(t *testing.T) {
	variants := ingressRoute("shop", "cart", "Host(`cart`) || Host(`cart.web`) || Host(`cart.web.svc`) || Host(`cart.web.svc.cluster.local`) -> cart")
	traefik := Door{Cluster: "new", Flavour: Traefik, Entries: web}
	open := policyText("shop", "in", "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: traefik}}}]}]")
	controller := deployment("traefik", "traefik", "8000")
	placed := traefik
	placed.Namespace = "traefik"
	byLabels := policyText("shop", "in", "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: traefik}}, podSelector: {matchLabels: {app: traefik}}}]}]")
	tests := []struct {
		name   string
		door   Door
		inside []string
		change func(*Call)
		want   Outcome
	}{
		{"Host is what the client wrote", traefik, []string{variants}, nil, OK},
		{"with a namespace", traefik, []string{variants}, func(c *Call) { c.Host = "cart.web" }, OK},
		{"not the CNAME (H42)", traefik, []string{ingressRoute("shop", "cart", "Host(`new.corp.example`) -> cart")}, nil, Unreachable},
		{"another Host header", traefik, []string{variants}, func(c *Call) { c.Authority = "other:80" }, Unreachable},
		{"a port that nobody listens on (H45)", traefik, []string{variants}, func(c *Call) { c.Port = 7070 }, NoSuchPort},
		{"not HTTP (H46)", traefik, []string{variants}, func(c *Call) { c.Scheme = "redis" }, Unreachable},
		{"UDP", traefik, []string{variants}, func(c *Call) { c.Protocol = udp }, Unreachable},
		{"backend is not there", traefik, []string{ingressRoute("shop", "cart", "Host(`cart`) -> gone")}, nil, Refused},
		{"backend is an alias (H33)", traefik, []string{ingressRoute("shop", "cart", "Host(`cart`) -> other"), alias("shop", "other", "cart.shop.svc.cluster.local")}, nil, Unreachable},
		{
			"backend is an alias, allowed",
			Door{Cluster: "new", Flavour: Traefik, Entries: web, ExternalNames: true},
			[]string{ingressRoute("shop", "cart", "Host(`cart`) -> other"), alias("shop", "other", "cart.shop.svc.cluster.local")},
			nil, OK,
		},
		{
			"circle (H49)",
			Door{Cluster: "new", Flavour: Traefik, Entries: web, ExternalNames: true},
			[]string{ingressRoute("shop", "cart", "Host(`cart`) -> other"), alias("shop", "other", "new.corp.example")},
			nil, Unreachable,
		},
		{"chance decides", traefik, []string{
			ingressRoute("shop", "a", "Host(`cart`) -> cart"), ingressRoute("shop", "b", "Host(`cart`) -> idle"),
			serviceText("shop", "idle", "ports: [{port: 80}]"), deployment("shop", "idle", "80"),
		}, nil, Ambiguous},
		{"policy, controller not in the manifests", traefik, []string{variants, open}, nil, Unknown},
		{"policy admits the controller", placed, []string{variants, open, controller}, nil, OK},
		{"policy admits the controller's namespace", placed, []string{variants, open}, nil, OK},
		{"policy admits by labels, controller not in the manifests", placed, []string{variants, byLabels}, nil, Unknown},
		{"policy admits by labels", placed, []string{variants, byLabels, controller}, nil, OK},
		{"policy does not", placed, []string{variants, policyText("shop", "in", "podSelector: {}")}, nil, Denied},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := twoClusters(t, tt.door, tt.inside...)
			c := to(t, w, "web/front", "cart:80")
			c.Scheme = "http"
			if tt.change != nil {
				tt.change(&c)
			}
			r := check(t, w, c, tt.want, "shop/cart:7070")
			if tt.want == OK && r.Outcome == OK && r.Backends[0].Cluster != "new" {
				t.Errorf("reached cluster %q", r.Backends[0].Cluster)
			}
		})
	}
}

func TestDoorAssumesHTTP(t *testing.T) {
	w := twoClusters(t, Door{Cluster: "new", Flavour: Nginx, Entries: web}, ingressText("shop", "i", "", "cart / Prefix cart"))
	r := check(t, w, to(t, w, "web/front", "cart:80"), OK, "shop/cart:7070")
	if !r.Assumed || len(r.Assumptions()) != 1 {
		t.Errorf("no assumption:\n%s", r)
	}
}
