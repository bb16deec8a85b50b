package sim

import (
	"slices"
	"strings"
)

// endpoint is where a Service leads: a pod group of the world, or an address
// that a slice in the manifests states.
type endpoint struct {
	group *PodGroup // nil for an address
	slice *slice
	at    *sliceAddress
	// ready and draining are the conditions that the EndpointSlice controller
	// would set (endpointslice/utils.go, podToEndpoint): publishNotReadyAddresses
	// makes every pod ready.
	ready, draining bool
}

// endpointsOf returns the endpoints of a Service. They are computed anew only
// when pods or slices of the namespace have changed.
func (ns *namespace) endpointsOf(s *serviceEntry) []endpoint {
	if s.version == ns.podsVersion {
		return s.endpoints
	}
	s.version = ns.podsVersion
	s.endpoints, s.led = s.endpoints[:0:0], s.led[:0]
	ns.selected(s.selector, func(g *PodGroup) {
		s.endpoints = append(s.endpoints, endpoint{
			group:    g,
			ready:    s.publish || g.Readiness == Ready,
			draining: !s.publish && g.Readiness == Terminating,
		})
	})
	for _, sl := range ns.slices[s.id().Name] {
		if sl.mirrored && s.selector != nil {
			continue
		}
		for i := range sl.addresses {
			a := &sl.addresses[i]
			s.endpoints = append(s.endpoints, endpoint{slice: sl, at: a, ready: a.ready, draining: a.draining})
		}
	}
	return s.endpoints
}

// destination is an endpoint with the port that a connection goes to.
type destination struct {
	endpoint
	port int32
}

// destinations returns where kube-proxy sends connections to one port of a
// Service: to the ready endpoints that have the port, else to those that serve
// while they terminate (k8s.io/kubernetes/pkg/proxy/topology.go,
// CategorizeEndpoints). Pods without the named target port are left out
// silently, as the EndpointSlice controller does.
func (ns *namespace) destinations(s *serviceEntry, p *servicePort) (to []destination, fallback bool) {
	endpoints := ns.endpointsOf(s)
	for i := range s.led {
		if s.led[i].port == p {
			return s.led[i].to, s.led[i].fallback
		}
	}
	to, fallback = lead(endpoints, p)
	s.led = append(s.led, led{p, to, fallback})
	return to, fallback
}

// lead finds the destinations of a port among endpoints.
func lead(endpoints []endpoint, p *servicePort) (out []destination, fallback bool) {
	var draining []destination
	for _, e := range endpoints {
		if !e.ready && !e.draining || e.slice != nil && e.slice.unproxied {
			continue
		}
		port := e.portOf(p)
		switch {
		case port == 0:
		case e.ready:
			out = append(out, destination{e, port})
		default:
			draining = append(draining, destination{e, port})
		}
	}
	if len(out) == 0 {
		return draining, len(draining) > 0
	}
	return out, false
}

// portOf returns the port of an endpoint for a port of its Service: targetPort
// for pods, the slice port of the same name and protocol for addresses. 0 means
// that it has none.
func (e endpoint) portOf(p *servicePort) int32 {
	switch {
	case e.group == nil:
		for i := range e.slice.ports {
			if e.slice.ports[i].name == p.name && e.slice.ports[i].protocol == p.protocol {
				return e.slice.ports[i].number
			}
		}
		return 0
	case p.target.name != "":
		return e.group.Template.port(p.target.name, p.protocol)
	}
	return p.target.number
}

// named reports whether CoreDNS knows the endpoint by a name below its Service
// (plugin/kubernetes, endpointHostname): by hostname, else by its dashed IP. The
// hostname of a pod counts only below the Service that its subdomain names
// (endpointutil.ShouldSetHostname).
func (e endpoint) named(name, service string) bool {
	if e.group == nil {
		if e.at.hostname != "" {
			return strings.EqualFold(e.at.hostname, name)
		}
		return dashed(e.at.ip) == name
	}
	t := e.group.Template
	if t.Subdomain != service {
		return false
	}
	if t.Ordinals {
		return ordinalOf(name, e.group.Workload.Name, t.First, e.group.Replicas)
	}
	return t.Hostname != "" && strings.EqualFold(t.Hostname, name)
}

// dashed returns the name that stands for an address.
func dashed(ip string) string {
	if strings.Contains(ip, ".") {
		return strings.ReplaceAll(ip, ".", "-")
	}
	name := strings.ReplaceAll(ip, ":", "-")
	if strings.HasSuffix(name, "-") {
		name += "0"
	}
	return name
}

// ordinalOf reports whether a name is that of one of a StatefulSet's pods.
func ordinalOf(name, set string, first, replicas int64) bool {
	prefix, digits := name[:max(strings.LastIndexByte(name, '-'), 0)], name[strings.LastIndexByte(name, '-')+1:]
	if !strings.EqualFold(prefix, set) || len(digits) == 0 || len(digits) > 9 || digits[0] == '0' && len(digits) > 1 {
		return false
	}
	var n int64
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
		n = n*10 + int64(digits[i]-'0')
	}
	return n >= first && n < first+replicas
}

// resolvable returns the endpoints that a lookup of the Service's own name, or
// of one endpoint of it, yields: the ready ones.
func (ns *namespace) resolvable(s *serviceEntry, endpointName string) []endpoint {
	all := ns.endpointsOf(s)
	skip := func(e endpoint) bool {
		return !e.ready || endpointName != "" && !e.named(endpointName, s.id().Name)
	}
	if !slices.ContainsFunc(all, skip) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), skip)
}
