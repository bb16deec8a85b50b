package refs_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// TestAddressesOfDump holds that the IPs that a server gave to Services are known
// although reading a dump removes them from the objects (H19).
func TestAddressesOfDump(t *testing.T) {
	inv := read(t, map[string]string{"m/dump.yaml": `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: api, namespace: shop, uid: 1-2, resourceVersion: "7"}
  spec: {type: LoadBalancer, clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7, "fd00::7"], ports: [{port: 80}]}
  status: {loadBalancer: {ingress: [{ip: 203.0.113.7}]}}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: urls, namespace: shop, uid: 1-3, resourceVersion: "8"}
  data: {A: "http://10.96.0.7:80", B: "203.0.113.7", C: "10.96.0.70"}
`})
	if ip := inv.Objects[0].Text("spec", "clusterIP"); ip != "" {
		t.Fatalf("the cluster IP %s is still there", ip)
	}
	_, diags := refs.Scan(inv, refs.Options{})
	want := []string{"data.A: the cluster IP 10.96.0.7 of Service shop/api", "data.B: the load balancer IP 203.0.113.7 of Service shop/api"}
	if len(diags) != len(want) {
		t.Fatalf("found %v", diags)
	}
	for i, d := range diags {
		if d.Code != "H19" || !strings.Contains(d.Message, want[i]) {
			t.Errorf("found %s[%s] %s, want %s", d.Severity, d.Code, d.Message, want[i])
		}
	}
}

// TestClusters holds that objects of one cluster see each other, whether their
// root names the default cluster or leaves it out, and those of others do not.
func TestClusters(t *testing.T) {
	fsys := fstest.MapFS{
		"a/s.yaml": {Data: []byte("apiVersion: v1\nkind: Service\nmetadata: {name: api}\nspec: {ports: [{port: 80}]}\n")},
		"b/c.yaml": {Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {API_URL: \"http://api.shop.svc:80\"}\n")},
	}
	for _, c := range []struct {
		a, b  string
		known bool
	}{{"", "", true}, {"default", "", true}, {"", "default", true}, {"west", "west", true}, {"west", "", false}, {"west", "east", false}} {
		t.Run(fmt.Sprintf("%s and %s", c.a, c.b), func(t *testing.T) {
			inv, diags := manifest.Read(fsys, []*manifest.Root{
				{Path: "a", Namespace: "shop", Cluster: c.a}, {Path: "b", Namespace: "web", Cluster: c.b},
			}, manifest.ReadOptions{Workers: 1})
			if err := diags.Err(); err != nil {
				t.Fatal(err)
			}
			found, _ := refs.Scan(inv, refs.Options{})
			if len(found) != 1 || found[0].Known != c.known {
				t.Errorf("the Service is known: %v, want %t", found, c.known)
			}
		})
	}
}
