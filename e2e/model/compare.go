package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/verify/sim"
)

// Evidence is what was seen of one question.
type Evidence struct {
	Last     traffic.Observation
	Answers  map[string]int // by namespace/pod
	Failures map[string]int // by reason
}

// newEvidence counts what an observation tells.
func newEvidence(o traffic.Observation) Evidence {
	e := Evidence{Last: o, Answers: map[string]int{}, Failures: map[string]int{}}
	for _, a := range o.Attempts {
		if a.Reason == "" {
			e.Answers[a.By.Namespace+"/"+a.By.Pod]++
		} else {
			e.Failures[a.Reason]++
		}
	}
	return e
}

// String tells what was seen.
func (e *Evidence) String() string {
	out := string(e.Last.Found)
	if e.Last.Code != "" {
		out += ", response code " + e.Last.Code
	}
	if len(e.Answers) > 0 {
		out += fmt.Sprintf(", answered by %v", e.Answers)
	}
	if len(e.Failures) > 0 {
		out += fmt.Sprintf(", failed %v", e.Failures)
	}
	return out
}

// Verdict is what a comparison comes to.
type Verdict int

// The verdicts.
const (
	Agrees    Verdict = iota + 1
	Untold            // the simulator says that manifests do not tell
	Disagrees         // what was seen is not what was predicted
)

// Compare holds what was seen against what was predicted, and says what differs.
func Compare(q *Question, p *sim.Result, e *Evidence) (Verdict, string) {
	if p.Outcome == sim.Unknown || p.Outcome == sim.Ambiguous {
		return Untold, ""
	}
	for _, differs := range []string{differsInName(q, p, e), strangers(p, e), differsInOutcome(p, e)} {
		if differs != "" {
			return Disagrees, differs
		}
	}
	if p.Assumed {
		return Untold, ""
	}
	return Agrees, ""
}

// differsInName compares the lookups.
func differsInName(q *Question, p *sim.Result, e *Evidence) string {
	nameless := p.Outcome == sim.NXDomain || p.Outcome == sim.NoData
	switch {
	case p.Outcome == sim.Denied && e.Last.Found == traffic.Silence:
		return "" // DNS itself is denied
	case nameless != (e.Last.Found == traffic.NoName):
		return fmt.Sprintf("predicted %s, and the lookup gave %s", p.Outcome, e.Last.Found)
	case nameless && q.Port != 0 && e.Last.Code != "" && e.Last.Code != p.Outcome.String():
		return fmt.Sprintf("predicted %s, and the response code is %s", p.Outcome, e.Last.Code)
	}
	return ""
}

// strangers names who answered and was not predicted.
func strangers(p *sim.Result, e *Evidence) string {
	meant := predicted(p)
	for _, by := range sortedKeys(e.Answers) {
		if !slices.Contains(meant, by) {
			return by + " answered, who was not predicted"
		}
	}
	return ""
}

// predicted returns namespace/pod of everybody whom the simulator names.
func predicted(p *sim.Result) []string {
	var out []string
	for i := range p.Backends {
		if name := p.Backends[i].Workload.Namespace + "/" + p.Backends[i].Workload.Name; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// differsInOutcome compares what became of the connections.
func differsInOutcome(p *sim.Result, e *Evidence) string {
	switch p.Outcome {
	case sim.OK:
		return differsFromOK(p, e)
	case sim.NXDomain, sim.NoData:
		return ""
	case sim.Denied:
		if e.Last.Found == traffic.Addresses && e.Failures["timeout"] == 0 {
			return "predicted that a policy denies, and nothing was dropped"
		}
	default:
		if len(e.Failures) == 0 {
			return fmt.Sprintf("predicted %s, and nothing failed", p.Outcome)
		}
	}
	return ""
}

// differsFromOK compares with the prediction that all answer. What rests on an
// assumption may fail.
func differsFromOK(p *sim.Result, e *Evidence) string {
	if p.Assumed {
		return ""
	}
	if len(e.Failures) > 0 {
		return fmt.Sprintf("predicted ok, and connections failed: %v", e.Failures)
	}
	for _, name := range predicted(p) {
		if e.Answers[name] == 0 {
			return name + " was predicted and never answered"
		}
	}
	return ""
}

func sortedKeys(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for k := range m { // put into order below
		out = append(out, k)
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
