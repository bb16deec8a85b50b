package sim

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/rehome-dev/rehome/manifest"
)

// behind is an app behind an ingress of another cluster: its Service has a port
// for each protocol that the tests speak.
const behind = `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec:
  selector: {app: cart}
  ports:
  - {name: http, port: 80, targetPort: 7070}
  - {name: grpc, port: 9090, targetPort: 7070, appProtocol: kubernetes.io/h2c}
  - {name: redis, port: 6379, targetPort: 7070}
  - {name: https, port: 443, targetPort: 7070}
`

// crossing is a call through an ingress, and what becomes of it.
type crossing struct {
	name   string
	rule   string // whose rule it is: file, function or document
	door   Door
	inside []string
	scheme string
	port   int32
	want   Outcome
	cause  Cause
	sure   bool // nothing is assumed
}

// listening returns a door of a flavour with the usual entry points.
func listening(f Flavour) Door {
	d := Door{Cluster: "new", Flavour: f, Group: "", Entries: []EntryPoint{
		{Name: "web", Port: 80, Speaks: SpeaksHTTP},
		{Name: "grpc", Port: 9090, Speaks: SpeaksGRPC},
		{Name: "redis", Port: 6379, Speaks: SpeaksTCP},
		{Name: "websecure", Port: 443, Speaks: SpeaksTLS},
	}}
	if f == Gateway {
		d.Gateway = manifest.ID{Group: gatewayGroup, Kind: "Gateway", Namespace: "infra", Name: "gw"}
	}
	return d
}

// traefikText writes an object of Traefik with a flow-style spec.
func traefikText(kind, name, spec string) string {
	return fmt.Sprintf("apiVersion: traefik.io/v1alpha1\nkind: %s\nmetadata: {name: %s, namespace: shop}\nspec: {%s}\n", kind, name, spec)
}

// ruleText writes one rule of an IngressRoute or IngressRouteTCP for the Service
// cart at a port.
func ruleText(match, port, more string) string {
	return fmt.Sprintf("routes: [{match: '%s', services: [{name: cart, port: %s%s}]}]", match, port, more)
}

// listenersText writes the Gateway gw with listeners.
func listenersText(listeners ...string) string {
	return "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: gw, namespace: infra}\nspec: {listeners: [" + strings.Join(listeners, ", ") + "]}\n"
}

// routeOf writes a route of the Gateway API for the Service cart at a port.
func routeOf(kind, name, spec, port string) string {
	return fmt.Sprintf("apiVersion: gateway.networking.k8s.io/v1\nkind: %s\nmetadata: {name: %s, namespace: shop}\nspec: {parentRefs: [{name: gw, namespace: infra}], %srules: [{backendRefs: [{name: cart, port: %s}]}]}\n", kind, name, spec, port)
}

func (c *crossing) run(t *testing.T) {
	t.Helper()
	w := New(Cluster{Name: "c"}, Cluster{Name: "new"})
	for _, o := range objects(t, deployment("web", "front"), alias("web", "cart", "new.corp.example")) {
		w.Put("c", o)
	}
	for _, o := range objects(t, append(c.inside, deployment("shop", "cart", "7070"), behind)...) {
		w.Put("new", o)
	}
	address := netip.MustParseAddr("192.0.2.16")
	w.SetRecord("new.corp.example", Record{Address: address})
	w.SetDoor(address, c.door)
	call := to(t, w, "web/front", "cart.web:80")
	call.Scheme, call.Port = c.scheme, c.port
	r := check(t, w, call, c.want, "shop/cart:7070")
	if r.Cause != c.cause {
		t.Errorf("cause %d, want %d (%s)\n%s", r.Cause, c.cause, c.rule, r)
	}
	if c.sure && r.Assumed {
		t.Errorf("something is assumed:\n%s", r)
	}
}

