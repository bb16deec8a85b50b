package rehome

import (
	"cmp"
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

// attribute names the app of diagnostics that were made before the apps were
// known: the one that has the object that they concern. Where only a position is
// known it is the app whose object stands there, unless objects of several do.
func attribute(diags diag.List, g *plan.Graph) diag.List {
	owners := map[string]string{}
	for _, a := range g.Apps {
		for _, o := range a.Objects {
			owners[o.Identity()] = a.Name
		}
	}
	var begins []beginning
	out := slices.Clone(diags)
	for i := range out {
		d := &out[i]
		switch {
		case d.App != "":
		case d.Object != "":
			d.App = owners[d.Object]
		case d.Pos.Line != 0:
			if begins == nil {
				begins = beginnings(g, owners)
			}
			d.App = appAt(begins, d.Pos)
		}
	}
	return out
}

// beginning is where an object of an app begins.
type beginning struct {
	pos diag.Pos
	app string // "" when objects of several apps do
}

// beginnings returns where the objects of an inventory begin, in order.
func beginnings(g *plan.Graph, owners map[string]string) []beginning {
	begins := make([]beginning, 0, len(g.Inventory.Objects))
	for _, o := range g.Inventory.Objects {
		begins = append(begins, beginning{o.Pos(), owners[o.Identity()]})
	}
	slices.SortFunc(begins, func(a, b beginning) int {
		return cmp.Or(a.pos.Compare(b.pos), cmp.Compare(a.app, b.app))
	})
	out := begins[:0]
	for _, b := range begins {
		if n := len(out); n == 0 || out[n-1].pos != b.pos {
			out = append(out, b)
		} else if out[n-1].app != b.app {
			out[n-1].app = ""
		}
	}
	return out
}

// appAt returns the app whose object a position is in.
func appAt(begins []beginning, pos diag.Pos) string {
	at, exact := slices.BinarySearchFunc(begins, pos, func(b beginning, p diag.Pos) int { return b.pos.Compare(p) })
	if !exact {
		at--
	}
	if at < 0 || at >= len(begins) || begins[at].pos.File != pos.File {
		return ""
	}
	return begins[at].app
}
