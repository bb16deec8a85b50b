package bench

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Target is a ratio that is promised, and what it came to.
type Target struct {
	Name      string
	Got       float64
	Unit      string
	AtMost    float64 // 0: no upper bound
	AtLeast   float64 // 0: no lower bound
	AtN       int
	Yardstick string // what it is measured against; may be empty
}

// Met reports whether the promise is kept.
func (t Target) Met() bool {
	return (t.AtMost == 0 || t.Got <= t.AtMost) && (t.AtLeast == 0 || t.Got >= t.AtLeast)
}

// String returns the target as a line of the report.
func (t Target) String() string {
	verdict, bound := "ok", fmt.Sprintf("at most %g%s", t.AtMost, t.Unit)
	if !t.Met() {
		verdict = "MISSED"
	}
	if t.AtLeast > 0 {
		bound = fmt.Sprintf("at least %g%s", t.AtLeast, t.Unit)
	}
	line := fmt.Sprintf("%-7s%s at N = %d: %.2f%s", verdict, t.Name, t.AtN, t.Got, t.Unit)
	if t.Yardstick != "" {
		line += " " + t.Yardstick
	}
	return line + " (" + bound + ")"
}

// The sizes that the promises are about.
const (
	targetSize = 1000
	growthSize = 10000
)

// targets compares what was measured with what is promised. A promise about a
// size that was not measured is left out.
func targets(sizes []*Size, oneRoot time.Duration, oneRootN int) []Target {
	var all []Target
	at := func(n int) *Size {
		i := slices.IndexFunc(sizes, func(s *Size) bool { return s.N == n })
		if i < 0 {
			return nil
		}
		return sizes[i]
	}
	base := at(targetSize)
	if base != nil {
		all = append(all, base.targets()...)
	}
	if big := at(growthSize); base != nil && big != nil {
		all = append(all,
			Target{Name: "growth of time per app", AtN: big.N, Got: perApp(big) / perApp(base), Unit: "x", Yardstick: "of N = 1000", AtMost: 1.2},
			Target{Name: "growth of memory per app", AtN: big.N, Got: big.perApp(big.Retained) / base.perApp(base.Retained), Unit: "x", Yardstick: "of N = 1000", AtMost: 1.2},
		)
	}
	if oneRoot > 0 && len(sizes) > 0 {
		s := nearestSize(sizes, oneRootN)
		all = append(all, Target{
			Name: "ahead of one kustomize build of everything", AtN: oneRootN, Unit: "x", AtLeast: 50,
			Got: micros(oneRoot) / (perApp(s) * float64(oneRootN)), Yardstick: fmt.Sprintf("by the time per app of N = %d", s.N),
		})
	}
	return all
}

// targets returns the promises about one size.
func (s *Size) targets() []Target {
	return []Target{
		{Name: "render --flat", AtN: s.N, Got: ratio(s.Flat, s.Copy), Unit: "x", Yardstick: "the copy bound", AtMost: 10},
		{Name: "ahead of the kustomize API", AtN: s.N, Got: ratio(s.KustomizeLoop, s.Flat), Unit: "x", AtLeast: 4},
		{Name: "render --flat of kustomizations", AtN: s.N, Got: ratio(s.Kustomizations, s.KustomizeLoop), Unit: "x", Yardstick: "the kustomize API", AtMost: 0.6},
		{Name: "the proof alone", AtN: s.N, Got: ratio(s.Proof, s.Flat-s.Proof), Unit: "x", Yardstick: "the rest of render --flat", AtMost: 1},
		{Name: "memory retained per app", AtN: s.N, Got: s.perApp(s.Retained), Unit: " KB", AtMost: 160},
	}
}

// perApp returns the microseconds that an app takes.
func perApp(s *Size) float64 { return micros(s.Flat) / float64(s.N) }

// nearestSize returns the measured size that is closest to a number of apps.
func nearestSize(sizes []*Size, n int) *Size {
	return slices.MinFunc(sizes, func(a, b *Size) int {
		return cmp.Compare(max(a.N, n)-min(a.N, n), max(b.N, n)-min(b.N, n))
	})
}