// TestTraefikPassage holds the rules of Traefik 3.6.12.
func TestTraefikPassage(t *testing.T) {
	door, v2 := listening(Traefik), listening(Traefik)
	v2.Group = "traefik.containo.us"
	const (
		router  = "pkg/server/router/tcp/router.go, ServeTCP"
		crd     = "pkg/provider/kubernetes/crd/kubernetes_http.go"
		merging = "pkg/server/aggregator.go, mergeConfiguration"
	)
	http := traefikText("IngressRoute", "cart", ruleText("Host(`cart.web`)", "80", ""))
	everything := traefikText("IngressRouteTCP", "any", "entryPoints: [web], "+ruleText("HostSNI(`*`)", "6379", ""))
	tests := []crossing{
		{"HTTP", crd, door, []string{http}, "http", 80, OK, NoCause, true},
		{"no entry point named: all of them", merging, door, []string{traefikText("IngressRoute", "cart", ruleText("Host(`cart.web`)", "9090", ", scheme: h2c"))}, "grpc", 9090, OK, NoCause, true},
		{"another entry point (H45)", merging, door, []string{traefikText("IngressRoute", "cart", "entryPoints: [grpc], "+ruleText("Host(`cart.web`)", "80", ""))}, "http", 80, Unreachable, PortShut, true},
		{"the old group (Traefik 3 dropped it)", "docs: Traefik v2 to v3", v2, []string{http}, "http", 80, Unreachable, PortShut, true},
		{"the group that the plan says", "docs: Traefik v2 to v3", v2, []string{strings.Replace(http, "traefik.io", "traefik.containo.us", 1)}, "http", 80, OK, NoCause, true},
		{"Service of its own namespace, named", crd + ", isNamespaceAllowed", door, []string{traefikText("IngressRoute", "cart", ruleText("Host(`cart.web`)", "80", ", namespace: shop"))}, "http", 80, OK, NoCause, true},
		{"Service of another namespace, named (H37)", crd + ", isNamespaceAllowed", door, []string{traefikText("IngressRoute", "cart", ruleText("Host(`cart.web`)", "80", ", namespace: other"))}, "http", 80, Unreachable, Foreign, true},
		{"Middleware of another namespace (H37)", crd + ", makeMiddlewareKeys", door, []string{traefikText("IngressRoute", "cart", "routes: [{match: 'Host(`cart.web`)', middlewares: [{name: m, namespace: infra}], services: [{name: cart, port: 80}]}]")}, "http", 80, Unreachable, Foreign, true},
		{"redirection (H44)", "pkg/middlewares/redirect", door, []string{
			traefikText("IngressRoute", "cart", "routes: [{match: 'Host(`cart.web`)', middlewares: [{name: m}], services: [{name: cart, port: 80}]}]"), traefikText("Middleware", "m", "redirectScheme: {scheme: https}"),
		}, "http", 80, Unreachable, Redirected, true},
		{"Middleware that is nowhere", crd, door, []string{traefikText("IngressRoute", "cart", "routes: [{match: 'Host(`cart.web`)', middlewares: [{name: m}], services: [{name: cart, port: 80}]}]")}, "http", 80, Unknown, NoCause, true},
		{"a Middleware of another kind", crd, door, []string{
			traefikText("IngressRoute", "cart", "routes: [{match: 'Host(`cart.web`)', middlewares: [{name: m}], services: [{name: cart, port: 80}]}]"), traefikText("Middleware", "m", "stripPrefix: {prefixes: [/x]}"),
		}, "http", 80, OK, NoCause, false},
		{"TLS alone", router, door, []string{traefikText("IngressRoute", "cart", "tls: {}, "+ruleText("Host(`cart.web`)", "80", ""))}, "http", 80, Unreachable, NotSpoken, true},
		{"no Host (H42)", "pkg/muxer/http/matcher.go, host", door, []string{traefikText("IngressRoute", "cart", ruleText("Host(`cart`)", "80", ""))}, "http", 80, Unreachable, NoRoute, true},
		{"a dot at the end", "pkg/muxer/http/matcher.go, host", door, []string{traefikText("IngressRoute", "cart", ruleText("Host(`cart.web.`)", "80", ""))}, "http", 80, OK, NoCause, true},
		{"equal rules (H35)", "pkg/muxer/http/mux.go, AddRoute", door, []string{http, strings.Replace(strings.Replace(http, "name: cart, namespace", "name: twin, namespace", 1), "port: 80", "port: 9090", 1)}, "http", 80, Ambiguous, SameRank, true},
		{"a TCP router for all takes HTTP too", router, door, []string{http, everything}, "http", 80, OK, NoCause, true},
		{"gRPC needs h2c (H46)", crd + ", parseServiceProtocol", door, []string{traefikText("IngressRoute", "cart", ruleText("Host(`cart.web`)", "9090", ""))}, "grpc", 9090, Unreachable, NotSpoken, true},
		{"gRPC written as http", "grpc naming", door, []string{traefikText("IngressRoute", "cart", ruleText("Host(`cart.web`)", "9090", ", scheme: h2c"))}, "http", 9090, OK, NoCause, false},
		{"redis through HTTP (H46)", router, door, []string{http}, "redis", 6379, Unreachable, NotSpoken, true},
		{"redis through TCP", router, door, []string{traefikText("IngressRouteTCP", "cart", "entryPoints: [redis], "+ruleText("HostSNI(`*`)", "6379", ""))}, "redis", 6379, OK, NoCause, true},
		{"redis of a name", "pkg/muxer/tcp/matcher.go, hostSNI: no server name without TLS", door, []string{traefikText("IngressRouteTCP", "cart", "entryPoints: [redis], "+ruleText("HostSNI(`cart.web`)", "6379", ""))}, "redis", 6379, Unreachable, NotSpoken, true},
		{"TLS passed through", router, door, []string{traefikText("IngressRouteTCP", "cart", "entryPoints: [websecure], tls: {passthrough: true}, "+ruleText("HostSNI(`cart.web`)", "443", ""))}, "https", 443, OK, NoCause, true},
		{"TLS passed through for another name", router, door, []string{traefikText("IngressRouteTCP", "cart", "entryPoints: [websecure], tls: {passthrough: true}, "+ruleText("HostSNI(`cart`)", "443", ""))}, "https", 443, Unreachable, NoRoute, true},
		{"TLS that the ingress ends", router, door, []string{traefikText("IngressRouteTCP", "cart", "entryPoints: [websecure], tls: {}, "+ruleText("HostSNI(`cart.web`)", "443", ""))}, "https", 443, Unknown, NoCause, true},
		{"TLS through HTTP", router, door, []string{http}, "https", 443, Unreachable, NotSpoken, true},
		{"TLS ended and plain behind", crd + ", parseServiceProtocol", door, []string{traefikText("IngressRoute", "cart", "tls: {}, "+ruleText("Host(`cart.web`)", "80", ""))}, "https", 443, Unreachable, NotSpoken, false},
		{"TLS ended and made anew (H47)", "pkg/server/service/smart_roundtripper.go", door, []string{traefikText("IngressRoute", "cart", "tls: {}, "+ruleText("Host(`cart.web`)", "443", ""))}, "https", 443, Unreachable, UpstreamTLS, false},
		{"with a transport", crd, door, []string{traefikText("IngressRoute", "cart", "tls: {}, "+ruleText("Host(`cart.web`)", "443", ", serversTransport: names"))}, "https", 443, OK, NoCause, false},
		{"plain HTTP for a port of TLS", crd + ", parseServiceProtocol", door, []string{traefikText("IngressRoute", "cart", ruleText("Host(`cart.web`)", "443", ""))}, "http", 80, Unreachable, NotSpoken, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.run)
	}
}

