package verify

import (
	"fmt"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// exploration is a public entry with what is found out about it in a phase.
type exploration struct {
	entry   *publicEntry
	own     []int // the changes that can decide about it, without those of routes
	mix     together
	relayed bool // a relay may be on the way
	alias   bool // an ExternalName Service may stand behind it
	worst   map[diag.Code]*failure
}

// exploreEntries asks public entries in every combination of the changes that
// can touch each, and reports the smallest one in which an entry fails. What
// changes a route may concern many entries, and costs as much: entries that the
// same routes concern are looked at together, in one mixture of the routes after
// the other.
func (p *Pass) exploreEntries(entries []*publicEntry) {
	all := make([]exploration, len(entries))
	groups := map[string][]*exploration{}
	var order []string
	for i, e := range entries {
		all[i].entry = e
		routes := fmt.Sprint(p.routesOf(e))
		if groups[routes] == nil {
			order = append(order, routes)
		}
		groups[routes] = append(groups[routes], &all[i])
	}
	for _, routes := range order {
		p.exploreGroup(groups[routes], p.routesOf(groups[routes][0].entry))
	}
	for i := range all {
		for _, code := range [...]diag.Code{"P6", "H33"} {
			if f := all[i].worst[code]; f != nil {
				p.reportEntry(all[i].entry, f)
			}
		}
	}
}

// routesOf returns the changes of routes of an entry's host.
func (p *Pass) routesOf(e *publicEntry) []int {
	return p.prover.public.moving[publicHost{e.cluster, e.Host}]
}

// exploreGroup asks the entries that the same changes of routes concern.
func (p *Pass) exploreGroup(group []*exploration, routes []int) {
	p.prover.relevantToEntries(p.t, group, routes)
	for _, x := range group {
		if n := len(x.mix.every) + len(routes); n > maxTogether {
			x.note(&failure{code: "P6", text: fmt.Sprintf("%d changes of this phase touch it, too many to look at in all combinations", n)}, nil)
		}
	}
	if len(routes) > maxTogether {
		return
	}
	p.prover.mixtures(p.t, together{every: routes}, func(outer []int) {
		for _, x := range group {
			if len(x.mix.every)+len(routes) > maxTogether {
				continue
			}
			p.prover.mixtures(p.t, x.mix, func(applied []int) {
				p.t.proof.States++
				if f := p.prover.tryEntry(x); f != nil {
					x.note(f, slices.Concat(outer, applied))
				}
			})
		}
	})
}

// note keeps a failure if it is smaller than what has failed before.
func (x *exploration) note(f *failure, applied []int) {
	f.applied = slices.Sorted(slices.Values(applied))
	if known := x.worst[f.code]; known != nil && known.size() <= f.size() {
		return
	}
	if x.worst == nil {
		x.worst = map[diag.Code]*failure{}
	}
	x.worst[f.code] = f
}

// relevantToEntries finds the changes that can decide about entries besides the
// changes of their routes: what the Services behind them depend on, before and
// after.
func (p *prover) relevantToEntries(t *transition, group []*exploration, routes []int) {
	services := make([][]service, len(group))
	behind := func() {
		for i, x := range group {
			services[i] = append(services[i], p.behind(x.entry)...)
		}
	}
	behind()
	if len(routes) > 0 {
		for _, i := range routes {
			p.toggle(t, i, true)
		}
		behind()
		for _, i := range routes {
			p.toggle(t, i, false)
		}
	}
	for i, x := range group {
		for _, s := range services[i] {
			p.relevantBehind(t, x, s, routes)
		}
		slices.Sort(x.own)
		x.mix = p.split(t, slices.Compact(x.own), x.relayed)
	}
}

// relevantBehind is about one Service behind an entry.
func (p *prover) relevantBehind(t *transition, x *exploration, s service, routes []int) {
	for _, it := range p.ways(&call{targets: []*item{p.serviceItem(s)}}, t) {
		for _, f := range p.versions(t, it) {
			x.alias = x.alias || isServiceKey(it.Key) && f.object.Text("spec", "type") == "ExternalName"
		}
		x.relayed = x.relayed || it.Kind == "ConfigMap" || it.isPoint()
		if it.seen != t || it.Kind == "ConfigMap" {
			continue
		}
		for _, i := range it.deciding {
			if !slices.Contains(routes, i) {
				x.own = append(x.own, i)
			}
		}
	}
}

// behind returns the Services of all routes that claim an entry.
func (p *prover) behind(e *publicEntry) []service {
	var out []service
	for _, claim := range p.claims(e).Claims {
		for _, b := range claim.Backends {
			out = append(out, service{e.cluster, b.Namespace, b.Name})
		}
	}
	return out
}

// tryEntry asks an entry in the world as it is now. A route that has moved to
// another cluster answers there: who leads public names to which cluster is not in
// the manifests.
func (p *prover) tryEntry(x *exploration) *failure {
	e := x.entry
	f := p.tryCluster(x, e)
	if f == nil || f.code != "P6" || len(p.claims(e).Claims) > 0 {
		return f
	}
	for _, cluster := range p.clusters {
		moved := *e
		if moved.cluster = cluster; cluster != e.cluster && len(p.claims(&moved).Claims) > 0 && p.tryCluster(x, &moved) == nil {
			p.assumeText(fmt.Sprintf("requests for %s are sent to the ingress of cluster %s before its route in cluster %s is removed", e.name(), cluster, e.cluster))
			return nil
		}
	}
	return f
}

// tryCluster asks an entry at the ingress of its cluster.
func (p *prover) tryCluster(x *exploration, e *publicEntry) *failure {
	for i, result := range p.askEntry(e, outcomeAlone) {
		if result.Outcome == sim.Unknown {
			continue // what a controller does beyond its manifests is not known today either
		}
		code, text := p.judge(nil, e.means, result, 0)
		if code != "" {
			return &failure{code: "P6", text: text, trace: p.askEntry(e, hopByHop)[i].Trace}
		}
	}
	if x.alias {
		if alias := p.aliasBehind(e); alias != "" {
			return &failure{code: "H33", text: alias}
		}
	}
	return nil
}

// aliasBehind says when a route leads to an ExternalName Service that was none
// today: most ingress controllers do not forward to one.
func (p *prover) aliasBehind(e *publicEntry) string {
	for _, s := range p.behind(e) {
		o := p.world.Object(s.cluster, s.key().ID)
		if o != nil && o.Text("spec", "type") == "ExternalName" && o.Base().Text("spec", "type") != "ExternalName" {
			return fmt.Sprintf("its route leads to %s, which is an ExternalName Service: %s", o.ID, followsAliases(e.Flavour))
		}
	}
	return ""
}

func followsAliases(f sim.Flavour) string {
	switch f {
	case sim.Nginx:
		return "ingress-nginx follows it unless --disable-svc-external-name is set, other controllers do not"
	case sim.Traefik:
		return "Traefik follows it only with allowExternalNameServices"
	case sim.Gateway:
		return "a Gateway does not follow it"
	}
	return ""
}

// reportEntry turns a failure into a counterexample.
func (p *Pass) reportEntry(e *publicEntry, f *failure) {
	code := f.code
	if p.t.back && code == "P6" {
		code = "P9"
	}
	p.t.proof.Failed[code]++
	fix := "make the new route before the old one goes, and let both lead to the same app"
	if code == "H33" {
		fix = "move the route with the app, in a phase before the flip"
	}
	d := diag.Diagnostic{
		Code: code, Severity: diag.Error, Pos: e.Claims[0].Pos,
		Message: fmt.Sprintf("%s: %s: %s", p.t.name(), e.name(), f.text), Fix: fix, Notes: p.prover.notes(p.t, f),
	}
	if len(e.means.owners) > 0 {
		d.App = e.means.owners[0]
	}
	p.prover.publicFailures = append(p.prover.publicFailures, publicFailure{toldKey{e, code}, d})
}

// objectOf returns the object that a change is about, as it is in the end.
func objectOf(c render.Change) *manifest.Object {
	if c.After != nil {
		return c.After
	}
	return c.Before
}
