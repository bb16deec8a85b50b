package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
)

// acceptedMark stands between a message and the reason for which it is accepted.
const acceptedMark = ", accepted: "

// Accept turns the errors and warnings that a plan accepts into information that
// carries the reason. An acceptance that matches nothing is an error where it
// stands: a plan says nothing that has no effect.
//
// Every hazard (H01 to H91) and every check of the proof (P1 to P9) can be
// accepted, whichever stage reports it. What is accepted of an earlier stage does
// not stop the pipeline, and the stages after it go on with what there is:
//
//   - H19, H20, H22, H56, H57 of the scan: the text stays as it is written;
//   - H31 of the grouping: the Service stays where it is, with those of its pods
//     that stay;
//   - H12, H14, H26, H32, H66, H71 of the schedule: the cutover, the wave or the
//     copy is made all the same, and the proof tells which calls it breaks;
//   - H30 of the fold: the object that is at the target already stays, and the
//     moved app uses it.
//
// Diagnostics without such a code (yaml, plan, source, group, reference,
// schedule, render, output) say that a stage could not do its work; the plan
// language does not let them be named.
func Accept(list diag.List, accepted []plan.Acceptance) diag.List {
	out, unused := accept(list, accepted)
	for _, a := range unused {
		d := out.Errorf(diag.CodePlan, a.Pos, "accept: nothing of code %s is found%s", a.Code, ofApp(a.App))
		d.WithFix("remove the entry, or correct its code or app").WithApp(a.App)
	}
	return out
}

// AcceptSome is [Accept] for a run that stopped early: what would have matched
// later is no mistake.
func AcceptSome(list diag.List, accepted []plan.Acceptance) diag.List {
	out, _ := accept(list, accepted)
	return out
}

func accept(list diag.List, accepted []plan.Acceptance) (out diag.List, unused []plan.Acceptance) {
	used := make([]bool, len(accepted))
	out = slices.Clone(list)
	for i := range out {
		d := &out[i]
		reason, ok := "", false
		for j := range accepted {
			if accepted[j].Accepts(d) {
				used[j] = true
				if !ok {
					reason, ok = accepted[j].Reason, true
				}
			}
		}
		if ok && d.Severity != diag.Info {
			d.Severity = diag.Info
			d.Message += acceptedMark + reason
			d.Fix = ""
		}
	}
	for j, a := range accepted {
		if !used[j] {
			unused = append(unused, a)
		}
	}
	return out, unused
}

func ofApp(app string) string {
	if app == "" {
		return ""
	}
	return " for app " + app
}
