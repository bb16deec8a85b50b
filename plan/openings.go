package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// Opening is an additional NetworkPolicy for one workload at one place: it lets
// calls through that cross namespaces because of the migration, where existing
// policies isolate the pods. Policies only ever add up, so nothing that is
// allowed today is closed by it.
type Opening struct {
	Workload *manifest.Object // whose pods it selects, as in the inventory; nil for a relay
	Relay    *manifest.Object // the Service whose relay pods it selects; nil for a workload
	At       Place
	In       []Flow // who may call, where the pods are isolated for ingress
	Out      []Flow // who may be called, where they are isolated for egress
	DNS      bool   // lookups are allowed too
}

// Flow is the other end of the calls that an opening lets through: the pods of a
// workload or of a relay at a place, all pods of a namespace (an ingress), or an
// address.
type Flow struct {
	Workload *manifest.Object
	Relay    *manifest.Object
	Address  string // of an ingress in another cluster; "" for pods
	At       Place
	Ports    []*manifest.Node // entries of a policy's ports: of what is called; all ports when there are none
	Kept     bool             // the calls go on after the migration
}

// Name returns the name of the policy.
func (o *Opening) Name() string {
	if o.Relay != nil {
		return RelayName(o.Relay)
	}
	return "rehome-" + o.Workload.ID.Name
}

// openings works out which policies a migration needs.
type openings struct {
	move     *mover
	policies map[Place][]*manifest.Object // that will be in force at a place at some time
	byPods   map[podsAt]*Opening
	order    []podsAt
	since    map[podsAt]int // the wave that first needs it
}

// podsAt is the pods of a workload, or of the relay of a Service, at a place.
type podsAt struct {
	workload, relay *manifest.Object
	at              Place
}

func (m *mover) findOpenings() *openings {
	o := &openings{move: m, policies: map[Place][]*manifest.Object{}, byPods: map[podsAt]*Opening{}, since: map[podsAt]int{}}
	o.collectPolicies()
	if len(o.policies) == 0 {
		return o
	}
	for _, e := range m.graph.Edges {
		if !e.Denied && (e.Caller.Moves() || e.Callee.Moves()) {
			o.addEdge(e)
		}
	}
	return o
}

// collectPolicies notes each policy where it is today and where copies of it
// are going to be.
func (o *openings) collectPolicies() {
	add := func(at Place, policy *manifest.Object) {
		if !slices.Contains(o.policies[at], policy) {
			o.policies[at] = append(o.policies[at], policy)
		}
	}
	for _, p := range o.move.graph.Inventory.Objects {
		if p.ID.IsNetworkPolicy() {
			add(Place{ClusterOf(p), p.ID.Namespace}, p)
		}
	}
	for _, a := range o.move.graph.Apps {
		for _, p := range a.Objects {
			if p.ID.IsNetworkPolicy() {
				add(a.To, p)
			}
		}
		for _, s := range a.Shared {
			if s.Object.ID.IsNetworkPolicy() {
				add(a.To, s.Object)
			}
		}
	}
}

// isPolicy reports whether an object decides who may talk to whom. Pods must
// never run without the policies that are meant for them: policies come before
// the pods and go after them.
func isPolicy(o *manifest.Object) bool { return strings.HasSuffix(o.ID.Kind, "NetworkPolicy") }

// policiesOf returns the policies of an app alone.
func policiesOf(a *App) []OwnPolicy {
	var out []OwnPolicy
	for _, o := range namespaced(a.Objects) {
		if isPolicy(o) {
			out = append(out, OwnPolicy{App: a, Object: o})
		}
	}
	return out
}

// addEdge adds the calls of one edge between all places that its two ends are
// at during the migration. Calls between the places of today are allowed by
// what is there.
func (o *openings) addEdge(e *Edge) {
	ports := policyPorts(e)
	for _, from := range places(e.Caller) {
		for _, to := range places(e.Callee) {
			if from.Cluster != to.Cluster {
				continue
			}
			if from == e.Caller.From && to == e.Callee.From || from == to && e.Caller.From == e.Callee.From {
				continue
			}
			o.addFlow(e, from, to, ports)
		}
	}
	o.addHop(e)
	if e.Callee.Moves() && e.Callee.From.Cluster == e.Callee.To.Cluster && o.move.cutover(e.Callee, e.Service) == CutoverRelay {
		o.addRelay(e, ports)
	}
}

func places(a *App) []Place {
	if a.Moves() {
		return []Place{a.From, a.To}
	}
	return []Place{a.From}
}

func (o *openings) addFlow(e *Edge, from, to Place, ports []*manifest.Node) {
	wave := max(o.waveAt(e.Caller, from), o.waveAt(e.Callee, to))
	for _, caller := range e.Caller.Workloads {
		for _, callee := range e.Callee.Workloads {
			if !SelectsEqual(e.Service.Get("spec", "selector"), PodTemplate(callee).Get("metadata", "labels")) {
				continue
			}
			a, b := podsAt{workload: caller, at: from}, podsAt{workload: callee, at: to}
			o.open(a, b, ports, wave)
		}
	}
}

// addRelay adds the calls of an edge that pass a relay: from the caller to the
// relay, and from the relay on.
func (o *openings) addRelay(e *Edge, ports []*manifest.Node) {
	wave := o.move.waveOf[e.Callee]
	relay := podsAt{relay: e.Service, at: e.Callee.From}
	for _, caller := range e.Caller.Workloads {
		for _, from := range places(e.Caller) {
			o.open(podsAt{workload: caller, at: from}, relay, ports, max(wave, o.waveAt(e.Caller, from)))
		}
	}
	for _, callee := range e.Callee.Workloads {
		if SelectsEqual(e.Service.Get("spec", "selector"), PodTemplate(callee).Get("metadata", "labels")) {
			o.open(relay, podsAt{workload: callee, at: e.Callee.To}, ports, wave)
		}
	}
}

