// Package hazard is the catalogue of what breaks calls, data or a rollout when
// applications move: the hazards H01 to H91 and the checks P1 to P9 of the
// proof, as data. What a command explains and what docs/hazards.md says is read
// from it, so that neither can disagree with the other.
package hazard

//go:generate go test -run ^TestDocument$ . -update

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
)

// Hazard is one thing that can go wrong, explained for the person who runs the
// migration. Its texts are full sentences; names of fields, commands and values
// in them stand between backticks.
type Hazard struct {
	Code        diag.Code     // stable: what a diagnostic carries and a plan accepts
	Title       string        // what goes wrong, in a few words, without a full stop
	Condition   string        // when it goes wrong
	Consequence string        // what happens then, and why
	Remedy      string        // what to do about it
	Severity    diag.Severity // what rehome makes of it where it finds it
	Source      string        // where the rule comes from, and how sure it is
	Handled     Handling      // how rehome deals with it
	How         string        // more about Handled; may be empty
}

// Handling says how rehome deals with a hazard.
type Handling uint8

// The ways of dealing with a hazard.
const (
	Checked   Handling = iota + 1 // looked for, and reported with its position
	Prevented                     // impossible, or made harmless, by what is emitted
	Later                         // neither looked for nor ruled out by this version
)

// String returns the lower-case word that is printed.
func (h Handling) String() string {
	switch h {
	case Checked:
		return "checked"
	case Prevented:
		return "prevented"
	case Later:
		return "not yet"
	}
	return "unknown"
}

// Explain says in a sentence what the word means.
func (h Handling) Explain() string {
	switch h {
	case Checked:
		return "rehome looks for it and reports it with its position."
	case Prevented:
		return "What rehome writes rules it out."
	case Later:
		return "This version neither looks for it nor rules it out: check it by hand."
	}
	return ""
}

// HowHandled says how rehome deals with the hazard, in a sentence or more.
func (h Hazard) HowHandled() string {
	if h.How != "" {
		return h.How
	}
	return h.Handled.Explain()
}

// area is the hazards of one part of a migration.
type area struct {
	title   string
	hazards []Hazard
}

// areas lists the parts of the catalogue in the order of their codes.
func areas() []area {
	return []area{
		{"Names and the flip", naming},
		{"The Kubernetes API and who owns an object", api},
		{"Ingress, gateways, hosts and TLS", ingress},
		{"Policy, mesh and identity", policy},
		{"Workloads, data and rollouts", workloads},
		{"Delivery", delivery},
		{"Checks of the proof", checks},
	}
}

// All returns the whole catalogue, sorted by code. The slice is the caller's.
func All() []Hazard {
	var out []Hazard
	for _, a := range areas() {
		out = append(out, a.hazards...)
	}
	return out
}

// Lookup returns the hazard of a code; ok is false when there is none.
func Lookup(code diag.Code) (h Hazard, ok bool) {
	for _, a := range areas() {
		if i := slices.IndexFunc(a.hazards, func(h Hazard) bool { return h.Code == code }); i >= 0 {
			return a.hazards[i], true
		}
	}
	return Hazard{}, false
}

// elsewhere is how hazards are dealt with that no move between namespaces meets.
const elsewhere = "It belongs to moves between clusters or environments, which this version does not plan."
