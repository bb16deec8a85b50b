package render

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// flip makes the old Service stand for the moved one.
func (f *folder) flip(s *plan.Flip) {
	key := f.keyOf(s.Service)
	old := f.current[key]
	if s.Cutover == plan.CutoverRelay {
		f.put(key, old.With(manifest.P("spec", "selector"), plan.RelayLabels(s.Service.ID.Name)), f.owner[key], "")
		return
	}
	target := manifest.ID{Kind: "Service", Namespace: s.App.To.Namespace, Name: s.Service.ID.Name}
	f.put(key, f.alias(old, target, f.domain(s.App.To.Cluster)), f.owner[key], "")
}

// alias turns a Service into an ExternalName Service that stands for another.
//
// The name is written in full because the cluster's DNS server never applies a
// search path to it (H06). Selector and ports stay: a Service that loses its
// selector keeps stale endpoints for good (H24), and ingress controllers read
// the ports, of which the target port must be the number of the target
// Service's port (H15). What belongs to a virtual IP is removed: a server
// refuses it in a new ExternalName Service (H23).
func (f *folder) alias(old *manifest.Object, target manifest.ID, domain string) *manifest.Object {
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
		With(manifest.P("spec", "externalName"), manifest.Str(target.Name+"."+target.Namespace+".svc."+domain))
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
	f.remove(f.keyOf(s.Service), "")
	if s.Cutover == plan.CutoverRelay {
		for _, o := range f.relayObjects(s.App, s.Service) {
			f.remove(Key{Cluster: s.App.From.Cluster, ID: o.ID}, "")
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