// TestGatewayPassage holds the rules of the Gateway API 1.6.
func TestGatewayPassage(t *testing.T) {
	door := listening(Gateway)
	const types = "gateway-api apis/v1/gateway_types.go"
	web := "{name: web, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}"
	http := routeOf("HTTPRoute", "cart", "hostnames: [cart.web], ", "80")
	tests := []crossing{
		{"HTTP", types, door, []string{listenersText(web), http}, "http", 80, OK, NoCause, true},
		{"Gateway that is not in the manifests", types, door, []string{http}, "http", 80, OK, NoCause, true},
		{"no listener on the port (H45)", types, door, []string{listenersText(strings.Replace(web, "port: 80", "port: 8080", 1)), http}, "http", 80, NoSuchPort, PortShut, true},
		{"listener of another protocol (H36)", types + ", ProtocolType", door, []string{listenersText(strings.Replace(web, "protocol: HTTP", "protocol: TCP", 1)), http}, "http", 80, Unreachable, NotAttached, true},
		{"listener of other kinds (H36)", types + ", AllowedRoutes.Kinds", door, []string{listenersText("{name: web, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}, kinds: [{kind: GRPCRoute}]}}"), http}, "http", 80, Unreachable, NotAttached, true},
		{"listener of its own namespace (H36)", types + ", RouteNamespaces", door, []string{listenersText("{name: web, port: 80, protocol: HTTP}"), http}, "http", 80, Unreachable, NotAttached, true},
		{"section of another name (H36)", "ParentReference.SectionName", door, []string{listenersText(web), strings.Replace(http, "namespace: infra}", "namespace: infra, sectionName: other}", 1)}, "http", 80, Unreachable, NotAttached, true},
		{"the more specific listener takes it (H36)", types + ", Listener.Hostname", door, []string{
			listenersText(web, "{name: special, port: 80, protocol: HTTP, hostname: cart.web, allowedRoutes: {namespaces: {from: Same}}}"), http,
		}, "http", 80, Unreachable, NotAttached, true},
		{"another Gateway (H36)", "ParentReference", door, []string{listenersText(web), strings.Replace(http, "name: gw", "name: other", 1)}, "http", 80, Unreachable, NotAttached, true},
		{"no Host (H42)", "HTTPRouteSpec.Hostnames", door, []string{listenersText(web), routeOf("HTTPRoute", "cart", "hostnames: [cart], ", "80")}, "http", 80, Unreachable, NoRoute, true},
		{"redirection (H44)", "HTTPRequestRedirectFilter", door, []string{listenersText(web), strings.Replace(http, "rules: [{", "rules: [{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}], ", 1)}, "http", 80, Unreachable, Redirected, true},
		{"gRPC", "GRPCRoute", door, []string{listenersText("{name: grpc, port: 9090, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}"), routeOf("GRPCRoute", "cart", "hostnames: [cart.web], ", "9090")}, "grpc", 9090, OK, NoCause, true},
		{"gRPC through an HTTPRoute, by appProtocol", "KEP-3726", door, []string{listenersText("{name: grpc, port: 9090, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}"), routeOf("HTTPRoute", "cart", "hostnames: [cart.web], ", "9090")}, "grpc", 9090, OK, NoCause, true},
		{"gRPC through an HTTPRoute (H46)", "KEP-3726", door, []string{listenersText("{name: grpc, port: 9090, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}"), http}, "grpc", 9090, Unreachable, NotSpoken, true},
		{"HTTP meets a GRPCRoute (H46)", "GRPCRoute", door, []string{listenersText(web), routeOf("GRPCRoute", "cart", "hostnames: [cart.web], ", "9090")}, "http", 80, Unreachable, NotSpoken, true},
		{"both kinds for one host: the first by name", "GRPCRouteSpec.Hostnames", door, []string{listenersText(web), http, routeOf("GRPCRoute", "a", "hostnames: [cart.web], ", "9090")}, "http", 80, Unreachable, NotSpoken, true},
		{"TLS passed through", "TLSRoute", door, []string{listenersText("{name: tls, port: 443, protocol: TLS, tls: {mode: Passthrough}, allowedRoutes: {namespaces: {from: All}}}"), routeOf("TLSRoute", "cart", "hostnames: [cart.web], ", "443")}, "https", 443, OK, NoCause, true},
		{"connections", "TCPRoute", door, []string{listenersText("{name: redis, port: 6379, protocol: TCP, allowedRoutes: {namespaces: {from: All}}}"), routeOf("TCPRoute", "cart", "", "6379")}, "redis", 6379, OK, NoCause, true},
		{"connections through HTTP (H46)", "TCPRoute", door, []string{listenersText("{name: redis, port: 6379, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}"), http}, "redis", 6379, Unreachable, NotSpoken, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.run)
	}
}

