package plan

import (
	"slices"
	"testing"
)

func TestProtocolNamed(t *testing.T) {
	for name, want := range map[string]Protocol{
		"": "", "http": HTTP, "HTTP": HTTP, "kubernetes.io/ws": HTTP, "kubernetes.io/h2c": GRPC, "grpc": GRPC,
		"https": TLS, "kubernetes.io/wss": TLS, "postgresql": TCP, "tcp": TCP, "metrics": "", "example.com/http": HTTP,
	} {
		if got := protocolNamed(name); got != want {
			t.Errorf("%q means %q, want %q", name, got, want)
		}
	}
}

func TestEntryPoint(t *testing.T) {
	h := &Hop{EntryPoints: map[string]EntryPoint{
		"web": {Port: 80, Protocol: HTTP}, "also": {Port: 80, Protocol: GRPC}, "pg": {Port: 5432, Protocol: TCP}, "alt": {Port: 8000, Protocol: HTTP},
	}}
	for _, tt := range []struct {
		port    HopPort
		relayed bool
		want    string
	}{
		{HopPort{Port: 80, Protocol: HTTP}, false, "web"},
		{HopPort{Port: 80, Protocol: GRPC}, false, "also"},
		{HopPort{Port: 80, Protocol: TLS}, false, "also"}, // the first by name; what is spoken there is told
		{HopPort{Port: 8080, Protocol: HTTP}, false, ""},
		{HopPort{Port: 8080, Protocol: HTTP}, true, "alt"},
		{HopPort{Port: 80, Protocol: HTTP}, true, "web"},
		{HopPort{Port: 1, Protocol: TCP}, true, "pg"},
		{HopPort{Port: 1, Protocol: TLS}, true, ""},
	} {
		if got, _ := h.entryPoint(tt.port, tt.relayed); got != tt.want {
			t.Errorf("%+v, relayed %t: entry point %q, want %q", tt.port, tt.relayed, got, tt.want)
		}
	}
}

func TestHostVariants(t *testing.T) {
	got := HostVariants("app1", Place{"old", "app1-ns"}, "cluster.local")
	want := []string{"app1.app1-ns", "app1.app1-ns.svc", "app1.app1-ns.svc.cluster.local"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestFlipKinds tells the phases of a move between clusters apart by where a name
// is and where it leads.
func TestFlipKinds(t *testing.T) {
	a := &App{From: Place{"old", "a"}, To: Place{"new", "b"}}
	for _, tt := range []struct {
		at   Place
		lead Lead
		kind StepKind
		hop  string
	}{
		{a.From, ToTarget, FlipKind, ""},
		{a.From, ToOldHop, RehearseKind, "old"},
		{a.To, ToOldHop, ReachBackKind, "old"},
		{a.To, ToItself, LocalizeKind, ""},
		{a.From, ToNewHop, FlipKind, "new"},
	} {
		f := &Flip{App: a, At: tt.at, Lead: tt.lead}
		if f.Kind() != tt.kind || f.Hop() != tt.hop {
			t.Errorf("lead %d at %s: %s through %q, want %s through %q", tt.lead, tt.at, f.Kind(), f.Hop(), tt.kind, tt.hop)
		}
	}
}

func TestHomeNamespace(t *testing.T) {
	gateway := &GatewayRef{Namespace: "gateways"}
	for _, tt := range []struct {
		hop  Hop
		want string
	}{
		{Hop{Flavour: TraefikHop}, "traefik"},
		{Hop{Flavour: IngressHop}, "ingress-nginx"},
		{Hop{Flavour: GatewayHop, Gateway: gateway}, "gateways"},
		{Hop{Flavour: GatewayHop, Gateway: gateway, Namespace: "envoy"}, "envoy"},
	} {
		if got := tt.hop.HomeNamespace(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.hop.Flavour, got, tt.want)
		}
	}
}
