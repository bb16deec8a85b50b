package verify

import (
	"fmt"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// maxRelays bounds how many relays one call may pass.
const maxRelays = 8

// meaningOf returns whom a call means. Calls of what rehome itself made have no
// meaning of their own: a relay is judged by the calls that pass it.
func (p *prover) meaningOf(c *call) (meaning, bool) {
	if c.holder().Source() == nil {
		return meaning{}, false
	}
	m, ok := p.meanings[p.originOf(c)]
	return m, ok
}

// judge says which check a result fails, and why; "" when it reaches whom the
// call means.
func (p *prover) judge(c *call, m meaning, result sim.Result, relays int) (diag.Code, string) {
	switch result.Outcome {
	case sim.OK:
	case sim.Denied:
		return "P3", "a NetworkPolicy denies it"
	case sim.Unknown:
		p.assume(result)
		return "", ""
	case sim.NXDomain, sim.NoData, sim.NoSuchPort, sim.Refused, sim.Unreachable, sim.Ambiguous:
		return "P1", result.Outcome.String()
	}
	for _, b := range result.Backends {
		o := p.world.Object(b.Cluster, b.Workload)
		if o == nil {
			continue
		}
		owner := p.owner(o)
		if owner == "" && relays < maxRelays {
			if code, text := p.judgeRelay(c, m, b, relays); code != "" {
				return code, text
			}
			continue
		}
		if !slices.Contains(m.owners, owner) {
			return "P2", fmt.Sprintf("%s answers, which is not %s", o.ID, namesOf(m.owners))
		}
	}
	return "", ""
}

func namesOf(owners []string) string {
	if len(owners) == 1 {
		return owners[0]
	}
	return fmt.Sprint(owners)
}

// judgeRelay follows a call through the relay pods that answered it.
func (p *prover) judgeRelay(c *call, m meaning, b sim.Backend, relays int) (diag.Code, string) {
	key := backendKey(b)
	onward, ok := p.forwards(key, b.Port)
	if !ok {
		return "P2", fmt.Sprintf("%s answers, and forwards to nobody on port %d", key.ID, b.Port)
	}
	onward.From = *b.Group
	code, text := p.judge(c, m, p.world.Call(onward), relays+1)
	if code != "" {
		text = fmt.Sprintf("the relay %s forwards to %s:%d: %s", key.ID.Name, onward.Host, onward.Port, text)
	}
	return code, text
}

// assume records what the model cannot know.
func (p *prover) assume(result sim.Result) {
	for _, h := range result.Assumptions() {
		if !p.assumed[h.Text] {
			p.assumed[h.Text] = true
			p.proof.Assumptions = append(p.proof.Assumptions, h.Text)
		}
	}
}

// report turns a failure into a counterexample that a person can follow.
func (p *prover) report(t *transition, c *call, f *failure) {
	d := p.fail(f.code, c, t, fmt.Sprintf("%s cannot reach %s: %s", c.workload.ID, hostPort(c, f.port), f.text), f.trace)
	d.WithFix("%s", fixes[f.code])
	var notes []diag.Note
	for _, i := range f.applied {
		notes = append(notes, diag.Note{Pos: positionOf(t.changes[i]), Text: "in effect: " + describeChange(t.changes[i])})
	}
	if len(f.applied) == 0 && t.state != nil {
		notes = append(notes, diag.Note{Text: "with none of the phase's changes to this call in effect"})
	}
	d.Notes = append(notes, d.Notes...)
}

// fixes say what to do about a call that fails.
var fixes = map[diag.Code]string{
	"P1": "let the callee be ready under this name before the phase, or keep the old name longer",
	"P2": "write the full name of the Service that is meant, or rename one of the two",
	"P3": "allow the call on both sides, egress of the caller and ingress of the callee, for the namespaces that they move to",
}

func describeChange(c render.Change) string {
	switch {
	case c.Before == nil:
		return c.Key.ID.String() + " is created"
	case c.After == nil:
		return c.Key.ID.String() + " is deleted"
	}
	return c.Key.ID.String() + " is changed"
}

func positionOf(c render.Change) diag.Pos {
	if c.Before != nil {
		return c.Before.Pos("metadata", "name")
	}
	return c.After.Pos("metadata", "name")
}

// fail records a failure of a phase and starts its diagnostic.
func (p *prover) fail(code diag.Code, c *call, t *transition, text string, trace []sim.Hop) *diag.Diagnostic {
	counted := code
	if t.back {
		counted = "P9"
	}
	t.proof.Failed[counted]++
	d := p.diags.Errorf(counted, c.ref.Pos(), "%s: %s", t.name(), text).WithApp(p.owner(c.object))
	for _, hop := range trace {
		d.WithNote(hop.Pos, "%s", hop.Text)
	}
	return d
}

// name names the transition as the runbook does.
func (t *transition) name() string {
	name := fmt.Sprintf("phase %02d-%s", t.state.Phase.Number, t.state.Phase.Name)
	if t.back {
		return "way back of " + name
	}
	return name
}

// ask asks one call once, after a phase: all its changes are in effect, and all
// pods are ready.
func (p *prover) ask(t *transition, c *call) {
	m, ok := p.meaningOf(c)
	if !ok || m.broken {
		return
	}
	for _, port := range m.ports {
		result := p.world.Call(p.simCall(c, port, sim.Ready))
		if code, text := p.judge(c, m, result, 0); code != "" {
			f := &failure{code: code, text: text, port: port, trace: p.world.Explain(p.simCall(c, port, sim.Ready)).Trace}
			d := p.fail(code, c, t, fmt.Sprintf("%s cannot reach %s when the phase is complete: %s", c.workload.ID, hostPort(c, port), text), f.trace)
			d.WithFix("%s", fixes[code])
			return
		}
	}
}
