package refs

import (
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// ServiceInfo is what the scanner has to know of a Service.
type ServiceInfo struct {
	Name      string
	Namespace string
	Ports     []string // numbers and names
	IPs       []IP     // that are known to be its own
}

// IP is an address of a Service.
type IP struct {
	Address string
	Of      string // for people: cluster IP, load balancer IP, external IP
}

// ServicesOf returns the Services among objects, in their order.
func ServicesOf(objects []*manifest.Object) []ServiceInfo {
	var out []ServiceInfo
	for _, o := range objects {
		if o.ID.IsService() {
			out = append(out, serviceInfo(o))
		}
	}
	return out
}

func serviceInfo(o *manifest.Object) ServiceInfo {
	info := ServiceInfo{Name: o.ID.Name, Namespace: o.ID.Namespace}
	for _, p := range o.Get("spec", "ports").Items() {
		info.Ports = append(info.Ports, p.Text("port"))
		if name := p.Text("name"); name != "" {
			info.Ports = append(info.Ports, name)
		}
	}
	info.IPs = addressesOf(o)
	return info
}

// addressesOf returns the IPs of a Service. A dump tells which ones a server gave
// it: they are no part of what is wanted of the object, but of what it was read
// from.
func addressesOf(o *manifest.Object) []IP {
	root := o.Root()
	if base := o.Base(); base != nil {
		root = base
	}
	var out []IP
	add := func(address, of string) {
		known := slices.ContainsFunc(out, func(ip IP) bool { return ip.Address == address })
		if address != "" && address != "None" && !known {
			out = append(out, IP{address, of})
		}
	}
	spec := root.Child("spec")
	add(spec.Text("clusterIP"), "cluster IP")
	for _, ip := range spec.Get("clusterIPs").Items() {
		add(ip.Value(), "cluster IP")
	}
	add(spec.Text("loadBalancerIP"), "load balancer IP")
	for _, in := range root.Get("status", "loadBalancer", "ingress").Items() {
		add(in.Text("ip"), "load balancer IP")
	}
	for _, ip := range spec.Get("externalIPs").Items() {
		add(ip.Value(), "external IP")
	}
	return out
}

func (s *ServiceInfo) hasPort(port string) bool {
	return slices.Contains(s.Ports, port)
}

// index finds Services by name, by address and by the variables that the
// kubelet makes of them.
type index struct {
	named      map[string][]*ServiceInfo // by name, one per namespace
	addressed  map[string]owned          // by IP
	variable   map[string][]*ServiceInfo // by the prefix of their environment variables
	namespaces map[string]bool
}

func newIndex(services []ServiceInfo, namespaces []string) *index {
	x := &index{
		named:      make(map[string][]*ServiceInfo, len(services)),
		addressed:  map[string]owned{},
		variable:   make(map[string][]*ServiceInfo, len(services)),
		namespaces: map[string]bool{},
	}
	for i := range services {
		s := &services[i]
		x.named[s.Name] = append(x.named[s.Name], s)
		prefix := strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
		x.variable[prefix] = append(x.variable[prefix], s)
		for _, ip := range s.IPs {
			x.addressed[ip.Address] = owned{s, ip.Of}
		}
		x.namespaces[s.Namespace] = true
	}
	for _, ns := range namespaces {
		x.namespaces[ns] = true
	}
	delete(x.namespaces, "")
	return x
}

// owned is an IP with the Service that has it.
type owned struct {
	*ServiceInfo
	of string
}

// find returns the Service of a name in a namespace, nil when there is none.
func (x *index) find(namespace, name string) *ServiceInfo { return in(namespace, x.named[name]) }

func in(namespace string, services []*ServiceInfo) *ServiceInfo {
	for _, s := range services {
		if s.Namespace == namespace {
			return s
		}
	}
	return nil
}
