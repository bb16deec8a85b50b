package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// addressCheck is the part of P1 that no call shows: an address that has become
// a text which names nobody, so that no call is found where one was.
var addressCheck = Check{
	Code: "P1", Severity: diag.Error,
	Summary: "every address of today is an address in every copy and every new version",
	Run: func(p *Pass) {
		if p.Back() {
			return
		}
		for _, c := range p.Changes() {
			if c.After != nil && c.After.Source() != nil && (isWorkload(c.After) || isInput(c.Key.ID)) {
				p.checkAddresses(c.After)
			}
		}
	},
}

// addressesOf groups what is called today by the object that shows it.
func addressesOf(references []*refs.Reference) map[*manifest.Source][]*refs.Reference {
	out := map[*manifest.Source][]*refs.Reference{}
	for _, r := range references {
		if isAddress(r) && r.Known {
			out[r.Object.Source()] = append(out[r.Object.Source()], r)
		}
	}
	return out
}

func isAddress(r *refs.Reference) bool {
	return r.Refers == refs.ToService && r.Certainty == refs.Certain && r.Form != refs.Field
}

// checkAddresses compares, scalar by scalar, how many addresses there are with
// how many there were.
func (p *Pass) checkAddresses(o *manifest.Object) {
	now := p.prover.referencesOf(o)
	for was := p.prover.addresses[o.Source()]; len(was) > 0; {
		path, n := was[0].Path, 1
		for n < len(was) && slices.Equal(was[n].Path, path) {
			n++
		}
		have := 0
		for _, r := range now {
			if isAddress(r) && slices.Equal(r.Path, path) {
				have++
			}
		}
		if have < n {
			p.Reportf("P1", o, path, "%s says %q where it names %s today: no Service that is known has this name", o.ID, shown(o, path), was[0].Target).
				WithFix("write the name of the Service at its new place")
		}
		was = was[n:]
	}
}

// shown returns the text at a path as it may be printed: never that of a Secret.
func shown(o *manifest.Object, path manifest.Path) string {
	if o.ID.Kind == "Secret" {
		return "..."
	}
	return o.Text(path...)
}
