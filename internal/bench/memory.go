package bench

import (
	"os"
	"runtime"
	"time"

	"github.com/rehome-dev/rehome/internal/corpus"
)

// timed runs f on a heap without garbage and returns how long it took.
func timed(f func() error) (time.Duration, error) {
	runtime.GC()
	start := time.Now()
	err := f()
	return time.Since(start), err
}

// memory renders once and takes down what was allocated, and what is still held
// while the result is.
func (s *Size) memory(r Render, source, out string) error {
	var before, after, settled runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	outcome, err := r(os.DirFS(source), corpus.PlanPath, out)
	if err != nil {
		return err
	}
	runtime.ReadMemStats(&after)
	runtime.GC()
	runtime.ReadMemStats(&settled)
	s.Allocated = after.TotalAlloc - before.TotalAlloc
	if settled.HeapAlloc > before.HeapAlloc {
		s.Retained = settled.HeapAlloc - before.HeapAlloc
	}
	runtime.KeepAlive(outcome)
	s.Outcome = outcome
	return os.RemoveAll(out)
}
