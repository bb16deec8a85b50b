package render

import (
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// traefikFlavour makes an IngressRoute for HTTP and an IngressRouteTCP for the
// rest (github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1).
func traefikFlavour() hopFlavour {
	return hopFlavour{name: plan.TraefikHop, routes: traefikRoutes}
}

func traefikRoutes(in hopRoute) []*manifest.Object {
	var out []*manifest.Object
	for _, kind := range [...]struct {
		name, suffix string
		ports        []plan.HopPort
		route        func(hopRoute, plan.HopPort) *manifest.Object
	}{
		{"IngressRoute", "", in.speaking(plan.HTTP, plan.GRPC), traefikHTTP},
		{"IngressRouteTCP", "-tcp", in.speaking(plan.TLS, plan.TCP), traefikTCP},
	} {
		for i, p := range kind.ports {
			each := in
			each.name += kind.suffix
			if i > 0 {
				each.name += "-" + p.EntryPoint
			}
			out = append(out, kind.route(each, p))
		}
	}
	return out
}

// traefikRoute returns a route of one kind for one port: a route is bound to
// entry points as a whole.
func traefikRoute(in hopRoute, p plan.HopPort, kind string, spec ...manifest.Field) *manifest.Object {
	fields := append([]manifest.Field{manifest.F("entryPoints", manifest.Strs(p.EntryPoint))}, spec...)
	return manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str(string(in.hop.Group)+"/v1alpha1")),
		manifest.F("kind", manifest.Str(kind)),
		manifest.F("metadata", in.metadata(in.name, in.at.Namespace)),
		manifest.F("spec", manifest.Map(fields...)),
	))
}

// traefikHTTP matches every Host in one rule. Its priority is stated, because
// that of a rule without one is its length, and of equal ones chance decides
// (H35).
func traefikHTTP(in hopRoute, p plan.HopPort) *manifest.Object {
	var scheme *manifest.Node
	if p.Protocol == plan.GRPC {
		scheme = manifest.Str("h2c")
	}
	return traefikRoute(in, p, "IngressRoute", manifest.F("routes", manifest.Seq(manifest.Map(
		manifest.F("kind", manifest.Str("Rule")),
		manifest.F("match", manifest.Str(matcher("Host", in.hosts))),
		manifest.F("priority", manifest.Int(int64(in.hop.Priority))),
		manifest.F("services", manifest.Seq(manifest.Map(
			manifest.F("name", manifest.Str(in.service)),
			manifest.F("port", manifest.Int(p.Port)),
			manifest.F("scheme", scheme),
		))),
	))))
}

// traefikTCP matches the server name of TLS that is passed through, or, without
// TLS, everything that arrives at the entry point.
func traefikTCP(in hopRoute, p plan.HopPort) *manifest.Object {
	hosts, tls := []string{"*"}, (*manifest.Node)(nil)
	if p.Protocol == plan.TLS {
		hosts, tls = in.hosts, manifest.Map(manifest.F("passthrough", manifest.Bool(true)))
	}
	return traefikRoute(in, p, "IngressRouteTCP",
		manifest.F("routes", manifest.Seq(manifest.Map(
			manifest.F("match", manifest.Str(matcher("HostSNI", hosts))),
			manifest.F("priority", manifest.Int(int64(in.hop.Priority))),
			manifest.F("services", manifest.Seq(manifest.Map(
				manifest.F("name", manifest.Str(in.service)),
				manifest.F("port", manifest.Int(p.Port)),
			))),
		))),
		manifest.F("tls", tls),
	)
}

// matcher writes a rule that any of the hosts meets. One matcher for each, because
// Traefik 3 takes one argument only.
func matcher(name string, hosts []string) string {
	var rules []string
	for _, h := range slices.Sorted(slices.Values(hosts)) {
		rules = append(rules, name+"(`"+h+"`)")
	}
	return strings.Join(rules, " || ")
}
