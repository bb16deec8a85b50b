package deliver

import (
	"fmt"
	"strings"

	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// Summary returns the phases as text, the way terraform shows a plan: a line for
// each object that is created, changed or deleted, with the reason, and under it
// the fields that change. Values of Secrets are masked.
func Summary(schedule *plan.Schedule, states []*render.State) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Migration %s: %s\n", planName(schedule), phaseCount(len(schedule.Phases)))
	var total counts
	for _, s := range states {
		if s.Phase == nil {
			continue
		}
		n := count(s.Changes)
		total = total.add(n)
		fmt.Fprintf(&b, "\nPhase %s (%s)\n", StateName(s), n)
		for _, w := range s.Phase.Why {
			fmt.Fprintf(&b, "  # %s\n", oneLine(w))
		}
		for _, c := range s.Changes {
			fmt.Fprintf(&b, "  %s %s  # %s\n", sign(c), objectName(c), reason(c))
			for _, line := range editLines(c) {
				fmt.Fprintf(&b, "      %s\n", line)
			}
		}
		for _, line := range zoneLines(states[s.Index-1], s) {
			fmt.Fprintf(&b, "  %s\n", line)
		}
		summarizeGate(&b, s.Phase.Gate)
	}
	for _, k := range schedule.Kept {
		fmt.Fprintf(&b, "\nKept: %s (%s) until %s\n", k.Service.ID, k.Cutover, oneLine(k.Until))
	}
	fmt.Fprintf(&b, "\nIn all: %s in %s.\n", total, phaseCount(len(schedule.Phases)))
	return []byte(b.String())
}

func summarizeGate(b *strings.Builder, g plan.Gate) {
	for _, w := range g.Rollouts {
		fmt.Fprintf(b, "  gate: %s %s in %s is available\n", w.Kind, w.Name, w.Place)
	}
	for _, w := range g.Gone {
		fmt.Fprintf(b, "  gate: %s %s in %s has ended\n", w.Kind, w.Name, w.Place)
	}
	for _, a := range g.Approvals {
		fmt.Fprintf(b, "  gate: a person confirms that %s\n", oneLine(a))
	}
	for _, p := range g.Probes {
		fmt.Fprintf(b, "  gate: %s\n", probeText(p))
	}
	if g.Wait > 0 {
		fmt.Fprintf(b, "  gate: %ds pass: %s\n", seconds(g.Wait), oneLine(g.WaitWhy))
	}
}

func phaseCount(n int) string {
	if n == 1 {
		return "1 phase"
	}
	return fmt.Sprintf("%d phases", n)
}

// specOf returns what the plan of a schedule says, an empty one when it has no plan.
func specOf(s *plan.Schedule) *plan.Spec {
	if s.Graph == nil || s.Graph.Plan == nil {
		return &plan.Spec{}
	}
	return &s.Graph.Plan.Spec
}

// planName returns the name of the plan, "" when the schedule has no plan.
func planName(s *plan.Schedule) string {
	if s.Graph == nil || s.Graph.Plan == nil {
		return ""
	}
	return s.Graph.Plan.Metadata.Name
}
