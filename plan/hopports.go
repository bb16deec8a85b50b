package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// findPorts works out how the ports of each hop pass the ingresses, and forgets
// hops that nobody needs and no ingress could carry.
func (m *mover) findPorts(x *hops) {
	x.all = slices.DeleteFunc(x.all, func(h *hop) bool {
		h.ports = map[string][]HopPort{}
		carried := 0
		for _, door := range h.doors() {
			if door == h.app.From.Cluster && !h.needsOld() {
				continue
			}
			h.ports[door] = m.portsAt(h, door)
			carried += len(h.ports[door])
		}
		if carried > 0 || m.called(h.callee) {
			return false
		}
		m.diags.Infof("H45", h.service.Pos("spec", "ports"), "no app of the plan calls %s, and the ingress listens on none of its ports: its name ends with the old pods", h.service.ID).
			WithApp(h.app.Name)
		delete(x.byService, h.service)
		return true
	})
	m.checkShared(x)
}

// checkShared reports entry points that several Services would need for
// themselves: without a server name nothing tells their calls apart.
func (m *mover) checkShared(x *hops) {
	type entry struct{ cluster, name string }
	users := map[entry]*hop{}
	for _, h := range x.all {
		for _, door := range h.doors() {
			for _, p := range h.ports[door] {
				first := users[entry{door, p.EntryPoint}]
				switch {
				case p.Protocol != TCP:
				case first == nil:
					users[entry{door, p.EntryPoint}] = h
				case first != h:
					m.diags.Errorf("H46", h.service.Pos("spec", "ports"), "%s and %s both pass the entry point %s of cluster %s, where nothing tells their calls apart", first.service.ID, h.service.ID, p.EntryPoint, door).
						WithFix("give each an entry point of its own, with `cutover: relay` where the number of the port differs").
						WithNote(first.service.Pos("spec", "ports"), "the other Service").WithApp(h.app.Name)
				}
			}
		}
	}
}

// called reports whether another app calls a Service.
func (m *mover) called(c callee) bool {
	return slices.ContainsFunc(m.graph.Edges, func(e *Edge) bool { return e.Service == c.service })
}

// portsAt returns how the ports of a Service pass the ingress of a cluster.
// Ports that nobody calls are left out where it listens on none of that number.
func (m *mover) portsAt(h *hop, cluster string) []HopPort {
	spec := m.graph.Plan.Spec.HopOf(cluster)
	if spec == nil || !m.hasEndpoints(h) {
		return nil
	}
	var out []HopPort
	for i, p := range h.service.Get("spec", "ports").Items() {
		number, _ := p.Get("port").Int()
		port := HopPort{Port: number, Name: p.Text("name"), Dial: number, Protocol: m.protocolOf(h.callee, p)}
		at := manifest.P("spec", "ports").Index(i)
		if name, entry := spec.entryPoint(port, h.relaysTo(cluster)); name != "" {
			port.EntryPoint, port.Protocol, port.Dial = name, cmp.Or(entry.Protocol, port.Protocol), int64(entry.Port)
			if m.carries(h, cluster, port, at) {
				out = append(out, port)
			}
		} else if m.callsPort(h.callee, number) {
			m.diags.Errorf("H45", h.service.Pos(at...), "%s is called at port %d, and the ingress of cluster %s has no entry point with that number: an alias cannot change a port", h.service.ID, number, cluster).
				WithFix("add the port to spec.clusters.%s.hop.entryPoints, and to the ingress, or use `cutover: relay` for the Service", cluster).WithApp(h.app.Name)
		}
	}
	return out
}

// hasEndpoints reports whether a Service leads to pods by a selector and has a
// virtual IP of its own: only then does an ingress do for its callers.
func (m *mover) hasEndpoints(h *hop) bool {
	called := m.called(h.callee)
	switch {
	case Headless(h.service) && called:
		m.diags.Errorf("H12", h.service.Pos("spec", "clusterIP"), "%s is headless: its callers dial the pods themselves, which another cluster cannot reach", h.service.ID).
			WithFix("give it a second Service with a virtual IP, and let its callers use that").WithApp(h.app.Name)
	case h.service.Get("spec", "selector").Len() == 0 && called:
		m.diags.Errorf("H46", h.service.Pos("spec"), "%s has no selector: what it leads to is not known, and an ingress cannot lead there", h.service.ID).
			WithFix("let its callers use what it stands for").WithApp(h.app.Name)
	}
	return !Headless(h.service) && h.service.Get("spec", "selector").Len() > 0
}

// callsPort reports whether an app calls a port of a Service, as far as is known.
func (m *mover) callsPort(c callee, port int64) bool {
	return slices.ContainsFunc(m.graph.Edges, func(e *Edge) bool {
		return e.Service == c.service && (e.Port == "" || ResolvePort(c.service, e.Port) == port)
	})
}

