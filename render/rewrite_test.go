package render

import (
	"testing"

	"github.com/rehome-dev/rehome/manifest"
)

// A Service's copy carries nothing that exists once in a cluster, and a headless
// one stays headless.
func TestWithoutAllocations(t *testing.T) {
	service := func(clusterIP string) *manifest.Object {
		return manifest.New(manifest.Map(
			manifest.F("apiVersion", manifest.Str("v1")),
			manifest.F("kind", manifest.Str("Service")),
			manifest.F("metadata", manifest.Map(manifest.F("name", manifest.Str("api")), manifest.F("namespace", manifest.Str("old")))),
			manifest.F("spec", manifest.Map(
				manifest.F("clusterIP", manifest.Str(clusterIP)),
				manifest.F("loadBalancerIP", manifest.Str("192.0.2.1")),
				manifest.F("ports", manifest.Seq(manifest.Map(
					manifest.F("port", manifest.Int(80)),
					manifest.F("nodePort", manifest.Int(30080)),
				))),
			)),
		))
	}
	for clusterIP, want := range map[string]string{"10.0.0.7": "", "None": "None"} {
		o := withoutAllocations(service(clusterIP))
		if got := o.Text("spec", "clusterIP"); got != want {
			t.Errorf("clusterIP %s became %q, want %q", clusterIP, got, want)
		}
		if o.Get("spec", "loadBalancerIP") != nil || o.Get("spec", "ports", "0", "nodePort") != nil {
			t.Errorf("addresses of the original are left: %s", o.Bytes())
		}
		if got := o.Text("spec", "ports", "0", "port"); got != "80" {
			t.Errorf("the port is %q", got)
		}
	}
}

func TestHealthPortAvoidsTheServices(t *testing.T) {
	ports := []relayPort{{listen: relayHealthPort + 1}, {listen: relayHealthPort}, {listen: 8080}}
	if got := healthPort(ports); got != relayHealthPort+2 {
		t.Errorf("healthPort = %d, want %d", got, relayHealthPort+2)
	}
	if got := healthPort(nil); got != relayHealthPort {
		t.Errorf("healthPort = %d, want %d", got, relayHealthPort)
	}
}
