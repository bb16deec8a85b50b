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
		for _, e := range p.prover.public.touched(p.prover, p.t) {
			p.exploreEntry(e)
		}
	},
}

// publicEntry is a host and path of a route of today's state, and who answers
// there.
type publicEntry struct {
	cluster string
	sim.Entry
	means meaning
	told  map[diag.Code]bool // failures that have been reported
}

// publicTable finds the public entries that a change can touch.
type publicTable struct {
	byHost map[publicHost][]*publicEntry
	routes map[service]map[render.Key]bool // the routes of the current state, by the Services that they name
	moving map[publicHost][]int            // of the transition that is looked at: the changes of routes of a host
}

// publicHost is a host of the routes of a cluster.
type publicHost struct{ cluster, host string }

func newPublicTable() *publicTable {
	return &publicTable{byHost: map[publicHost][]*publicEntry{}, routes: map[service]map[render.Key]bool{}}
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
				p.learnEntry(&publicEntry{cluster: cluster, Entry: e, told: map[diag.Code]bool{}})
			}
		}
	}
}

func (p *prover) learnEntry(e *publicEntry) {
	for _, result := range p.askEntry(e) {
		if result.Outcome != sim.OK && result.Outcome != sim.Unknown {
			p.diags.Warnf("P6", e.Claims[0].Pos, "%s leads nowhere today, before anything moves (%s): the proof leaves it out", e.name(), result.Outcome)
			return
		}
		for _, b := range result.Backends {
			owner := p.owner(p.current[backendKey(b)])
			e.means.owners = append(e.means.owners, owner)
			e.means.reached = append(e.means.reached, reached{owner: owner, port: b.Port})
		}
	}
	slices.Sort(e.means.owners)
	e.means.owners = slices.Compact(e.means.owners)
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
func (p *prover) askEntry(e *publicEntry) []sim.Result {
	if e.Conditions == "" {
		p.world.SetDoor(doorAddress, sim.Door{
			Cluster: e.cluster, Flavour: e.Flavour, Class: e.Class, Entries: []sim.EntryPoint{{Port: 80, Speaks: sim.SpeaksAll}},
			ExternalNames: e.Flavour == sim.Nginx, CrossNamespace: true,
		})
		result := p.world.Explain(sim.Call{
			Cluster: e.cluster, From: visitor, Host: doorAddress.String(), Port: 80, Scheme: "http", Authority: e.request(), Path: e.Path,
		})
		p.world.RemoveDoor(doorAddress)
		if result.Outcome != sim.Ambiguous && (result.Outcome != sim.Unknown || len(result.Backends) > 0) {
			return []sim.Result{result}
		}
	}
	return p.askClaims(e)
}

// askClaims asks the Services of every route that wins the entry.
func (p *prover) askClaims(e *publicEntry) []sim.Result {
	now := p.claims(e)
	var out []sim.Result
	for _, backends := range now.Meanings() {
		for _, b := range backends {
			out = append(out, p.askBackend(e, b))
		}
	}
	if out == nil {
		out = append(out, sim.Result{Outcome: sim.Unreachable})
	}
	return out
}

// claims returns the entry as it is in the world now, without claims when no
// route means it.
func (p *prover) claims(e *publicEntry) sim.Entry {
	for _, now := range p.world.Table(e.cluster, e.Host) {
		if now.Flavour == e.Flavour && now.Class == e.Class && now.Kind == e.Kind && now.Path == e.Path && now.Conditions == e.Conditions {
			return now
		}
	}
	return sim.Entry{}
}

// askBackend asks a Service that a route leads to. Policies are left out: who
// the ingress is, is not known here.
func (p *prover) askBackend(e *publicEntry, b sim.RouteBackend) sim.Result {
	o := p.world.Object(e.cluster, service{e.cluster, b.Namespace, b.Name}.key().ID)
	if o == nil {
		return sim.Result{Outcome: sim.Refused}
	}
	port := plan.ResolvePort(o, b.Port)
	if b.Port == "" {
		port, _ = o.Get("spec", "ports", "0", "port").Int()
	}
	result := p.world.Explain(sim.Call{Cluster: e.cluster, From: visitor, Host: b.Name + "." + b.Namespace + ".svc." + p.domain(e.cluster) + ".", Port: int32(port)})
	if result.Outcome == sim.Denied {
		result.Outcome = sim.OK
	}
	return result
}

// domain returns the DNS domain of a cluster.
func (p *prover) domain(cluster string) string { return p.graph.Plan.Spec.DomainOf(cluster) }

// trackRoute keeps the routes findable by the Services that they name.
func (p *prover) trackRoute(key render.Key, before, after *manifest.Object) {
	for _, s := range p.routed(key, before) {
		delete(p.public.routes[s], key)
	}
	for _, s := range p.routed(key, after) {
		if p.public.routes[s] == nil {
			p.public.routes[s] = map[render.Key]bool{}
		}
		p.public.routes[s][key] = true
	}
}

// routed returns the Services that a route names, none for other objects.
func (p *prover) routed(key render.Key, o *manifest.Object) []service {
	if o == nil || !plan.IsRoute(o) {
		return nil
	}
	var out []service
	for _, r := range p.referencesOf(o) {
		if r.Refers == refs.ToService && r.Certainty == refs.Certain {
			out = append(out, service{key.Cluster, r.Target.Namespace, r.Target.Name})
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
	for s := range t.byService { // a set is made of it
		for route := range x.routes[s] {
			for _, host := range p.hostsOf(s.cluster, p.current[route]) {
				hosts[host] = true
			}
		}
	}
	var out []*publicEntry
	for host := range hosts { // put into order below
		out = append(out, x.byHost[host]...)
	}
	slices.SortFunc(out, func(a, b *publicEntry) int { return strings.Compare(a.order(), b.order()) })
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

// order returns a text by which entries are sorted.
func (e *publicEntry) order() string {
	return strings.Join([]string{e.cluster, e.Host, e.Path, fmt.Sprint(e.Kind, e.Flavour), e.Class, e.Conditions}, "\x00")
}
