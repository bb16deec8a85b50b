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
	ClusterIP string   // "" when none is stated
}

// ServicesOf returns the Services among objects, in their order.
func ServicesOf(objects []*manifest.Object) []ServiceInfo {
	var out []ServiceInfo
	for _, o := range objects {
		if o.ID.Group == "" && o.ID.Kind == "Service" {
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
	if ip := o.Text("spec", "clusterIP"); ip != "None" {
		info.ClusterIP = ip
	}
	return info
}

func (s *ServiceInfo) hasPort(port string) bool {
	return slices.Contains(s.Ports, port)
}

// index finds Services by name, by address and by the variables that the
// kubelet makes of them.
type index struct {
	named      map[string][]*ServiceInfo // by name, one per namespace
	addressed  map[string]*ServiceInfo   // by cluster IP
	variable   map[string][]*ServiceInfo // by the prefix of their environment variables
	namespaces map[string]bool
}

func newIndex(services []ServiceInfo, namespaces []string) *index {
	x := &index{
		named:      make(map[string][]*ServiceInfo, len(services)),
		addressed:  map[string]*ServiceInfo{},
		variable:   make(map[string][]*ServiceInfo, len(services)),
		namespaces: map[string]bool{},
	}
	for i := range services {
		s := &services[i]
		x.named[s.Name] = append(x.named[s.Name], s)
		prefix := strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
		x.variable[prefix] = append(x.variable[prefix], s)
		if s.ClusterIP != "" {
			x.addressed[s.ClusterIP] = s
		}
		x.namespaces[s.Namespace] = true
	}
	for _, ns := range namespaces {
		x.namespaces[ns] = true
	}
	delete(x.namespaces, "")
	return x
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
