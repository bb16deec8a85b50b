// Package verify is stage 6 of 7: it proves that every call resolves in every
// intermediate state, and reports what does not.
//
// The proof does not trust the stages before it. It reads the states alone:
// what a workload calls is scanned again from the objects it would run with,
// who answers is asked of the simulator (package sim), and whom the caller means
// is who answers it today.
package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
)

// Proof is the outcome for every phase, forward and back.
type Proof struct {
	Calls       int           // how many calls the workloads of today's state make
	Broken      []string      // calls that fail today already; they are no fault of the migration
	Phases      []*PhaseProof // in order of the phases
	Final       map[diag.Code]int
	Hazards     map[diag.Code]int // hazards of the plan as a whole, how often each was found
	Assumptions []string          // what the model cannot know, in order of first use
}

// PhaseProof is the outcome for one phase.
type PhaseProof struct {
	Phase  *plan.Phase
	Calls  int               // calls that the phase can touch
	States int               // mixed states that were looked at, forward and back
	Failed map[diag.Code]int // failures by check, those of the way back under P9
}

// Check is one property of the proof or one hazard.
type Check struct {
	Code     diag.Code
	Severity diag.Severity
	Summary  string
	Run      func(*Pass)
}

// checks are all checks that look at a phase as a whole, in the order in which
// they run. P1, P2 and P3 are about calls in mixed states: see explore.go.
var checks = [...]Check{
	addressCheck,
	inputsCheck,
	keyCheck,
	capacityCheck,
	probeCheck,
	publicCheck,
	onceCheck,
	restartCheck,
	immutableCheck,
	rightsCheck,
	rightsLostCheck,
	affinityCheck,
}
