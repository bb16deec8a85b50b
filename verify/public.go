package verify

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// publicCheck is P6: every host and path that a route gives a meaning today
// leads to ready pods of the same app in every mixture of a phase's changes. Two
// routes that lead to the same app are one meaning.
var publicCheck = Check{
	Code: "P6", Severity: diag.Error,
	Summary: "every ingress host and path keeps exactly one meaning",
	Run: func(p *Pass) {
		p.exploreEntries(p.prover.public.touched(p.prover, p.t))
	},
}

// publicEntry is a host and path of a route of today's state, and who answers
// there.
type publicEntry struct {
	cluster string
	sim.Entry
	means meaning
	order string // by which entries are sorted
}

// publicTable finds the public entries that a change can touch.
type publicTable struct {
	byHost map[publicHost][]*publicEntry
	routes map[*item]map[*item]bool // the routes of the current state, by the Services that they name
	moving map[publicHost][]int     // of the transition that is looked at: the changes of routes of a host
}

// publicFailure is an entry that fails in a phase.
type publicFailure struct {
	toldKey
	diagnostic diag.Diagnostic
}

// toldKey is what makes two failures of an entry the same: it is told once.
type toldKey struct {
	entry *publicEntry
	code  diag.Code
}

// publicHost is a host of the routes of a cluster.
type publicHost struct{ cluster, host string }

func newPublicTable() *publicTable {
	return &publicTable{byHost: map[publicHost][]*publicEntry{}, routes: map[*item]map[*item]bool{}}
}

// learnPublic asks today's state who answers at every host and path.
func (p *prover) learnPublic(today *render.State) {
	var clusters []string
	for _, c := range today.Changes {
		clusters = append(clusters, c.Key.Cluster)
	}
	slices.Sort(clusters)
	for _, cluster := range slices.Compact(clusters) {
		for _, host := range p.world.Hosts(cluster) {
			for _, e := range p.world.Table(cluster, host) {
				p.learnEntry(&publicEntry{cluster: cluster, Entry: e})
			}
		}
	}
}

func (p *prover) learnEntry(e *publicEntry) {
	for _, result := range p.askEntry(e, outcomeAlone) {
		if result.Outcome != sim.OK && result.Outcome != sim.Unknown {
			p.diags.Warnf("P6", e.Claims[0].Pos, "%s leads nowhere today, before anything moves (%s): the proof leaves it out", e.name(), result.Outcome)
			return
		}
		for _, b := range result.Backends {
			owner := p.owner(p.at(backendKey(b)))
			e.means.owners = append(e.means.owners, owner)
			e.means.reached = append(e.means.reached, reached{owner: owner, port: b.Port})
		}
	}
	slices.Sort(e.means.owners)
	e.means.owners = slices.Compact(e.means.owners)
	e.order = strings.Join([]string{e.cluster, e.Host, e.Path, fmt.Sprint(e.Kind, e.Flavour), e.Class, e.Conditions}, "\x00")
	host := publicHost{e.cluster, e.Host}
	p.public.byHost[host] = append(p.public.byHost[host], e)
}

// name names an entry for people.
func (e *publicEntry) name() string {
	host := e.Host
	if host == "" {
		host = "any host"
	}
	if e.Conditions != "" {
		return host + e.Path + " (" + e.Conditions + ")"
	}
	return host + e.Path
}

// request returns a host that the entry means.
func (e *publicEntry) request() string {
	rest, wild := strings.CutPrefix(e.Host, "*.")
	switch {
	case wild:
		return "any." + rest
	case e.Host == "":
		return "any.example"
	}
	return e.Host
}

// doorAddress is where requests from outside enter while they are asked about
// (RFC 5737: an address of documentation, which no manifest uses).
var doorAddress = netip.AddrFrom4([4]byte{192, 0, 2, 1})

// visitor is somebody outside, about whom no policy can tell anything.
var visitor = sim.PodGroup{Template: &sim.Template{DNSPolicy: "ClusterFirst"}}

// askEntry sends a request through an ingress of the entry's kind. Where chance
// or a condition decides where it goes, every possible answer is returned.
func (p *prover) askEntry(e *publicEntry, explain telling) []sim.Result {
	if e.Conditions == "" {
		p.world.SetDoor(doorAddress, sim.Door{
			Cluster: e.cluster, Flavour: e.Flavour, Class: e.Class, Entries: []sim.EntryPoint{{Port: 80, Speaks: sim.SpeaksAll}},
			ExternalNames: e.Flavour == sim.Nginx, CrossNamespace: true,
		})
		result := p.asks(explain, sim.Call{
			Cluster: e.cluster, From: visitor, Host: doorAddress.String(), Port: 80, Scheme: "http", Authority: e.request(), Path: e.Path,
		})
		p.world.RemoveDoor(doorAddress)
		if result.Outcome != sim.Ambiguous && (result.Outcome != sim.Unknown || len(result.Backends) > 0) {
			return []sim.Result{result}
		}
	}
	return p.askClaims(e, explain)
}

