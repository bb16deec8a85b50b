package sim

import "net/netip"

// connectAnswer opens a connection to what a name means.
func (q *query) connectAnswer(a answer) {
	switch {
	case a.service == nil:
		q.connectAddress(a.address)
		for _, other := range a.others {
			q.connectAddress(other)
		}
	case a.srv != nil && a.pods:
		q.connectEndpoints(a.service, "", a.srv)
	case a.srv != nil:
		q.connectVIP(a.service, a.srv)
	case a.pods:
		q.connectEndpoints(a.service, a.endpoint, nil)
	default:
		p := a.service.port(q.call.Port, q.call.Protocol)
		if p == nil {
			q.sayNoPort(a.service, q.call.Port)
			q.end(NoSuchPort)
			return
		}
		q.connectVIP(a.service, p)
	}
}

// connectVIP connects to a port of a Service through its virtual IP.
func (q *query) connectVIP(s *serviceEntry, p *servicePort) {
	if s.unproxied {
		q.sayUnproxied(s)
		q.end(Unknown)
		return
	}
	to, fallback := q.cluster.namespaces[s.id().Namespace].destinations(s, p)
	if len(to) == 0 {
		q.sayNobody(s, p)
		q.end(Refused)
		return
	}
	q.sayVIP(s, p, to, fallback)
	if s.local {
		// Which nodes have an endpoint is not in the manifests.
		q.result.Assumed = true
		q.sayLocal(s)
	}
	for i := range to {
		q.connectTo(s, &to[i])
	}
	q.endIfOpen(Refused)
}

// connectEndpoints connects to the pods of a Service by their own addresses.
// There is no translation of ports: the caller's port, or that of an SRV record,
// must be one that the pod listens on.
func (q *query) connectEndpoints(s *serviceEntry, endpointName string, srv *servicePort) {
	ns := q.cluster.namespaces[s.id().Namespace]
	for _, e := range ns.resolvable(s, endpointName) {
		port := q.call.Port
		if srv != nil {
			if port = e.portOf(srv); port == 0 {
				continue
			}
		}
		if !q.listens(s, &e, port) {
			q.sayNotListening(s, &e, port)
			q.end(NoSuchPort)
			continue
		}
		q.sayPod(s, &e, port)
		q.connectTo(s, &destination{e, port})
	}
	q.endIfOpen(Refused)
}

// listens reports whether something at an endpoint answers on a port, as far as
// manifests tell: a container declares it, or the Service leads to it, or
// nothing is declared at all, which is an assumption.
func (q *query) listens(s *serviceEntry, e *endpoint, port int32) bool {
	for i := range s.ports {
		if s.ports[i].protocol == q.call.Protocol && e.portOf(&s.ports[i]) == port {
			return true
		}
	}
	if e.group == nil {
		return len(e.slice.ports) == 0
	}
	t := e.group.Template
	if len(t.Ports) == 0 && len(s.ports) == 0 {
		q.result.Assumed = true
		q.sayUndeclared(e.group, port)
		return true
	}
	return t.declares(port, q.call.Protocol)
}

// connectTo connects to one endpoint at its port.
func (q *query) connectTo(s *serviceEntry, d *destination) {
	if d.group == nil {
		a, err := netip.ParseAddr(d.at.ip)
		if err != nil {
			q.end(Unreachable)
			return
		}
		q.connectOutside(a, d.port, s)
		return
	}
	q.result.Backends = append(q.result.Backends, Backend{
		Cluster:  q.cluster.name,
		Service:  s.id(),
		Workload: d.group.Workload,
		App:      d.group.App,
		Group:    d.group,
		Port:     d.port,
	})
	if s.publish && d.group.Readiness == NotReady {
		// It is an endpoint, but a connection to it may fail. Clients of such a
		// Service are taken to use another one if there is one.
		q.result.Assumed = true
		q.sayPublished(s, d)
		return
	}
	if q.sameSinglePod(d.group) {
		q.end(OK) // a pod may always talk to itself
		return
	}
	ns := q.cluster.namespace(d.group.Workload.Namespace)
	to := party{namespace: ns, template: d.group.Template}
	v := q.permit(&q.source, &to, d.port, q.call.Protocol)
	q.settle(v)
	if v >= assumed {
		q.end(OK)
	}
}

// sameSinglePod reports whether a group is the caller itself and has one pod.
func (q *query) sameSinglePod(g *PodGroup) bool {
	from := &q.call.From
	return g.Template == from.Template && g.Workload == from.Workload && g.Replicas == 1 && from.Replicas == 1
}

// connectAddress connects to a literal address: that of a Service whose manifest
// pins it, the caller itself, or something outside.
func (q *query) connectAddress(a netip.Addr) {
	if a.IsLoopback() {
		q.sayLoopback()
		if !q.call.From.Template.declares(q.call.Port, q.call.Protocol) {
			q.result.Assumed = true
			q.sayUndeclared(&q.call.From, q.call.Port)
		}
		from := q.call.From
		q.result.Backends = append(q.result.Backends, Backend{
			Cluster: q.cluster.name, Workload: q.call.From.Workload, App: q.call.From.App, Group: &from, Port: q.call.Port,
		})
		q.end(OK)
		return
	}
	if s := q.cluster.byIP[a.String()]; s != nil {
		q.sayPinned(a, s)
		q.connectAnswer(answer{code: found, service: q.cluster.service(s.id().Namespace, s.id().Name)})
		return
	}
	q.connectOutside(a, q.call.Port, nil)
}

// connectOutside connects to an address that is no pod's: to a door of a
// cluster, or to something that the manifests do not know.
func (q *query) connectOutside(a netip.Addr, port int32, via *serviceEntry) {
	v := q.permit(&q.source, &party{address: a}, port, q.call.Protocol)
	q.settle(v)
	if v == denied || v == undecided {
		return
	}
	if door, ok := q.world.outside.doors[a]; ok {
		q.enterDoor(&door, a, port)
		return
	}
	b := Backend{Cluster: q.cluster.name, Address: a, Port: port}
	if via != nil {
		b.Service = via.id()
	}
	q.result.Backends = append(q.result.Backends, b)
	q.sayUnknownAddress(a)
	q.end(Unknown)
}
