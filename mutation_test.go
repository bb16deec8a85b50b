package rehome_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify"
)

// fault is one way to get a migration wrong.
type fault struct {
	name  string
	codes []diag.Code // of which one must be reported as an error
	apply func(*film) []mutant
}

// mutant is a migration with one fault in it.
type mutant struct {
	what   string // where the fault is
	states []*render.State
	// harmless says why the fault breaks no call and no rule. It is argued from
	// the manifests of today, never asked of the proof; then the proof must not
	// complain either.
	harmless string
}

// mutate returns a film with one fault.
func (f *film) mutate(edit func(*film), what string, args ...any) mutant {
	out := f.clone()
	edit(out)
	return mutant{what: fmt.Sprintf(what, args...), states: out.states()}
}

// unless marks a mutant as harmless when there is a reason.
func (m mutant) unless(reason string) mutant {
	m.harmless = reason
	return m
}

// maxMutants is how many mutants of one fault and one migration are tried; of
// more they are taken at even distances.
var maxMutants = flag.Int("mutants", 3, "how many mutants of one fault and one migration are tried")

// score is what became of the mutants of one fault.
type score struct {
	caught, harmless int
	survivors        []string
}

// TestMutationScore puts faults into migrations that are proved, and wants each
// that breaks something to be found.
func TestMutationScore(t *testing.T) {
	t.Parallel()
	faults := slices.Concat(orderFaults(), serviceFaults(), addressFaults(), workloadFaults(), inputFaults(), policyFaults(), relayFaults(), hopFaults())
	cases := mutationCases(t)
	scores := make([][]score, len(cases))
	var group sync.WaitGroup
	for i, c := range cases {
		group.Go(func() { scores[i] = c.scores(t, faults) })
	}
	group.Wait()
	total := make([]score, len(faults))
	for _, ofCase := range scores {
		for i, s := range ofCase {
			total[i].caught += s.caught
			total[i].harmless += s.harmless
			total[i].survivors = append(total[i].survivors, s.survivors...)
		}
	}
	report(t, faults, total)
}

// scores tries all faults on one migration, which has none without them.
func (c mutationCase) scores(t *testing.T, faults []fault) []score {
	base := newFilm(c.result)
	if _, diags := verify.Prove(c.result.Schedule, base.states(), base.options()); diags.HasErrors() {
		t.Errorf("%s is not proved without a fault: %v", c.name, diags.Err())
		return nil
	}
	out := make([]score, len(faults))
	for i := range faults {
		for _, m := range spread(faults[i].apply(base), *maxMutants) {
			out[i].add(c, &faults[i], m)
		}
	}
	return out
}

// add judges one mutant.
func (s *score) add(c mutationCase, f *fault, m mutant) {
	_, diags := verify.Prove(c.result.Schedule, m.states, newFilm(c.result).options())
	var codes []diag.Code
	for _, d := range diags {
		if d.Severity == diag.Error {
			codes = append(codes, d.Code)
		}
	}
	switch {
	case m.harmless != "" && len(codes) == 0:
		s.harmless++
	case m.harmless != "":
		s.survivors = append(s.survivors, fmt.Sprintf("%s: %s: reported, although %s: %v", c.name, m.what, m.harmless, diags.Err()))
	case slices.ContainsFunc(codes, func(code diag.Code) bool { return slices.Contains(f.codes, code) }):
		s.caught++
	case len(codes) > 0:
		slices.Sort(codes)
		s.survivors = append(s.survivors, fmt.Sprintf("%s: %s: reported as %v, want one of %v", c.name, m.what, slices.Compact(codes), f.codes))
	default:
		s.survivors = append(s.survivors, fmt.Sprintf("%s: %s", c.name, m.what))
	}
}

// report prints the score of each fault and fails for every survivor.
func report(t *testing.T, faults []fault, scores []score) {
	t.Helper()
	var table strings.Builder
	caught, harmless, survived := 0, 0, 0
	for i, s := range scores {
		fmt.Fprintf(&table, "%-34s %4d caught %4d harmless %4d survived\n", faults[i].name, s.caught, s.harmless, len(s.survivors))
		caught, harmless, survived = caught+s.caught, harmless+s.harmless, survived+len(s.survivors)
		if s.caught == 0 {
			t.Errorf("%s: no migration has a place where this fault breaks something", faults[i].name)
		}
		for _, survivor := range s.survivors {
			t.Errorf("%s: survived: %s", faults[i].name, survivor)
		}
	}
	t.Logf("%d kinds of faults\n%s", len(faults), table.String())
	if total := caught + survived; total > 0 {
		t.Logf("mutation score %d of %d: %.1f %%; %d harmless mutants", caught, total, 100*float64(caught)/float64(total), harmless)
	}
}

// spread returns at most n items at even distances.
func spread[T any](items []T, n int) []T {
	if len(items) <= n {
		return items
	}
	out := make([]T, n)
	for i := range out {
		out[i] = items[i*len(items)/n]
	}
	return out
}
