package render

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// gatewayFlavour makes an HTTPRoute and, for gRPC, a GRPCRoute, which attach to
// the listeners of a Gateway by name (sigs.k8s.io/gateway-api/apis/v1).
func gatewayFlavour() hopFlavour {
	return hopFlavour{name: plan.GatewayHop, routes: gatewayRoutes}
}

// gatewayGroup is the API group of routes and grants.
const gatewayGroup = "gateway.networking.k8s.io"

// gatewayRoutes makes the routes beside the Service, or beside the Gateway when
// its listeners take no others; then the Service's namespace has to grant that
// (H36).
func gatewayRoutes(in hopRoute) []*manifest.Object {
	namespace, name := in.at.Namespace, in.name
	var backend *manifest.Node
	if in.hop.Gateway.AllowedRoutes == plan.RoutesFromSame && namespace != in.hop.Gateway.Namespace {
		namespace, name, backend = in.hop.Gateway.Namespace, in.at.Namespace+"-"+in.name, manifest.Str(in.at.Namespace)
	}
	var out []*manifest.Object
	for _, kind := range [...]struct {
		name, suffix string
		ports        []plan.HopPort
	}{
		{"HTTPRoute", "", in.speaking(plan.HTTP)},
		{"GRPCRoute", "-grpc", in.speaking(plan.GRPC)},
	} {
		for i, p := range kind.ports {
			own := name + kind.suffix
			if i > 0 {
				own += "-" + p.EntryPoint
			}
			out = append(out, gatewayRoute(in, p, kind.name, in.metadata(own, namespace), backend))
		}
		if backend != nil && len(kind.ports) > 0 {
			out = append(out, gatewayGrant(in, kind.name, in.name+kind.suffix))
		}
	}
	return out
}

// gatewayRoute returns a route for one port: each port has a listener of its own.
func gatewayRoute(in hopRoute, p plan.HopPort, kind string, metadata, backendNamespace *manifest.Node) *manifest.Object {
	return manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str(gatewayGroup+"/v1")),
		manifest.F("kind", manifest.Str(kind)),
		manifest.F("metadata", metadata),
		manifest.F("spec", manifest.Map(
			manifest.F("parentRefs", manifest.Seq(manifest.Map(
				manifest.F("name", manifest.Str(in.hop.Gateway.Name)),
				manifest.F("namespace", manifest.Str(in.hop.Gateway.Namespace)),
				manifest.F("sectionName", manifest.Str(p.EntryPoint)),
			))),
			manifest.F("hostnames", manifest.Strs(in.hosts...)),
			manifest.F("rules", manifest.Seq(manifest.Map(
				manifest.F("backendRefs", manifest.Seq(manifest.Map(
					manifest.F("name", manifest.Str(in.service)),
					manifest.F("namespace", backendNamespace),
					manifest.F("port", manifest.Int(p.Port)),
				))),
			))),
		)),
	))
}

// gatewayGrant lets routes beside the Gateway lead to the Service.
func gatewayGrant(in hopRoute, kind, name string) *manifest.Object {
	return manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str(gatewayGroup+"/v1beta1")),
		manifest.F("kind", manifest.Str("ReferenceGrant")),
		manifest.F("metadata", manifest.Map(
			manifest.F("name", manifest.Str(name)),
			manifest.F("namespace", manifest.Str(in.at.Namespace)),
		)),
		manifest.F("spec", manifest.Map(
			manifest.F("from", manifest.Seq(manifest.Map(
				manifest.F("group", manifest.Str(gatewayGroup)),
				manifest.F("kind", manifest.Str(kind)),
				manifest.F("namespace", manifest.Str(in.hop.Gateway.Namespace)),
			))),
			manifest.F("to", manifest.Seq(manifest.Map(
				manifest.F("group", manifest.Str("")),
				manifest.F("kind", manifest.Str("Service")),
				manifest.F("name", manifest.Str(in.service)),
			))),
		)),
	))
}
