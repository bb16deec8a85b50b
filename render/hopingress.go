package render

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// ingressFlavour makes an Ingress (k8s.io/api/networking/v1). It has no place for
// a port: the controller listens where it listens.
func ingressFlavour() hopFlavour {
	return hopFlavour{name: plan.IngressHop, routes: ingressRoutes}
}

func ingressRoutes(in hopRoute) []*manifest.Object {
	ports := in.speaking(plan.HTTP)
	if len(ports) == 0 {
		return nil
	}
	rules := make([]*manifest.Node, len(in.hosts))
	for i, host := range in.hosts {
		rules[i] = manifest.Map(
			manifest.F("host", manifest.Str(host)),
			manifest.F("http", manifest.Map(manifest.F("paths", manifest.Seq(manifest.Map(
				manifest.F("path", manifest.Str("/")),
				manifest.F("pathType", manifest.Str("Prefix")),
				manifest.F("backend", manifest.Map(manifest.F("service", manifest.Map(
					manifest.F("name", manifest.Str(in.service)),
					manifest.F("port", manifest.Map(manifest.F("number", manifest.Int(ports[0].Port)))),
				)))),
			)))),
			),
		)
	}
	return []*manifest.Object{manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str("networking.k8s.io/v1")),
		manifest.F("kind", manifest.Str("Ingress")),
		manifest.F("metadata", in.metadata(in.name, in.at.Namespace)),
		manifest.F("spec", manifest.Map(
			manifest.F("ingressClassName", manifest.Str(in.hop.IngressClassName)),
			manifest.F("rules", manifest.Seq(rules...)),
		)),
	))}
}
