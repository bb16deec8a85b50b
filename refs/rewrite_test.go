package refs_test

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// services are those that the tests of this file know.
const services = `
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: redis, namespace: shop}
spec: {ports: [{port: 6379}]}
---
apiVersion: v1
kind: Service
metadata: {name: api2, namespace: away}
spec: {ports: [{port: 80}]}
`

// moveTo rewrites all references to api to another address, from a holder in a
// namespace.
func moveTo(t *testing.T, inv *manifest.Inventory, o *manifest.Object, to refs.Address, holder string) *manifest.Object {
	t.Helper()
	found, _ := refs.Scan(inv, refs.Options{})
	var subs []refs.Substitution
	for _, r := range found {
		if r.Object != o || r.Refers != refs.ToService || r.Target.Name != "api" || r.Certainty != refs.Certain {
			continue
		}
		s, err := r.To(to, holder)
		if err != nil {
			t.Fatal(err)
		}
		subs = append(subs, s)
	}
	return refs.Apply(o, subs)
}

func TestRewriteText(t *testing.T) {
	away := refs.Address{Name: "api", Namespace: "away"}
	for _, c := range []struct {
		in     string
		to     refs.Address
		holder string
		want   string
	}{
		{"http://u:p@api:80/api?x=api", away, "shop", "http://u:p@api.away.svc.cluster.local:80/api?x=api"},
		{"http://api", away, "away", "http://api"},
		{"HTTP://Api:80/Api", away, "shop", "HTTP://api.away.svc.cluster.local:80/Api"},
		{"http://API/Path", refs.Address{Name: "api", Namespace: "shop"}, "shop", "http://API/Path"},
		{"http://gw.example.com/?next=http%3A%2F%2FApi%3A80%2Fx%3Fy%3D1&api", away, "shop", "http://gw.example.com/?next=http%3A%2F%2Fapi.away.svc.cluster.local%3A80%2Fx%3Fy%3D1&api"},
		{"postgres://us%40er:p%3Aw%2Fd@api:80/x", away, "shop", "postgres://us%40er:p%3Aw%2Fd@api.away.svc.cluster.local:80/x"},
		{"jdbc:oracle:thin:scott/tiger@api:80:sid", away, "shop", "jdbc:oracle:thin:scott/tiger@api.away.svc.cluster.local:80:sid"},
		{"http://api", refs.Address{Name: "api", Namespace: "shop"}, "shop", "http://api"},
		{"http://api", refs.Address{Name: "api", Namespace: "shop"}, "away", "http://api.shop.svc.cluster.local"},
		{"http://api", refs.Address{Name: "api", Namespace: "away", Domain: "corp.example"}, "shop", "http://api.away.svc.corp.example"},
		{"http://api.shop/", away, "shop", "http://api.away/"},
		{"http://api.shop.svc/", away, "shop", "http://api.away.svc/"},
		{"api.shop.svc.cluster.local.:80", away, "shop", "api.away.svc.cluster.local.:80"},
		{"_http._tcp.api.shop.svc.cluster.local", away, "shop", "_http._tcp.api.away.svc.cluster.local"},
		{"mongodb://api-0.api:1,redis:2,api:80/db", away, "shop", "mongodb://api-0.api.away.svc.cluster.local:1,redis:2,api.away.svc.cluster.local:80/db"},
		{"api:80,redis:6379,api:80", away, "shop", "api.away.svc.cluster.local:80,redis:6379,api.away.svc.cluster.local:80"},
	} {
		inv := read(t, map[string]string{"m/s.yaml": services})
		holder := configMap(c.in)
		inv.Objects = append(inv.Objects, holder)
		got := moveTo(t, inv, holder, c.to, c.holder).Text("data", "BROKERS")
		if got != c.want {
			t.Errorf("%s to %s/%s read from %s:\ngot  %s\nwant %s", c.in, c.to.Namespace, c.to.Name, c.holder, got, c.want)
		}
	}
}

func configMap(text string) *manifest.Object {
	return manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str("v1")),
		manifest.F("kind", manifest.Str("ConfigMap")),
		manifest.F("metadata", manifest.Map(manifest.F("name", manifest.Str("cm")), manifest.F("namespace", manifest.Str("shop")))),
		manifest.F("data", manifest.Map(manifest.F("BROKERS", manifest.Str(text)))),
	))
}

