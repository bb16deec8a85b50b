package sim

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"k8s.io/apimachinery/pkg/labels"
)

// The transport protocols that rules speak of by name.
const (
	tcp = "TCP"
	udp = "UDP"
)

// service is a decoded Service.
type service struct {
	object       *manifest.Object
	alias        bool   // type ExternalName
	externalName string // of an alias, lower case, without a dot at its end
	headless     bool
	selector     labels.Set // nil: the Service has endpoints only by slices of the manifests
	ports        []servicePort
	addresses    []string // virtual IPs that the manifest pins
	publish      bool     // publishNotReadyAddresses
	local        bool     // internalTrafficPolicy: Local
	unproxied    bool     // labelled service.kubernetes.io/service-proxy-name: kube-proxy leaves it alone
}

// servicePort is one entry of spec.ports.
type servicePort struct {
	name     string
	number   int32
	protocol string
	target   target

	appProtocol string
}

// target is a targetPort: a number, or the name of a container port.
type target struct {
	number int32
	name   string // decides when it is not empty
}

func decodeService(o *manifest.Object) *service {
	spec := o.Get("spec")
	s := &service{
		object:    o,
		alias:     spec.Text("type") == "ExternalName",
		headless:  spec.Text("clusterIP") == "None",
		publish:   spec.Get("publishNotReadyAddresses").Bool(),
		local:     spec.Text("internalTrafficPolicy") == "Local",
		unproxied: o.Get("metadata", "labels", "service.kubernetes.io/service-proxy-name") != nil,
		addresses: pinnedAddresses(spec),
	}
	if s.alias {
		s.externalName = strings.ToLower(strings.TrimSuffix(spec.Text("externalName"), "."))
	} else {
		s.selector = textMap(spec.Get("selector"))
	}
	for _, p := range spec.Get("ports").Items() {
		s.ports = append(s.ports, decodeServicePort(p))
	}
	return s
}

// pinnedAddresses lists the addresses that lead to a Service and stand in its manifest.
func pinnedAddresses(spec *manifest.Node) []string {
	if t := spec.Text("type"); t == "ExternalName" {
		return nil
	}
	all := append([]string{spec.Text("clusterIP"), spec.Text("loadBalancerIP")}, texts(spec.Get("clusterIPs"))...)
	all = append(all, texts(spec.Get("externalIPs"))...)
	var out []string
	for _, a := range all {
		if a != "" && a != "None" {
			out = append(out, a)
		}
	}
	return out
}

// decodeServicePort reads a port; without a targetPort it is the port itself
// (SetDefaults_Service).
func decodeServicePort(p *manifest.Node) servicePort {
	out := servicePort{
		name:     p.Text("name"),
		number:   portNumber(p.Get("port")),
		protocol: orDefault(p.Text("protocol"), tcp),

		appProtocol: p.Text("appProtocol"),
	}
	out.target = decodeTarget(p.Get("targetPort"))
	if out.target == (target{}) {
		out.target.number = out.number
	}
	return out
}

// decodeTarget reads an IntOrString: an integer is a number, a string is a name
// even when it looks like a number.
func decodeTarget(n *manifest.Node) target {
	if _, ok := n.Int(); ok {
		return target{number: portNumber(n)}
	}
	return target{name: n.Value()}
}

// portNumber returns a port number, 0 for anything that is none.
func portNumber(n *manifest.Node) int32 {
	v, ok := n.Int()
	if !ok || v < 0 || v > 65535 {
		return 0
	}
	return int32(v)
}

// id returns the Service's ID.
func (s *service) id() manifest.ID { return s.object.ID }

// port returns the port of a number and protocol, nil when the Service has none.
func (s *service) port(number int32, protocol string) *servicePort {
	for i := range s.ports {
		if s.ports[i].number == number && s.ports[i].protocol == protocol {
			return &s.ports[i]
		}
	}
	return nil
}

// srvPort returns the port of a name and protocol, as an SRV query asks for it.
func (s *service) srvPort(name, protocol string) *servicePort {
	for i := range s.ports {
		p := &s.ports[i]
		if (name == "" || strings.EqualFold(p.name, name)) && (protocol == "" || strings.EqualFold(p.protocol, protocol)) {
			return p
		}
	}
	return nil
}

func (s *service) enter(c *cluster) {
	ns := c.namespace(s.id().Namespace)
	ns.population++
	ns.services[s.id().Name] = &serviceEntry{service: s}
	c.seen[s.id().Name] = true
	for _, a := range s.addresses {
		if c.byIP[a] == nil {
			c.byIP[a] = s
		}
	}
}

func (s *service) leave(c *cluster) {
	ns := c.namespace(s.id().Namespace)
	ns.population--
	delete(ns.services, s.id().Name)
	for _, a := range s.addresses {
		if c.byIP[a] == s {
			delete(c.byIP, a)
		}
	}
}