// TestIngressPassage holds the rules of ingress-nginx.
func TestIngressPassage(t *testing.T) {
	door := listening(Nginx)
	text := ingressText("shop", "cart", "nginx", "cart.web / Prefix cart")
	annotated := func(a string) string {
		return strings.Replace(text, "name: cart,", "name: cart, annotations: {"+a+"},", 1)
	}
	secret := "  tls: [{hosts: [cart.web], secretName: cart}]\n"
	tests := []crossing{
		{"HTTP", "docs: ingress-nginx", door, []string{text}, "http", 80, OK, NoCause, true},
		{"redirection where there is a certificate (H44)", "annotations/redirect, ssl-redirect", door, []string{text + secret}, "http", 80, Unreachable, Redirected, true},
		{"redirection switched off", "annotations, ssl-redirect", door, []string{annotated("nginx.ingress.kubernetes.io/ssl-redirect: 'false'") + secret}, "http", 80, OK, NoCause, true},
		{"redirection forced (H44)", "annotations, force-ssl-redirect", door, []string{annotated("nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'")}, "http", 80, Unreachable, Redirected, true},
		{"gRPC without TLS (H46)", "rootfs/etc/nginx/template/nginx.tmpl: http2 on the TLS port alone", door, []string{annotated("nginx.ingress.kubernetes.io/backend-protocol: GRPC")}, "grpc", 9090, Unreachable, NotSpoken, true},
		{"redis (H46)", "docs: exposing TCP services", door, []string{text}, "redis", 6379, Unreachable, NotSpoken, true},
		{"no Host (H42)", "docs: name-based virtual hosting", door, []string{ingressText("shop", "cart", "nginx", "cart / Prefix cart")}, "http", 80, Unreachable, NoRoute, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.run)
	}
}