func TestRewriteSecret(t *testing.T) {
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	inv := read(t, map[string]string{
		"m/s.yaml": services,
		"m/x.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: x, namespace: shop}\ndata:\n  URL: |\n    " + encode("http://u:p@api/x\n") + "\n",
	})
	o := inv.Objects[len(inv.Objects)-1]
	got := moveTo(t, inv, o, refs.Address{Name: "api", Namespace: "away"}, "shop")
	want := encode("http://u:p@api.away.svc.cluster.local/x\n") + "\n"
	if diff := cmp.Diff(want, got.Text("data", "URL")); diff != "" {
		t.Errorf("data.URL (-want +got):\n%s", diff)
	}
}

func TestRewriteBackend(t *testing.T) {
	inv := read(t, map[string]string{
		"m/s.yaml": services,
		"m/x.yaml": `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: x, namespace: shop}
spec:
  rules:
  - backendRefs:
    - name: api
      port: 80
    - name: api
      namespace: shop
`,
	})
	o := inv.Objects[len(inv.Objects)-1]
	for _, c := range []struct {
		to     refs.Address
		holder string
		want   [2]string
	}{
		{refs.Address{Name: "api", Namespace: "away"}, "shop", [2]string{"away", "away"}},
		{refs.Address{Name: "api", Namespace: "shop"}, "shop", [2]string{"", "shop"}},
		{refs.Address{Name: "api", Namespace: "away"}, "away", [2]string{"", "away"}},
		{refs.Address{Name: "api2", Namespace: "shop"}, "away", [2]string{"shop", "shop"}},
	} {
		got := moveTo(t, inv, o, c.to, c.holder)
		namespaces := [2]string{}
		for i, b := range got.Get("spec", "rules", "0", "backendRefs").Items() {
			namespaces[i] = b.Text("namespace")
			if b.Text("name") != c.to.Name {
				t.Errorf("name %q, want %q", b.Text("name"), c.to.Name)
			}
		}
		if namespaces != c.want {
			t.Errorf("to %v read from %s: namespaces %q, want %q", c.to, c.holder, namespaces, c.want)
		}
	}
}

func TestRewriteNamespaceImplied(t *testing.T) {
	inv := read(t, map[string]string{
		"m/s.yaml": services,
		"m/x.yaml": `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: x, namespace: shop, annotations: {nginx.ingress.kubernetes.io/auth-secret: users}}
spec: {defaultBackend: {service: {name: api, port: {number: 80}}}}
`,
	})
	found, _ := refs.Scan(inv, refs.Options{})
	if len(found) != 2 {
		t.Fatalf("%d references, want 2", len(found))
	}
	secret, backend := found[0], found[1]
	if _, err := backend.To(refs.Address{Name: "api", Namespace: "away"}, "shop"); !errors.Is(err, refs.ErrNamespaceImplied) {
		t.Errorf("error %v, want ErrNamespaceImplied", err)
	}
	if s, err := backend.To(refs.Address{Name: "api", Namespace: "away"}, "away"); err != nil || s.Text != "api" {
		t.Errorf("moved together: %q, %v", s.Text, err)
	}
	if s, err := secret.To(refs.Address{Name: "users", Namespace: "away"}, "shop"); err != nil || s.Text != "away/users" {
		t.Errorf("a Secret that stays behind: %q, %v", s.Text, err)
	}
}

// TestApplyElsewhere applies references of an object to what became of it.
func TestApplyElsewhere(t *testing.T) {
	inv := read(t, map[string]string{"m/s.yaml": services})
	o := configMap("api:80")
	inv.Objects = append(inv.Objects, o)
	found, _ := refs.Scan(inv, refs.Options{})
	s, err := found[0].To(refs.Address{Name: "api", Namespace: "shop"}, "away")
	if err != nil {
		t.Fatal(err)
	}
	got := refs.Apply(o.In("away"), []refs.Substitution{s})
	if got.ID.Namespace != "away" || got.Text("data", "BROKERS") != "api.shop.svc.cluster.local:80" {
		t.Errorf("got %s %q", got.ID, got.Text("data", "BROKERS"))
	}
	if o.Text("data", "BROKERS") != "api:80" {
		t.Error("the object itself was changed")
	}
}