// telling says whether an answer is to be told hop by hop, which costs far more
// than the answer.
type telling uint8

const (
	outcomeAlone telling = iota
	hopByHop
)

// asks asks a call, and has it told if that is wanted.
func (p *prover) asks(explain telling, c sim.Call) sim.Result {
	if explain == hopByHop {
		return p.world.Explain(c)
	}
	return p.world.Call(c)
}

// askClaims asks the Services of every route that wins the entry.
func (p *prover) askClaims(e *publicEntry, explain telling) []sim.Result {
	now := p.claims(e)
	var out []sim.Result
	for _, backends := range now.Meanings() {
		for _, b := range backends {
			out = append(out, p.askBackend(e, b, explain))
		}
	}
	if out == nil {
		out = append(out, sim.Result{Outcome: sim.Unreachable})
	}
	return out
}

// claims returns the entry as it is in the world now, without claims when no
// route means it.
func (p *prover) claims(e *publicEntry) sim.Entry { return p.world.Claims(e.cluster, e.Entry) }

// askBackend asks a Service that a route leads to. Policies are left out: who
// the ingress is, is not known here.
func (p *prover) askBackend(e *publicEntry, b sim.RouteBackend, explain telling) sim.Result {
	o := p.world.Object(e.cluster, service{e.cluster, b.Namespace, b.Name}.key().ID)
	if o == nil {
		return sim.Result{Outcome: sim.Refused}
	}
	port := plan.ResolvePort(o, b.Port)
	if b.Port == "" {
		port, _ = o.Get("spec", "ports", "0", "port").Int()
	}
	result := p.asks(explain, sim.Call{Cluster: e.cluster, From: visitor, Host: b.Name + "." + b.Namespace + ".svc." + p.domain(e.cluster) + ".", Port: int32(port)})
	if result.Outcome == sim.Denied {
		result.Outcome = sim.OK
	}
	return result
}

// domain returns the DNS domain of a cluster.
func (p *prover) domain(cluster string) string { return p.graph.Plan.Spec.DomainOf(cluster) }

// trackRoute keeps the routes findable by the Services that they name.
func (p *prover) trackRoute(it *item, before, after *facts) {
	for _, s := range p.routed(it, before) {
		delete(p.public.routes[s], it)
	}
	for _, s := range p.routed(it, after) {
		if p.public.routes[s] == nil {
			p.public.routes[s] = map[*item]bool{}
		}
		p.public.routes[s][it] = true
	}
}

// routed returns the Services that a route names, none for other objects.
func (p *prover) routed(it *item, route *facts) []*item {
	if route == nil || !plan.IsRoute(route.object) {
		return nil
	}
	var out []*item
	for _, r := range route.found {
		if r.Refers == refs.ToService && r.Certainty == refs.Certain {
			out = append(out, p.serviceItem(service{it.Cluster, r.Target.Namespace, r.Target.Name}))
		}
	}
	return out
}

// touched returns the entries that a transition can change the answer of.
func (x *publicTable) touched(p *prover, t *transition) []*publicEntry {
	if len(x.byHost) == 0 {
		return nil
	}
	hosts := map[publicHost]bool{}
	x.moving = map[publicHost][]int{}
	for i, c := range t.changes {
		if !plan.IsRoute(objectOf(c)) {
			continue
		}
		for _, host := range p.hostsOf(c.Key.Cluster, c.Before, c.After) {
			hosts[host] = true
			x.moving[host] = append(x.moving[host], i)
		}
	}
	seen := map[*item]bool{}
	for _, s := range t.decided {
		for route := range x.routes[s] { // a set is made of it
			if seen[route] {
				continue
			}
			seen[route] = true
			for _, host := range p.hostsOf(s.Cluster, route.object()) {
				hosts[host] = true
			}
		}
	}
	var out []*publicEntry
	for host := range hosts { // put into order below
		out = append(out, x.byHost[host]...)
	}
	slices.SortFunc(out, func(a, b *publicEntry) int { return strings.Compare(a.order, b.order) })
	return out
}

// hostsOf returns the hosts that versions of a route name, each once.
func (p *prover) hostsOf(cluster string, versions ...*manifest.Object) []publicHost {
	var out []publicHost
	for _, o := range nonNil(versions...) {
		_, names := p.world.HostsOf(o)
		for _, name := range names {
			if host := (publicHost{cluster, name}); !slices.Contains(out, host) {
				out = append(out, host)
			}
		}
	}
	return out
}
