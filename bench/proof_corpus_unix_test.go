//go:build unix

package main

import (
	"os"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/internal/corpus"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/verify"
)

// BenchmarkProof proves the generated corpus, without what comes before the
// proof. The metric is microseconds per app: it must not grow with their number.
func BenchmarkProof(b *testing.B) {
	for _, n := range [...]int{200, 1000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) { benchmarkProof(b, corpus.Generate(n, corpus.Files), n) })
	}
}

// benchmarkProof proves the migration of some files again and again.
func benchmarkProof(b *testing.B, files []corpus.File, apps int) {
	b.Helper()
	dir := b.TempDir()
	if err := corpus.Write(dir, files); err != nil {
		b.Fatal(err)
	}
	result, diags := rehome.Compile(os.DirFS(dir), corpus.PlanPath, rehome.Options{})
	if err := diags.Err(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	before := processorTime(b)
	for b.Loop() {
		verify.Prove(result.Schedule, result.States, refs.Options{Workers: runtime.GOMAXPROCS(0)})
	}
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N)/float64(apps), "cpu-µs/app")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(apps), "µs/app")
	b.ReportMetric(float64(len(result.Proof.Phases)), "phases")
}

// processorTime returns what all threads of the process have used. On a shared
// machine it says more than the time that has passed.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