// relaysTo reports whether all calls that pass the ingress of a cluster come from
// relays, which may dial any port.
func (h *hop) relaysTo(cluster string) bool {
	if cluster == h.app.From.Cluster {
		return h.reachBy == CutoverRelay
	}
	return h.cutover == CutoverRelay
}

// entryPoint returns the entry point with the number of a port, of several the
// one that speaks its protocol, else the first by name; "" when there is none.
// For relays one of another number will do, if it speaks the protocol.
func (h *Hop) entryPoint(p HopPort, relayed bool) (string, EntryPoint) {
	found := ""
	for _, name := range slices.Sorted(maps.Keys(h.EntryPoints)) {
		if relayed && h.EntryPoints[name].Protocol == p.Protocol && found == "" {
			found = name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(h.EntryPoints)) {
		e := h.EntryPoints[name]
		if int64(e.Port) == p.Port && (found == "" || int64(h.EntryPoints[found].Port) != p.Port || e.Protocol == p.Protocol && h.EntryPoints[found].Protocol != p.Protocol) {
			found = name
		}
	}
	return found, h.EntryPoints[found]
}

// carries reports whether an ingress can carry a port, and says what to add when
// it cannot.
func (m *mover) carries(h *hop, cluster string, port HopPort, at manifest.Path) bool {
	flavour := m.graph.Plan.Spec.HopOf(cluster).Flavour
	spoken := m.protocolOf(h.callee, h.service.Get(at...))
	switch {
	case h.service.Get(at...).Text("protocol") == "UDP":
		m.refuse(h, at, "%s has a UDP port, which no hop carries", h.service.ID)
	case !flavour.carries(port.Protocol):
		m.refuse(h, at, "port %d of %s speaks %s, which routes of the flavour %s do not carry", port.Port, h.service.ID, port.Protocol, flavour)
	case spoken != port.Protocol && port.Protocol != TCP && !(spoken == TCP && port.Protocol == TLS):
		m.refuse(h, at, "port %d of %s speaks %s, and the entry point %s of cluster %s speaks %s", port.Port, h.service.ID, spoken, port.EntryPoint, cluster, port.Protocol)
	default:
		return true
	}
	return false
}

// refuse reports a port that cannot pass an ingress. It is an error when
// somebody calls it.
func (m *mover) refuse(h *hop, at manifest.Path, format string, args ...any) {
	number, _ := h.service.Get(at...).Get("port").Int()
	report := m.diags.Errorf
	if !m.callsPort(h.callee, number) {
		report = m.diags.Infof
	}
	report("H46", h.service.Pos(at...), format, args...).
		WithFix("add an entry point that says what is spoken on the port, {port: %d, protocol: %s}, to an ingress of the flavour traefik", number, m.protocolOf(h.callee, h.service.Get(at...))).
		WithApp(h.app.Name)
}

// carries reports whether a flavour has routes for a protocol.
func (f Flavour) carries(p Protocol) bool {
	switch f {
	case TraefikHop:
		return true
	case GatewayHop:
		return p == HTTP || p == GRPC
	case IngressHop:
	}
	return p == HTTP
}

// protocolOf says what is spoken on a port of a Service: what its appProtocol
// says (KEP-1422), else the URLs that callers use, else its name; HTTP when
// nothing says anything.
func (m *mover) protocolOf(c callee, port *manifest.Node) Protocol {
	if p := protocolNamed(port.Text("appProtocol")); p != "" {
		return p
	}
	number, _ := port.Get("port").Int()
	for _, e := range m.graph.Edges {
		if e.Service != c.service || e.Port != "" && ResolvePort(c.service, e.Port) != number {
			continue
		}
		for _, r := range e.Evidence {
			if p := protocolNamed(r.Scheme); p != "" {
				return p
			}
		}
	}
	word, _, _ := strings.Cut(port.Text("name"), "-")
	return cmp.Or(protocolNamed(word), HTTP)
}

// protocolNamed returns what a name of a protocol means, "" when it means nothing
// that is known: the values of appProtocol, schemes of URLs, and the first words
// of port names, which service meshes read in the same way.
func protocolNamed(name string) Protocol {
	name = strings.ToLower(name[strings.LastIndexByte(name, '/')+1:])
	switch name {
	case "http", "http2", "ws", "web":
		return HTTP
	case "grpc", "h2c":
		return GRPC
	case "https", "tls", "wss", "grpcs":
		return TLS
	case "tcp", "postgres", "postgresql", "pg", "mysql", "mariadb", "mongo", "mongodb", "redis", "rediss", "amqp", "amqps",
		"kafka", "nats", "mqtt", "smtp", "ldap", "sql", "cassandra", "memcached", "jdbc":
		return TCP
	}
	return ""
}
