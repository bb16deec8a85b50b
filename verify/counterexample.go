package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// failure is a call that did not reach whom it means, in one combination of a
// phase's changes.
type failure struct {
	code    diag.Code
	text    string
	port    portProtocol
	applied []int // changes in effect
	trace   []sim.Hop
	whole   bool // the phase is complete, all its changes are in effect
}

func (f *failure) size() int { return len(f.applied) }

// counterexample is one call that fails, told once: where it fails first, and in
// which other phases.
type counterexample struct {
	diagnostic diag.Diagnostic
	back       bool
	also       []string // names of the other transitions
}

// counterKey is what makes two failures the same: the place of the address, and
// who uses it.
type counterKey struct {
	origin meaningKey
	owner  string
}

// report turns a failure into a counterexample that a person can follow. A call
// that has failed before is only counted.
func (p *prover) report(t *transition, c *call, f *failure) {
	code := f.code
	if t.back {
		code = "P9"
	}
	t.proof.Failed[code]++
	key := counterKey{c.origin, p.owner(c.object)}
	known := p.counters[key]
	if known != nil && (known.back == t.back || t.back) {
		if name := t.name(); name != nameOf(known.diagnostic) && !slices.Contains(known.also, name) {
			known.also = append(known.also, name)
		}
		return
	}
	d := diag.Diagnostic{
		Code: code, Severity: diag.Error, Pos: c.ref.Pos(), App: p.owner(c.object), Fix: fixes[f.code],
		Message: fmt.Sprintf("%s: %s cannot reach %s: %s", t.name(), c.workload.ID, hostPort(c, f.port), f.text),
		Notes:   p.notes(t, f),
	}
	if known != nil {
		known.also = append(known.also, nameOf(known.diagnostic))
		known.diagnostic, known.back = d, false
		return
	}
	p.counters[key] = &counterexample{diagnostic: d, back: t.back}
	p.counterOrder = append(p.counterOrder, key)
}

// nameOf returns the transition that a diagnostic begins with.
func nameOf(d diag.Diagnostic) string {
	name, _, _ := strings.Cut(d.Message, ": ")
	return name
}

// notes lists the changes in effect, then the lookup hop by hop.
func (p *prover) notes(t *transition, f *failure) []diag.Note {
	var notes []diag.Note
	switch {
	case f.whole:
		notes = append(notes, diag.Note{Text: "when the phase is complete"})
	case len(f.applied) == 0:
		notes = append(notes, diag.Note{Text: "with none of the changes that concern this call in effect"})
	}
	for _, i := range f.applied {
		notes = append(notes, diag.Note{Pos: positionOf(t.changes[i]), Text: "in effect: " + describeChange(t.changes[i])})
	}
	for _, hop := range f.trace {
		notes = append(notes, diag.Note{Pos: hop.Pos, Text: hop.Text})
	}
	return notes
}

// flushCounterexamples adds the counterexamples to the diagnostics, in the order
// in which they were found.
func (p *prover) flushCounterexamples() {
	for _, key := range p.counterOrder {
		e := p.counters[key]
		if len(e.also) > 0 {
			e.diagnostic.Notes = append(e.diagnostic.Notes, diag.Note{Text: "the same call fails in " + strings.Join(e.also, ", ")})
		}
		p.diags = append(p.diags, e.diagnostic)
	}
}

// fixes say what to do about a call that fails.
var fixes = map[diag.Code]string{
	"P1": "let the callee be ready under this name before the phase, or keep the old name longer",
	"P2": "write the full name of the Service that is meant, or rename one of the two",
	"P3": "allow the call on both sides, egress of the caller and ingress of the callee, for the namespaces that they move to",

	"H33": "lead the route to a Service that is never an alias",
	"H35": "give the route of the hop a higher priority (spec.clusters.<name>.hop.priority), or take the other one away",
	"H36": "let a listener of the Gateway take the route (allowedRoutes, hostname, port), and grant the Service to it",
	"H37": "have the route in the namespace of its Service and its Middlewares",
	"H42": "let the route mean every form of the name that callers use",
	"H44": "give internal callers an entry point that does not redirect to https",
	"H45": "let the ingress listen on the port, or use `cutover: relay` for the Service",
	"H46": "add an entry point that says what is spoken there ({port: ..., protocol: tcp}), or use `cutover: relay` for the Service",
	"H47": "pass TLS through ({port: ..., protocol: tls}), or tell the ingress which name to verify",
	"H49": "lead the routes of the ingress to pods of its own cluster before the alias of the other one leads to it",
	"H81": "let one object of one cluster hold the record",
}

func describeChange(c render.Change) string {
	switch {
	case c.Before == nil:
		return c.Key.String() + " is created"
	case c.After == nil:
		return c.Key.String() + " is deleted"
	}
	return c.Key.String() + " is changed"
}

func positionOf(c render.Change) diag.Pos {
	if c.Before != nil {
		return c.Before.Pos("metadata", "name")
	}
	return c.After.Pos("metadata", "name")
}

// name names the transition as the runbook does.
func (t *transition) name() string {
	name := "phase " + t.state.Phase.Title()
	if t.back {
		return "way back of " + name
	}
	return name
}
