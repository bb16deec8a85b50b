package rehome_test

import (
	"fmt"
	"os"
	"runtime/pprof"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/internal/corpus"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify"
)

func TestZZPerf(t *testing.T) {
	for _, n := range []int{250, 1000} {
		files := fstest.MapFS{}
		for _, f := range corpus.Generate(n, corpus.Files) {
			files[f.Path] = &fstest.MapFile{Data: f.Data}
		}
		t0 := time.Now()
		r, d := rehome.Compile(files, corpus.PlanPath, rehome.Options{Workers: 1})
		if d.HasErrors() { t.Fatal(d.Err()) }
		t1 := time.Now()
		render.States(r.Schedule)
		t2 := time.Now()
		if n == 1000 { f, _ := os.Create("/tmp/perf/cpu"); pprof.StartCPUProfile(f) }
		verify.Prove(r.Schedule, r.States, refs.Options{Workers: 1})
		pprof.StopCPUProfile()
		fmt.Println(n, "compile", t1.Sub(t0), "states", t2.Sub(t1), "prove", time.Since(t2), len(d))
	}
}
