package verify

import (
	"net/netip"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// ownSlices calls visit for every EndpointSlice of an app that moves, with the
// Service that it stands behind, nil when the app has none of that name.
func (p *PlanPass) ownSlices(visit func(a *plan.App, slice, service *manifest.Object)) {
	for _, a := range p.Moving() {
		for _, o := range a.Objects {
			if o.ID.Group != "discovery.k8s.io" || o.ID.Kind != "EndpointSlice" {
				continue
			}
			var behind *manifest.Object
			for _, s := range a.Services {
				if s.ID.Name == o.Text("metadata", "labels", serviceNameLabel) && s.ID.Namespace == o.ID.Namespace {
					behind = s
				}
			}
			visit(a, o, behind)
		}
	}
}

// serviceNameLabel says which Service an EndpointSlice stands behind
// (k8s.io/api/discovery/v1, LabelServiceName).
const serviceNameLabel = "kubernetes.io/service-name"

// skippedSliceCheck is H50: consumers skip a slice without the label of a Service
// or with that of headless ones, and match ports by name
// (k8s.io/kubernetes/pkg/proxy/endpointslicecache.go); of an endpoint whose
// condition ready is not stated some take it for ready and some do not.
var skippedSliceCheck = PlanCheck{
	Code: "H50", Severity: diag.Error,
	Summary: "an EndpointSlice of a moving app is one that consumers read",
	Run: func(p *PlanPass) {
		p.ownSlices(func(a *plan.App, slice, service *manifest.Object) {
			report := func(at manifest.Path, format string, args ...any) *diag.Diagnostic {
				return p.Reportf(a.Name, slice, at, "%s "+format, append([]any{slice.ID}, args...)...)
			}
			switch {
			case slice.Get("metadata", "labels", serviceNameLabel) == nil:
				report(manifest.P("metadata", "name"), "has no label %s: it stands behind no Service", serviceNameLabel).WithFix("add the label with the name of its Service")
				return
			case slice.Get("metadata", "labels", "service.kubernetes.io/headless") != nil:
				report(manifest.P("metadata", "labels", "service.kubernetes.io/headless"), "has the label of headless Services, and kube-proxy skips it").WithFix("remove the label")
			}
			for i, e := range slice.Get("endpoints").Items() {
				if e.Get("conditions", "ready").IsNull() {
					report(manifest.P("endpoints").Index(i), "does not say whether its endpoint is ready, and not every consumer takes that for yes").WithFix("set conditions: {ready: true}")
					break
				}
			}
			for i, port := range slice.Get("ports").Items() {
				if service != nil && !hasPortNamed(service, port.Text("name")) {
					report(manifest.P("ports").Index(i), "has a port named %q, and %s has none of that name: ports are matched by name", port.Text("name"), service.ID).WithFix("give it the name of the Service's port")
				}
			}
		})
	},
}

// hasPortNamed reports whether a Service has a port of a name.
func hasPortNamed(service *manifest.Object, name string) bool {
	for _, p := range service.Get("spec", "ports").Items() {
		if p.Text("name") == name {
			return true
		}
	}
	return false
}

// sliceAddressCheck is H51: the API server refuses loopback and link-local
// addresses (k8s.io/kubernetes/pkg/apis/core/validation,
// ValidateNonSpecialIP), and no consumer takes addresses of the type FQDN.
var sliceAddressCheck = PlanCheck{
	Code: "H51", Severity: diag.Error,
	Summary: "an EndpointSlice of a moving app holds addresses that can be reached",
	Run: func(p *PlanPass) {
		p.ownSlices(func(a *plan.App, slice, _ *manifest.Object) {
			if slice.Text("addressType") == "FQDN" {
				p.Reportf(a.Name, slice, manifest.P("addressType"), "%s holds names: no proxy takes them for addresses", slice.ID).
					WithFix("use an ExternalName Service")
				return
			}
			for i, e := range slice.Get("endpoints").Items() {
				for j, address := range e.Get("addresses").Items() {
					if why := p.unreachable(address.Value()); why != "" {
						p.Reportf(a.Name, slice, manifest.P("endpoints").Index(i).Join("addresses").Index(j), "%s holds the address %s, which %s", slice.ID, address.Value(), why).
							WithFix("use the address of a pod, a node or a machine")
					}
				}
			}
		})
	},
}

// unreachable says why nothing is reached at an address of a slice, "" when
// something may be.
func (p *PlanPass) unreachable(address string) string {
	a, err := netip.ParseAddr(address)
	switch {
	case err != nil:
		return "is no IP address"
	case a.IsLoopback():
		return "is the pod's own"
	case a.IsLinkLocalUnicast(), a.IsMulticast(), a.IsUnspecified():
		return "is not routed"
	}
	for _, o := range p.Graph.Inventory.Objects {
		if o.ID.Group == "" && o.ID.Kind == "Service" && o.Text("spec", "clusterIP") == address {
			return "is the virtual IP of " + o.ID.String() + ", which kube-proxy does not forward twice"
		}
	}
	return ""
}

// sliceRightsCheck is H52: since Kubernetes 1.22 the role edit of a new cluster
// does not let write EndpointSlices (CVE-2021-25740).
var sliceRightsCheck = PlanCheck{
	Code: "H52", Severity: diag.Warning,
	Summary: "whoever applies the phases may write EndpointSlices",
	Run: func(p *PlanPass) {
		p.ownSlices(func(a *plan.App, slice, _ *manifest.Object) {
			p.Reportf(a.Name, slice, manifest.P("metadata", "name"), "%s moves with app %s, and the role edit does not let anybody write an EndpointSlice in %s", slice.ID, a.Name, a.To).
				WithFix("give whoever applies the phases a Role for endpointslices of discovery.k8s.io in %s", a.To.Namespace)
		})
	},
}
