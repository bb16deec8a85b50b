package render

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// flip makes the old Service stand for the moved one.
func (f *folder) flip(s *plan.Flip) {
	key := f.keyAt(s.Service, s.At)
	old := f.current[key]
	if s.Lead != plan.ToTarget {
		f.flipAcross(s, key)
		return
	}
	if s.Cutover == plan.CutoverRelay {
		f.put(key, old.With(manifest.P("spec", "selector"), plan.RelayLabels(s.Service.ID.Name)), f.owner[key], "")
		return
	}
	target := manifest.ID{Kind: "Service", Namespace: s.App.To.Namespace, Name: s.Service.ID.Name}
	name := target.Name + "." + target.Namespace + ".svc." + f.domain(s.App.To.Cluster)
	f.put(key, f.alias(old, name), f.owner[key], "")
}

// flipAcross makes the name of a Service stand for the ingress of another
// cluster, or for itself again. Where the name is not there yet it is made.
func (f *folder) flipAcross(s *plan.Flip, key Key) {
	own := f.copyTo(s.Service, s.At, nil)
	if s.At == s.App.From {
		own = s.Service
	}
	o, why := own, "its pods are in this cluster now"
	switch {
	case s.Lead == plan.ToItself:
	case s.Cutover == plan.CutoverRelay:
		o, why = own.With(manifest.P("spec", "selector"), plan.RelayLabels(s.Service.ID.Name)), "leads through the relay to the ingress of cluster "+s.Hop()
	default:
		o, why = f.alias(own, f.graph.Plan.Spec.HopOf(s.Hop()).Host), "stands for the ingress of cluster "+s.Hop()
	}
	if f.current[key] == nil {
		f.make(key, o, f.graph.UnitOf(s.Service), why)
		return
	}
	f.put(key, o, f.owner[key], why)
}

// alias turns a Service into an ExternalName Service that stands for a name.
//
// The name is written in full because the cluster's DNS server never applies a
// search path to it (H06). Selector and ports stay: a Service that loses its
// selector keeps stale endpoints for good (H24), and ingress controllers read
// the ports, of which the target port must be the number of the target
// Service's port (H15). What belongs to a virtual IP is removed: a server
// refuses it in a new ExternalName Service (H23).
func (f *folder) alias(old *manifest.Object, name string) *manifest.Object {
	o := old
	for _, field := range vipFields {
		o = o.Without(manifest.P("spec", field))
	}
	for i, p := range o.Get("spec", "ports").Items() {
		path := manifest.P("spec", "ports").Index(i)
		number, ok := p.Get("port").Int()
		if !ok {
			f.diags.Errorf(diag.CodeRender, old.Pos(path.Join("port")...), "the port of %s is no number", old.ID)
			continue
		}
		o = o.With(path.Join("targetPort"), manifest.Int(number)).Without(path.Join("nodePort"))
	}
	return o.With(manifest.P("spec", "type"), manifest.Str("ExternalName")).
		With(manifest.P("spec", "externalName"), manifest.Str(name))
}

// vipFields are the fields of a Service that only make sense with a virtual IP
// (k8s.io/kubernetes/pkg/registry/core/service/strategy.go, dropTypeDependentFields).
var vipFields = [...]string{
	"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy", "externalTrafficPolicy",
	"healthCheckNodePort", "allocateLoadBalancerNodePorts", "loadBalancerClass", "loadBalancerIP",
	"loadBalancerSourceRanges", "externalIPs", "sessionAffinity", "sessionAffinityConfig", "trafficDistribution",
}

// unflip deletes the old name and, with it, the relay.
func (f *folder) unflip(s *plan.Unflip) {
	if s.Lead != plan.ToItself {
		f.remove(f.keyAt(s.Service, s.At), "")
	}
	if relay := f.relays[hopSide{s.Service, s.At}]; relay != nil {
		for _, o := range f.relayObjects(relay) {
			f.remove(Key{Cluster: s.At.Cluster, ID: o.ID}, "")
		}
		if s.Opening != nil {
			f.closeAll([]*plan.Opening{s.Opening})
		}
	}
}

// retire deletes what the app had at its old place.
func (f *folder) retire(s *plan.Retire) {
	for _, o := range s.Objects {
		f.remove(f.keyAt(o, s.App.From), "")
	}
	for _, shared := range s.Shared {
		f.remove(f.keyAt(shared.Object, shared.From), "nobody uses it in "+shared.From.String()+" any more")
	}
}
