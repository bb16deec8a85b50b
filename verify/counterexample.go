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

// callFailure is a call that fails in a transition.
type callFailure struct {
	key        counterKey
	transition string // its name
	back       bool
	diagnostic *diag.Diagnostic // nil where an earlier one is told instead
}

// telling reports whether a failure of a call would be told, and not only
// counted.
func (p *prover) telling(t *transition, c *call) bool {
	back, known := p.worst[counterKey{c.origin, p.owner(c.object)}]
	return !known || back && !t.back
}

// report notes a failure, as a counterexample that a person can follow. A call
// that has failed before, and not only on the way back, is only counted.
func (p *prover) report(t *transition, c *call, f *failure) {
	code := f.code
	if t.back {
		code = "P9"
	}
	t.proof.Failed[code]++
	out := callFailure{key: counterKey{c.origin, p.owner(c.object)}, transition: t.name(), back: t.back}
	if p.telling(t, c) {
		p.worst[out.key] = t.back
		out.diagnostic = &diag.Diagnostic{
			Code: code, Severity: diag.Error, Pos: c.ref.Pos(), App: p.owner(c.object), Fix: fixes[f.code],
			Message: fmt.Sprintf("%s: %s cannot reach %s: %s", t.name(), c.workload.ID, hostPort(c, f.port), f.text),
			Notes:   p.notes(t, f),
		}
	}
	p.failures = append(p.failures, out)
}

// told returns the counterexamples, in the order in which they were found: each
// call once, as it fails first on the way forward, else on the way back.
func (p *prover) told() diag.List {
	known := map[counterKey]*counterexample{}
	var order []*counterexample
	for _, f := range p.failures {
		e := known[f.key]
		switch {
		case e == nil:
			e = &counterexample{diagnostic: *f.diagnostic, back: f.back}
			known[f.key] = e
			order = append(order, e)
		case e.back && !f.back:
			e.also = append(e.also, nameOf(e.diagnostic))
			e.diagnostic, e.back = *f.diagnostic, false
		case f.transition != nameOf(e.diagnostic) && !slices.Contains(e.also, f.transition):
			e.also = append(e.also, f.transition)
		}
	}
	var out diag.List
	for _, e := range order {
		if len(e.also) > 0 {
			e.diagnostic.Notes = append(e.diagnostic.Notes, diag.Note{Text: "the same call fails in " + strings.Join(e.also, ", ")})
		}
		out = append(out, e.diagnostic)
	}
	seen := map[toldKey]bool{}
	for _, f := range p.publicFailures {
		if !seen[f.toldKey] {
			seen[f.toldKey] = true
			out = append(out, f.diagnostic)
		}
	}
	return out
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
