package verify

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/verify/sim"
)

// doors are the ingresses by which the clusters of a plan reach each other.
type doors struct {
	byHost    map[string]string // the cluster by the name of its ingress in the zone
	namespace map[string]string // that the pods of the ingress run in, by cluster
}

// doorsOf reads the ingresses of a plan.
func doorsOf(spec *plan.Spec) doors {
	d := doors{byHost: map[string]string{}, namespace: map[string]string{}}
	for name := range spec.Clusters { // two maps are made of it
		if h := spec.HopOf(name); h != nil {
			d.byHost[h.Host], d.namespace[name] = name, h.HomeNamespace()
		}
	}
	return d
}

// put puts the ingresses of a plan into a world. The names that they have in the
// zone are the migration's own: beyond its records they do not exist.
func (d *doors) put(spec *plan.Spec, world *sim.World) {
	for _, host := range slices.Sorted(maps.Keys(d.byHost)) {
		cluster := d.byHost[host]
		h := spec.HopOf(cluster)
		if a, err := netip.ParseAddr(h.Address); err == nil {
			world.SetDoor(a, doorOf(cluster, h))
		}
		world.SetZone(host)
	}
}

// doorOf returns an ingress as the simulator knows it. Of ingress-nginx it is
// taken that it follows aliases, as it does by default, of others that they do
// not.
func doorOf(cluster string, h *plan.Hop) sim.Door {
	d := sim.Door{
		Cluster: cluster, Group: string(h.Group), Class: h.IngressClassName, Namespace: h.HomeNamespace(),
		Entries: entriesOf(h),
	}
	switch h.Flavour {
	case plan.TraefikHop:
		d.Flavour = sim.Traefik
	case plan.GatewayHop:
		d.Flavour = sim.Gateway
		if h.Gateway != nil {
			d.Gateway = manifest.ID{Group: "gateway.networking.k8s.io", Kind: "Gateway", Namespace: h.Gateway.Namespace, Name: h.Gateway.Name}
		}
	case plan.IngressHop:
		d.Flavour = sim.FlavourOfClass(h.IngressClassName)
		d.ExternalNames = d.Flavour == sim.Nginx
	}
	return d
}

func entriesOf(h *plan.Hop) []sim.EntryPoint {
	speaks := map[plan.Protocol]sim.Speaks{plan.HTTP: sim.SpeaksHTTP, plan.GRPC: sim.SpeaksGRPC, plan.TLS: sim.SpeaksTLS, plan.TCP: sim.SpeaksTCP}
	var out []sim.EntryPoint
	for _, name := range slices.Sorted(maps.Keys(h.EntryPoints)) {
		e := h.EntryPoints[name]
		out = append(out, sim.EntryPoint{Name: name, Port: int32(e.Port), Speaks: speaks[e.Protocol]})
	}
	return out
}

// of returns the cluster whose ingress has a name in the zone, "" when none has.
func (d *doors) of(name string) string { return d.byHost[name] }
