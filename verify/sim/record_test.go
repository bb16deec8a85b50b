package sim

import (
	"fmt"
	"net/netip"
	"testing"
)

func endpointText(name, records string) string {
	return fmt.Sprintf("apiVersion: externaldns.k8s.io/v1alpha1\nkind: DNSEndpoint\nmetadata: {name: %s, namespace: traefik}\nspec: {endpoints: [%s]}\n", name, records)
}

func recordSetText(spec string) string {
	return "apiVersion: dns.cnrm.cloud.google.com/v1beta1\nkind: DNSRecordSet\nmetadata: {name: new, namespace: traefik}\nspec: {managedZoneRef: {external: corp}, " + spec + "}\n"
}

// TestRecords follows names to the ingress of cluster new by the records of
// objects: of the cluster itself and of another one.
func TestRecords(t *testing.T) {
	const a = "{dnsName: new.corp.example, recordType: A, recordTTL: 60, targets: [192.0.2.16]}"
	tests := []struct {
		name        string
		here, there []string
		want        Outcome
		cause       Cause
	}{
		{"DNSEndpoint", nil, []string{endpointText("new", a)}, OK, NoCause},
		{"of the caller's own cluster", []string{endpointText("new", a)}, nil, OK, NoCause},
		{"the same twice", []string{endpointText("new", a)}, []string{endpointText("new", a)}, OK, NoCause},
		{"two that disagree (H81)", []string{endpointText("new", "{dnsName: new.corp.example, recordType: A, targets: [192.0.2.17]}")}, []string{endpointText("new", a)}, Unknown, RecordClash},
		{"none", nil, nil, NoData, NoCause},
		{"another name", nil, []string{endpointText("new", "{dnsName: other.corp.example, recordType: A, targets: [192.0.2.16]}")}, NoData, NoCause},
		{"a CNAME to it", nil, []string{endpointText("new", a+", {dnsName: app.corp.example, recordType: CNAME, targets: [new.corp.example]}")}, OK, NoCause},
		{"one of two addresses is nobody's", nil, []string{endpointText("new", "{dnsName: new.corp.example, recordType: A, targets: [192.0.2.16, 192.0.2.99]}")}, Unknown, NoCause},
		{"a target with a dot is skipped (source/crd.go)", nil, []string{endpointText("new", "{dnsName: new.corp.example, recordType: A, targets: [192.0.2.16.]}")}, NoData, NoCause},
		{"IPv6 data in an A record", nil, []string{endpointText("new", "{dnsName: new.corp.example, recordType: A, targets: ['2001:db8::1']}")}, NoData, NoCause},
		{"a TXT record is no address", nil, []string{endpointText("new", "{dnsName: new.corp.example, recordType: TXT, targets: [x]}")}, NoData, NoCause},
		{"DNSRecordSet", nil, []string{recordSetText("name: new.corp.example., type: A, ttl: 60, rrdatas: [192.0.2.16]")}, OK, NoCause},
		{"DNSRecordSet whose name has no dot", nil, []string{recordSetText("name: new.corp.example, type: A, ttl: 60, rrdatas: [192.0.2.16]")}, NoData, NoCause},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := twoClusters(t, Door{Cluster: "new", Flavour: Traefik, Entries: web}, append(tt.there, ingressRoute("shop", "cart", "Host(`cart`) -> cart"))...)
			w.RemoveRecord("new.corp.example")
			w.SetZone("corp.example")
			for _, o := range objects(t, tt.here...) {
				w.Put("c", o)
			}
			for _, world := range []*World{w, w.Clone()} {
				c := to(t, world, "web/front", "cart:80")
				c.Scheme = "http"
				if r := check(t, world, c, tt.want, "shop/cart:7070"); r.Cause != tt.cause {
					t.Errorf("cause %d, want %d\n%s", r.Cause, tt.cause, r)
				}
			}
			for _, o := range objects(t, tt.there...) {
				w.Remove("new", o.ID)
			}
			for _, o := range objects(t, tt.here...) {
				w.Remove("c", o.ID)
			}
			c := to(t, w, "web/front", "cart:80")
			check(t, w, c, NoData, "")
		})
	}
}

// TestCircleOfClusters holds H49: the alias of one cluster leads to the other,
// whose ingress leads back.
func TestCircleOfClusters(t *testing.T) {
	w := New(Cluster{Name: "c"}, Cluster{Name: "new"})
	route := ingressText("web", "cart", "nginx", "cart.web / Prefix cart")
	for _, o := range objects(t, deployment("web", "front"), alias("web", "cart", "new.corp.example"), route) {
		w.Put("c", o)
	}
	for _, o := range objects(t, alias("web", "cart", "old.corp.example"), route) {
		w.Put("new", o)
	}
	for i, name := range []string{"c", "new"} {
		address := netip.AddrFrom4([4]byte{192, 0, 2, byte(16 + i)})
		w.SetRecord(map[string]string{"c": "old", "new": "new"}[name]+".corp.example", Record{Address: address})
		w.SetDoor(address, Door{Cluster: name, Flavour: Nginx, Entries: web, ExternalNames: true})
	}
	c := to(t, w, "web/front", "cart.web:80")
	c.Scheme = "http"
	r := check(t, w, c, Unreachable, "")
	if r.Cause != Circle {
		t.Errorf("cause %d, want a circle\n%s", r.Cause, r)
	}
}
