package render

import (
	"maps"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// hopFlavour makes the routes of hops for one kind of ingress. Adding one is a
// file and a line in hopFlavours.
type hopFlavour struct {
	name plan.Flavour
	// routes returns the objects that lead requests to the internal copy of a
	// Service.
	routes func(in hopRoute) []*manifest.Object
}

// hopFlavours lists the flavours.
func hopFlavours() []hopFlavour {
	return []hopFlavour{traefikFlavour(), gatewayFlavour(), ingressFlavour()}
}

// hopRoute is what the routes of a hop are made of.
type hopRoute struct {
	hop     *plan.Hop
	name    string     // of the objects
	at      plan.Place // of the Service
	service string     // that is led to
	ports   []plan.HopPort
	hosts   []string
}

// metadata returns the metadata of a route in a namespace.
func (in *hopRoute) metadata(name, namespace string) *manifest.Node {
	return manifest.Map(
		manifest.F("name", manifest.Str(name)),
		manifest.F("namespace", manifest.Str(namespace)),
		manifest.F("annotations", textMap(in.hop.Annotations)),
	)
}

// speaking returns the ports with one of the protocols.
func (in *hopRoute) speaking(protocols ...plan.Protocol) []plan.HopPort {
	var out []plan.HopPort
	for _, p := range in.ports {
		for _, wanted := range protocols {
			if p.Protocol == wanted {
				out = append(out, p)
			}
		}
	}
	return out
}

// routeName returns the name of a hop's routes.
func routeName(service *manifest.Object) string { return service.ID.Name + "-hop" }

// openHop makes a Service reachable through the ingress of its cluster.
func (f *folder) openHop(s *plan.OpenHop) {
	owner := f.graph.UnitOf(s.Service)
	for _, o := range f.hopObjects(s) {
		f.make(Key{Cluster: s.At.Cluster, ID: o.ID}, o, owner, "")
	}
	f.holdRecord(s.At.Cluster, +1)
	f.opened[hopSide{s.Service, s.At}] = s
}

// closeHop removes what openHop made.
func (f *folder) closeHop(s *plan.CloseHop) {
	side := hopSide{s.Service, s.At}
	opened := f.opened[side]
	if opened == nil {
		f.diags.Errorf(diag.CodeRender, s.Service.Pos("metadata", "name"), "the hop of %s in %s is closed and was never opened", s.Service.ID, s.At)
		return
	}
	for _, o := range f.hopObjects(opened) {
		f.remove(Key{Cluster: s.At.Cluster, ID: o.ID}, "")
	}
	f.holdRecord(s.At.Cluster, -1)
	delete(f.opened, side)
}

// hopSide is one side of a hop: a Service at a place.
type hopSide struct {
	service *manifest.Object
	at      plan.Place
}

// hopObjects returns the internal copy of a Service and the routes to it.
func (f *folder) hopObjects(s *plan.OpenHop) []*manifest.Object {
	in := hopRoute{
		hop: f.graph.Plan.Spec.HopOf(s.At.Cluster), name: routeName(s.Service), at: s.At,
		service: plan.InternalName(s.Service), ports: s.Ports, hosts: s.Hosts,
	}
	out := []*manifest.Object{internalService(s.Service, s.At)}
	for _, flavour := range hopFlavours() {
		if flavour.name == in.hop.Flavour {
			out = append(out, flavour.routes(in)...)
		}
	}
	return out
}

// internalService returns the copy of a Service that the routes of its hop lead
// to. It has nothing but the selector and the ports, so that nothing that finds
// Services by labels or annotations finds the same pods twice.
func internalService(service *manifest.Object, at plan.Place) *manifest.Object {
	var ports []*manifest.Node
	for _, p := range service.Get("spec", "ports").Items() {
		ports = append(ports, p.Without(manifest.P("nodePort")))
	}
	return manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str("v1")),
		manifest.F("kind", manifest.Str("Service")),
		manifest.F("metadata", manifest.Map(
			manifest.F("name", manifest.Str(plan.InternalName(service))),
			manifest.F("namespace", manifest.Str(at.Namespace)),
		)),
		manifest.F("spec", manifest.Map(
			manifest.F("type", manifest.Str("ClusterIP")),
			manifest.F("selector", service.Get("spec", "selector")),
			manifest.F("ports", manifest.Seq(ports...)),
		)),
	))
}

// textMap returns a mapping of texts in the order of their keys, nil when it is
// empty.
func textMap(texts map[string]string) *manifest.Node {
	if len(texts) == 0 {
		return nil
	}
	var fields []manifest.Field
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		fields = append(fields, manifest.F(key, manifest.Str(texts[key])))
	}
	return manifest.Map(fields...)
}
