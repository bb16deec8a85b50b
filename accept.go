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

// settle applies what the plan accepts to everything that was found. Only when
// all stages ran it is known which acceptances are of no use.
func (r *Result) settle(diags diag.List, complete bool) diag.List {
	if r.Plan == nil {
		return diags
	}
	if r.Graph != nil {
		diags = attribute(diags, r.Graph)
	}
	if complete {
		return verify.Accept(diags, r.Plan.Spec.Accept)
	}
	return verify.AcceptSome(diags, r.Plan.Spec.Accept)
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
