package sim

import (
	"sync"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// decoder reads each object once. Objects are immutable, so what was read of
// one stays true in every state that holds it; worlds that are clones of each
// other share one decoder.
type decoder struct {
	mu    sync.RWMutex
	cache map[*manifest.Object]resident
}

func newDecoder() *decoder { return &decoder{cache: map[*manifest.Object]resident{}} }

// decode returns what the simulator reads from an object.
func (d *decoder) decode(o *manifest.Object) resident {
	d.mu.RLock()
	r, ok := d.cache[o]
	d.mu.RUnlock()
	if ok {
		return r
	}
	r = decodeObject(o)
	d.mu.Lock()
	d.cache[o] = r
	d.mu.Unlock()
	return r
}

// template returns the decoded pod template of a workload, nil for other objects.
func (d *decoder) template(o *manifest.Object) *Template {
	if w, ok := d.decode(o).(*workload); ok {
		return w.group.Template
	}
	return nil
}

// decodeObject reads an object by its kind. Kinds that carry no traffic are
// kept for [World.Object] alone.
func decodeObject(o *manifest.Object) resident {
	switch o.ID.Group + "/" + o.ID.Kind {
	case "/Service":
		return decodeService(o)
	case "/Namespace":
		return decodeNamespace(o)
	case "/Endpoints":
		return decodeEndpoints(o)
	case "discovery.k8s.io/EndpointSlice":
		return decodeSlice(o)
	case "networking.k8s.io/NetworkPolicy":
		return decodePolicy(o)
	case "networking.k8s.io/Ingress":
		return decodeIngress(o)
	case "gateway.networking.k8s.io/HTTPRoute":
		return decodeHTTPRoute(o)
	case "gateway.networking.k8s.io/GRPCRoute":
		return decodeGRPCRoute(o)
	case "gateway.networking.k8s.io/TLSRoute":
		return decodeTLSRoute(o)
	case "gateway.networking.k8s.io/TCPRoute":
		return decodeTCPRoute(o)
	case "gateway.networking.k8s.io/Gateway":
		return decodeGateway(o)
	case "gateway.networking.k8s.io/ReferenceGrant":
		return decodeGrant(o)
	case "traefik.io/IngressRoute", "traefik.containo.us/IngressRoute":
		return decodeIngressRoute(o)
	case "traefik.io/IngressRouteTCP", "traefik.containo.us/IngressRouteTCP":
		return decodeIngressRouteTCP(o)
	case "traefik.io/Middleware", "traefik.containo.us/Middleware":
		return decodeMiddleware(o)
	case "externaldns.k8s.io/DNSEndpoint":
		return decodeDNSEndpoint(o)
	case "dns.cnrm.cloud.google.com/DNSRecordSet":
		return decodeDNSRecordSet(o)
	case RecordGroup + "/" + RecordKind:
		return decodeZoneRecord(o)
	}
	if template := plan.PodTemplate(o); template != nil {
		return decodeWorkload(o, template)
	}
	return bystander(o.ID.Namespace)
}

// bystander is an object that carries no traffic; its namespace exists through it.
type bystander string

func (b bystander) enter(c *cluster) {
	if b != "" {
		c.namespace(string(b)).population++
	}
}

func (b bystander) leave(c *cluster) {
	if b != "" {
		c.namespace(string(b)).population--
	}
}
