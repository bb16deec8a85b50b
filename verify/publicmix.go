package verify

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// exploreEntry asks a public entry in every combination of the changes that can
// touch it, and reports the smallest one in which it fails.
func (p *Pass) exploreEntry(e *publicEntry) {
	relevant := p.prover.relevantToEntry(p.t, e)
	if len(relevant) > maxTogether {
		p.reportEntry(e, &failure{code: "P6", text: fmt.Sprintf("%d changes of this phase touch it, too many to look at in all combinations", len(relevant))})
		return
	}
	worst := map[diag.Code]*failure{}
	p.prover.mixtures(p.t, relevant, func(applied []int) {
		p.t.proof.States++
		f := p.prover.tryEntry(e)
		if f == nil {
			return
		}
		f.applied = slices.Clone(applied)
		if known := worst[f.code]; known == nil || f.size() < known.size() {
			worst[f.code] = f
		}
	})
	for _, code := range [...]diag.Code{"P6", "H33"} {
		if worst[code] != nil {
			p.reportEntry(e, worst[code])
		}
	}
}

// mixtures shows the world in every combination of some changes, each with the
// changes that are in effect. Neighbours differ in one change (Gray code).
func (p *prover) mixtures(t *transition, relevant []int, visit func(applied []int)) {
	on := make([]bool, len(relevant))
	var applied []int
	for n := 0; ; n++ {
		applied = applied[:0]
		for i, o := range on {
			if o {
				applied = append(applied, relevant[i])
			}
		}
		visit(applied)
		flip := bits.TrailingZeros(uint(n + 1))
		if flip >= len(relevant) {
			break
		}
		on[flip] = !on[flip]
		p.toggle(t, relevant[flip], on[flip])
	}
	for i, o := range on {
		if o {
			p.toggle(t, relevant[i], false)
		}
	}
}

// relevantToEntry returns the changes that can decide about an entry: routes of
// its host, and what the Services behind it depend on, before and after.
func (p *prover) relevantToEntry(t *transition, e *publicEntry) []int {
	routes := p.public.moving[publicHost{e.cluster, e.Host}]
	out := slices.Clone(routes)
	services := p.behind(e)
	for _, i := range routes {
		p.toggle(t, i, true)
	}
	services = append(services, p.behind(e)...)
	for _, i := range routes {
		p.toggle(t, i, false)
	}
	for _, s := range services {
		for _, it := range p.ways(&call{targets: []*item{p.serviceItem(s)}}, t) {
			if it.seen == t {
				out = append(out, it.deciding...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
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

// tryEntry asks an entry in the world as it is now.
func (p *prover) tryEntry(e *publicEntry) *failure {
	for i, result := range p.askEntry(e, outcomeAlone) {
		if result.Outcome == sim.Unknown {
			continue // what a controller does beyond its manifests is not known today either
		}
		code, text := p.judge(nil, e.means, result, 0)
		if code != "" {
			return &failure{code: "P6", text: text, trace: p.askEntry(e, hopByHop)[i].Trace}
		}
	}
	if alias := p.aliasBehind(e); alias != "" {
		return &failure{code: "H33", text: alias}
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
	if e.told[code] {
		return // in another phase
	}
	e.told[code] = true
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
	p.prover.diags = append(p.prover.diags, d)
}

// objectOf returns the object that a change is about, as it is in the end.
func objectOf(c render.Change) *manifest.Object {
	if c.After != nil {
		return c.After
	}
	return c.Before
}
