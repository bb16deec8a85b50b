package plan

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
)

// passage is a way that calls of an edge take through an ingress for a while.
type passage struct {
	caller Place // where they come from
	name   Place // whose copy of the Service they call
	door   string
	callee Place // where they end
	wave   int
	kept   bool // for good
}

// addHop adds what the calls of an edge need to pass ingresses: the callers reach
// the address of the ingress, and the ingress reaches the pods behind the Service.
func (o *openings) addHop(e *Edge) {
	h := o.move.hops.byService[e.Service]
	if h == nil {
		return
	}
	for _, p := range h.passages(e) {
		hop := o.move.graph.Plan.Spec.HopOf(p.door)
		if hop == nil {
			continue
		}
		for _, port := range h.ports[p.door] {
			o.openOut(o.passing(e, h, p), p, hop, port)
		}
		o.openIn(e, p, hop)
	}
}

// passing returns the pods that dial an ingress for an edge: those of the callers,
// or of a relay beside them, which the callers have to reach then.
func (o *openings) passing(e *Edge, h *hop, p passage) []podsAt {
	relay := podsAt{relay: e.Service, at: p.name}
	var out []podsAt
	for _, w := range e.Caller.Workloads {
		pods := podsAt{workload: w, at: p.caller}
		if h.relaysTo(p.door) {
			o.open(pods, relay, policyPorts(e), p.wave)
			continue
		}
		out = append(out, pods)
	}
	if h.relaysTo(p.door) {
		out = append(out, relay)
	}
	return out
}

// passages lists the ways of an edge's calls through ingresses.
func (h *hop) passages(e *Edge) []passage {
	var out []passage
	old, target := h.app.From.Cluster, h.app.To.Cluster
	for _, at := range places(e.Caller) {
		if at.Cluster == old && h.rehearsed {
			out = append(out, passage{caller: at, name: h.app.From, door: old, callee: h.app.From, wave: h.begins()})
		}
		if at.Cluster == old && target != old {
			out = append(out, passage{caller: at, name: h.app.From, door: target, callee: h.app.To, wave: h.moves, kept: at == e.Caller.To})
		}
		for _, r := range h.reaches {
			if r.at.Cluster == at.Cluster {
				out = append(out, passage{caller: at, name: r.at, door: old, callee: h.app.From, wave: r.wave, kept: !h.app.Moves()})
			}
		}
	}
	return out
}

// openOut lets callers reach an ingress, where policies isolate them for egress.
// Inside its own cluster traffic to its address ends at its pods, because
// kube-proxy translates it before policies are asked.
func (o *openings) openOut(dialling []podsAt, p passage, hop *Hop, port HopPort) {
	for _, pods := range dialling {
		if !o.isolated(pods, "Egress") {
			continue
		}
		side := o.of(pods, p.wave)
		side.DNS = side.DNS || pods.relay != nil
		side.Out = addFlow(side.Out, Flow{Address: hop.Address, Ports: []*manifest.Node{tcpPort(port.Dial)}, Kept: p.kept})
		if p.caller.Cluster == p.door {
			side.Out = addFlow(side.Out, Flow{At: Place{p.door, hop.HomeNamespace()}, Kept: p.kept})
		}
	}
}

// openIn lets an ingress reach the pods of a Service, where policies isolate
// them for ingress.
func (o *openings) openIn(e *Edge, p passage, hop *Hop) {
	for _, w := range e.Callee.Workloads {
		pods := podsAt{workload: w, at: p.callee}
		if SelectsEqual(e.Service.Get("spec", "selector"), PodTemplate(w).Get("metadata", "labels")) && o.isolated(pods, "Ingress") {
			side := o.of(pods, p.wave)
			side.In = addFlow(side.In, Flow{At: Place{p.door, hop.HomeNamespace()}, Ports: policyPorts(e), Kept: p.kept})
		}
	}
}

func tcpPort(number int64) *manifest.Node {
	return manifest.Map(manifest.F("protocol", manifest.Str("TCP")), manifest.F("port", manifest.Int(number)))
}

// sameFlow reports whether two flows allow the same.
func sameFlow(f, g Flow) bool {
	return f.Workload == g.Workload && f.Relay == g.Relay && f.Address == g.Address && f.At == g.At &&
		slices.EqualFunc(f.Ports, g.Ports, (*manifest.Node).Equal)
}
