package verify

import (
	"fmt"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// Pass is one phase in one direction, as a check sees it.
type Pass struct {
	check  *Check
	prover *prover
	t      *transition
}

// runChecks runs all checks of phases on a transition.
func (p *prover) runChecks(t *transition) {
	for i := range checks {
		checks[i].Run(&Pass{check: &checks[i], prover: p, t: t})
	}
}

// Changes returns the phase's changes, in the direction of the pass.
func (p *Pass) Changes() []render.Change { return p.t.changes }

// Back reports whether the pass is about the way back of the phase.
func (p *Pass) Back() bool { return p.t.back }

// Before returns an object of the state that the phase starts from.
func (p *Pass) Before(key render.Key) *manifest.Object { return p.prover.at(key) }

// After returns an object of the state that the phase leads to.
func (p *Pass) After(key render.Key) *manifest.Object { return p.prover.after(p.t, key) }

// Reportf reports that the check fails for an object.
func (p *Pass) Reportf(code diag.Code, o *manifest.Object, path manifest.Path, format string, args ...any) *diag.Diagnostic {
	if p.t.back && code[0] == 'P' {
		code = "P9"
	}
	p.t.proof.Failed[code]++
	d := diag.Diagnostic{
		Code: code, Severity: p.check.Severity, Pos: o.Pos(path...), App: p.prover.owner(o),
		Message: p.t.name() + ": " + fmt.Sprintf(format, args...),
	}
	p.prover.diags = append(p.prover.diags, d)
	return &p.prover.diags[len(p.prover.diags)-1]
}
