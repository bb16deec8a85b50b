package rehome

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/verify"
)

// blocks reports whether a stage found an error that the plan does not accept.
func (r *Result) blocks(found diag.List) bool {
	if r.Plan == nil {
		return found.HasErrors()
	}
	return r.Plan.Spec.Blocks(found)
}

// extent is how far a run came.
type extent uint8

const (
	stoppedEarly extent = iota + 1
	notProved
	complete
)

// settle applies what the plan accepts to everything that was found. Only when
// all stages ran it is known which acceptances are of no use; where the proof
// was left out it is said that it is not.
func (r *Result) settle(diags diag.List, far extent) diag.List {
	if r.Plan == nil {
		return diags
	}
	if r.Graph != nil {
		diags = attribute(diags, r.Graph)
	}
	accepted := r.Plan.Spec.Accept
	switch far {
	case stoppedEarly:
		return verify.AcceptSome(diags, accepted)
	case notProved:
		return append(verify.AcceptSome(diags, accepted), undecided(diags, accepted)...)
	case complete:
	}
	return verify.Accept(diags, accepted)
}

// undecided says of which acceptances only the proof can tell whether they are
// of use.
func undecided(diags diag.List, accepted []plan.Acceptance) (out diag.List) {
	for _, a := range accepted {
		if !slices.ContainsFunc(diags, func(d diag.Diagnostic) bool { return a.Accepts(&d) }) {
			out.Infof(diag.CodePlan, a.Pos, "accept: nothing of code %s is found so far; whether the proof finds it is not known without it", a.Code).
				WithFix("run rehome verify")
		}
	}
	return out
}

// beginning is where an object of an app begins.
type beginning struct {
	pos diag.Pos
	app string
}

// attribute names the app of diagnostics that were made before the apps were
// known: the one that has the object in which they stand.
func attribute(diags diag.List, g *plan.Graph) diag.List {
	apps := map[string]string{}
	for _, a := range g.Apps {
		for _, o := range a.Objects {
			apps[o.Pos().String()] = a.Name
		}
	}
	begins := make([]beginning, 0, len(g.Inventory.Objects))
	for _, o := range g.Inventory.Objects {
		begins = append(begins, beginning{o.Pos(), apps[o.Pos().String()]})
	}
	slices.SortStableFunc(begins, func(a, b beginning) int { return a.pos.Compare(b.pos) })
	out := slices.Clone(diags)
	for i := range out {
		d := &out[i]
		if d.App != "" || d.Pos.Line == 0 {
			continue
		}
		at, exact := slices.BinarySearchFunc(begins, d.Pos, func(b beginning, p diag.Pos) int { return b.pos.Compare(p) })
		if !exact {
			at--
		}
		if at >= 0 && at < len(begins) && begins[at].pos.File == d.Pos.File {
			d.App = begins[at].app
		}
	}
	return out
}