// TestPublicDoorTakesAll holds that a door whose clients are not looked at takes
// routes for TLS, too, in every flavour.
func TestPublicDoorTakesAll(t *testing.T) {
	tests := []crossing{
		{"Traefik", "", Door{Flavour: Traefik}, []string{traefikText("IngressRoute", "cart", "entryPoints: [websecure], tls: {}, "+ruleText("Host(`cart.web`)", "443", ""))}, "http", 80, OK, NoCause, true},
		{"ingress-nginx", "", Door{Flavour: Nginx}, []string{ingressText("shop", "cart", "nginx", "cart.web / Prefix cart") + "  tls: [{hosts: [cart.web], secretName: cart}]\n"}, "http", 80, OK, NoCause, true},
		{"Gateway API", "", Door{Flavour: Gateway}, []string{listenersText("{name: tls, port: 443, protocol: HTTPS, allowedRoutes: {namespaces: {from: All}}}"), routeOf("HTTPRoute", "cart", "hostnames: [cart.web], ", "80")}, "http", 80, OK, NoCause, true},
	}
	for _, tt := range tests {
		tt.door.Cluster, tt.door.Entries = "new", []EntryPoint{{Port: 80, Speaks: SpeaksAll}}
		t.Run(tt.name, tt.run)
	}
}