// waveAt returns the wave that brings an app to a place, 0 when it is there today.
func (o *openings) waveAt(a *App, at Place) int {
	if at == a.From {
		return 0
	}
	return o.move.waveOf[a]
}

// open lets one call through on both sides, where the side is isolated.
func (o *openings) open(from, to podsAt, ports []*manifest.Node, wave int) {
	if o.isolated(from, "Egress") {
		side := o.of(from, wave)
		side.Out = addFlow(side.Out, Flow{Workload: to.workload, Relay: to.relay, At: to.at, Ports: ports})
		side.DNS = side.DNS || from.relay != nil
	}
	if o.isolated(to, "Ingress") {
		side := o.of(to, wave)
		side.In = addFlow(side.In, Flow{Workload: from.workload, Relay: from.relay, At: from.at, Ports: ports})
	}
}

func addFlow(flows []Flow, f Flow) []Flow {
	if i := slices.IndexFunc(flows, func(g Flow) bool { return sameFlow(f, g) }); i >= 0 {
		flows[i].Kept = flows[i].Kept || f.Kept
		return flows
	}
	return append(flows, f)
}

func (o *openings) of(p podsAt, wave int) *Opening {
	if o.byPods[p] == nil {
		o.byPods[p] = &Opening{Workload: p.workload, Relay: p.relay, At: p.at}
		o.order = append(o.order, p)
		o.since[p] = wave
	}
	o.since[p] = min(o.since[p], wave)
	return o.byPods[p]
}

// isolated reports whether a policy selects the pods for a direction: then only
// what some policy allows gets through.
func (o *openings) isolated(p podsAt, direction string) bool {
	var labels *manifest.Node
	if p.workload != nil {
		labels = PodTemplate(p.workload).Get("metadata", "labels")
	} else {
		labels = RelayLabels(p.relay.ID.Name)
	}
	return slices.ContainsFunc(o.policies[p.at], func(policy *manifest.Object) bool {
		return AppliesTo(policy, direction) && Selects(policy.Get("spec", "podSelector"), labels)
	})
}

// AppliesTo reports whether a policy is about a direction: without policyTypes it
// is about ingress, and about egress when it has egress rules
// (k8s.io/kubernetes/pkg/apis/networking/v1/defaults.go).
func AppliesTo(policy *manifest.Object, direction string) bool {
	types := policy.Get("spec", "policyTypes")
	if types.Len() == 0 {
		return direction == "Ingress" || policy.Get("spec", "egress").Len() > 0
	}
	for _, t := range types.Items() {
		if t.Value() == direction {
			return true
		}
	}
	return false
}

// policyPorts returns the ports of the pods that an edge leads to, as entries of
// a policy: policies see the traffic behind the Service's translation.
func policyPorts(e *Edge) []*manifest.Node {
	var out []*manifest.Node
	for _, p := range e.Service.Get("spec", "ports").Items() {
		if e.Port != "" && p.Text("port") != e.Port && p.Text("name") != e.Port {
			continue
		}
		target := p.Get("targetPort")
		if target.IsNull() {
			target = p.Get("port")
		}
		port := manifest.Str(target.Value())
		if n, ok := target.Int(); ok {
			port = manifest.Int(n)
		}
		out = append(out, manifest.Map(
			manifest.F("protocol", manifest.Str(cmp.Or(p.Text("protocol"), "TCP"))),
			manifest.F("port", port),
		))
	}
	return out
}

// atWave returns the openings of workloads that a wave first needs.
func (o *openings) atWave(wave int) []*Opening {
	var out []*Opening
	for _, p := range o.order {
		if p.workload != nil && o.since[p] == wave {
			out = append(out, o.byPods[p])
		}
	}
	return out
}

// final returns what is left of the openings when every app is at its last
// place: the calls that cross namespaces for good.
func (o *openings) final() []*Opening {
	last := map[*manifest.Object]Place{}
	for _, a := range o.move.graph.Apps {
		for _, w := range a.Workloads {
			last[w] = a.To
		}
	}
	stays := func(f Flow) bool { return f.Kept || f.Workload != nil && last[f.Workload] == f.At }
	var out []*Opening
	for _, p := range o.order {
		if p.workload == nil || last[p.workload] != p.at {
			continue
		}
		whole := o.byPods[p]
		out = append(out, &Opening{Workload: p.workload, At: p.at, In: keepFlows(whole.In, stays), Out: keepFlows(whole.Out, stays)})
	}
	return out
}

func keepFlows(flows []Flow, keep func(Flow) bool) []Flow {
	return slices.DeleteFunc(slices.Clone(flows), func(f Flow) bool { return !keep(f) })
}

// ofRelay returns the opening of a relay's pods, nil where no policy isolates
// them.
func (o *openings) ofRelay(service *manifest.Object, at Place) *Opening {
	return o.byPods[podsAt{relay: service, at: at}]
}

// ofOld returns the openings of an app's pods at its old place.
func (o *openings) ofOld(a *App) []*Opening {
	var out []*Opening
	for _, w := range a.Workloads {
		if opening := o.byPods[podsAt{workload: w, at: a.From}]; opening != nil {
			out = append(out, opening)
		}
	}
	return out
}
