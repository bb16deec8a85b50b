package sim

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
)

// Outcome is what becomes of a call.
type Outcome uint8

// The outcomes.
const (
	OK          Outcome = iota + 1 // every pod that may be reached answers
	NXDomain                       // the name does not exist
	NoData                         // the name exists and has no address
	NoSuchPort                     // what the name means does not listen on the port
	Refused                        // no ready endpoint
	Denied                         // a NetworkPolicy stands in the way
	Unreachable                    // the address leads nowhere, or in a circle
	Ambiguous                      // chance decides where the request goes
	Unknown                        // the manifests do not tell
)

// String returns the words that reports use.
func (o Outcome) String() string {
	switch o {
	case OK:
		return "ok"
	case NXDomain:
		return "NXDOMAIN"
	case NoData:
		return "NODATA"
	case NoSuchPort:
		return "no such port"
	case Refused:
		return "refused"
	case Denied:
		return "denied by policy"
	case Unreachable:
		return "unreachable"
	case Ambiguous:
		return "ambiguous"
	case Unknown:
		return "unknown"
	}
	return "no outcome"
}

// HopKind says what a line of a trace is about.
type HopKind uint8

// The kinds of hops.
const (
	Ask     HopKind = iota + 1 // the call itself
	Name                       // a lookup
	Connect                    // an address or port
	Policy                     // a NetworkPolicy
	Route                      // an ingress
	Assume                     // what the model cannot know
	End                        // what it comes to
)

// Hop is one line of a trace.
type Hop struct {
	Kind HopKind
	Text string
	Pos  diag.Pos // of the rule or object that decided it; may be zero
}

// Result is what becomes of a call.
type Result struct {
	Outcome  Outcome
	Backends []Backend // whom the call may reach when the outcome is OK, or that the outcome is about
	Assumed  bool      // the outcome rests on something that manifests do not tell
	Doors    int       // how many ingresses the call passed
	Cause    Cause     // which rule of an ingress or of a zone broke the call, if one did
	Trace    []Hop     // of Explain alone
}

// Assumptions returns the lines of the trace that say what the outcome rests on.
func (r Result) Assumptions() []Hop {
	var out []Hop
	for _, h := range r.Trace {
		if h.Kind == Assume {
			out = append(out, h)
		}
	}
	return out
}

// String returns the trace, a line for each hop.
func (r Result) String() string {
	var b strings.Builder
	for _, h := range r.Trace {
		b.WriteString(h.Text)
		if !h.Pos.IsZero() {
			b.WriteString("  (")
			b.WriteString(h.Pos.String())
			b.WriteByte(')')
		}
		b.WriteByte('\n')
	}
	return b.String()
}
