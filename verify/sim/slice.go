package sim

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
)

// The labels by which consumers find, or skip, an EndpointSlice
// (k8s.io/api/discovery/v1, k8s.io/api/core/v1.IsHeadlessService).
const (
	serviceNameLabel = "kubernetes.io/service-name"
	headlessLabel    = "service.kubernetes.io/headless"
	skipMirrorLabel  = "endpointslice.kubernetes.io/skip-mirror"
)

// slice is a decoded EndpointSlice, or one subset of an Endpoints object as the
// mirroring controller would write it.
type slice struct {
	object    *manifest.Object
	service   string
	mirrored  bool // from an Endpoints object: counts only for a Service without selector
	unproxied bool // kube-proxy skips slices with the headless label
	ports     []servicePort
	addresses []sliceAddress
}

// sliceAddress is one address of a slice.
type sliceAddress struct {
	ip       string
	hostname string
	ready    bool // a missing condition counts as true
	draining bool // not ready, but serving and terminating
}

// decodeSlice reads an EndpointSlice. Of address type FQDN no consumer takes
// addresses.
func decodeSlice(o *manifest.Object) resident {
	s := &slice{
		object:    o,
		service:   o.Text("metadata", "labels", serviceNameLabel),
		unproxied: o.Get("metadata", "labels", headlessLabel) != nil,
	}
	for _, p := range o.Get("ports").Items() {
		s.ports = append(s.ports, servicePort{name: p.Text("name"), number: portNumber(p.Get("port")), protocol: orDefault(p.Text("protocol"), tcp)})
	}
	if o.Text("addressType") != "FQDN" {
		for _, e := range o.Get("endpoints").Items() {
			s.addEndpoint(e)
		}
	}
	return &sliceSet{id: o.ID, all: []*slice{s}}
}

// addEndpoint adds the first address of an endpoint, the only one that kube-proxy
// uses, with the conditions as its endpointslicecache.go reads absent ones.
func (s *slice) addEndpoint(e *manifest.Node) {
	ip := e.Text("addresses", "0")
	if ip == "" {
		return
	}
	ready, serving := e.Get("conditions", "ready"), e.Get("conditions", "serving")
	isReady := ready.IsNull() || ready.Bool()
	s.addresses = append(s.addresses, sliceAddress{
		ip:       ip,
		hostname: e.Text("hostname"),
		ready:    isReady,
		draining: !isReady && (serving.IsNull() || serving.Bool()) && e.Get("conditions", "terminating").Bool(),
	})
}

// decodeEndpoints reads an Endpoints object. The mirroring controller makes
// slices of it unless it is labelled to be skipped.
func decodeEndpoints(o *manifest.Object) resident {
	set := &sliceSet{id: o.ID}
	if o.Text("metadata", "labels", skipMirrorLabel) == "true" {
		return set
	}
	for _, subset := range o.Get("subsets").Items() {
		s := &slice{object: o, service: o.ID.Name, mirrored: true}
		for _, p := range subset.Get("ports").Items() {
			s.ports = append(s.ports, servicePort{name: p.Text("name"), number: portNumber(p.Get("port")), protocol: orDefault(p.Text("protocol"), tcp)})
		}
		s.addSubset(subset, "addresses", true)
		s.addSubset(subset, "notReadyAddresses", false)
		set.all = append(set.all, s)
	}
	return set
}

func (s *slice) addSubset(subset *manifest.Node, field string, ready bool) {
	for _, a := range subset.Get(field).Items() {
		s.addresses = append(s.addresses, sliceAddress{ip: a.Text("ip"), hostname: a.Text("hostname"), ready: ready})
	}
}

// sliceSet is the slices of one object.
type sliceSet struct {
	id  manifest.ID
	all []*slice
}

func (set *sliceSet) enter(c *cluster) {
	ns := c.namespace(set.id.Namespace)
	ns.population++
	ns.podsVersion++
	for _, s := range set.all {
		bucket := ns.slices[s.service]
		at, _ := slices.BinarySearchFunc(bucket, s, compareSlices)
		ns.slices[s.service] = slices.Insert(bucket, at, s)
	}
}

func (set *sliceSet) leave(c *cluster) {
	ns := c.namespace(set.id.Namespace)
	ns.population--
	ns.podsVersion++
	for _, s := range set.all {
		ns.slices[s.service] = slices.DeleteFunc(ns.slices[s.service], func(o *slice) bool { return o == s })
	}
}

func compareSlices(a, b *slice) int { return a.object.ID.Compare(b.object.ID) }
