package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/internal/bench"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/verify"
)

// render does in this process what rehome render --flat does, to a directory
// that is not there yet, and takes the time of its stages.
func render(source fs.FS, plan, dir string) (*bench.Outcome, error) {
	var watch stopwatch
	result, files, err := compute(source, plan, &watch)
	if err != nil {
		return nil, err
	}
	watch.begin("write, by one worker")
	out := &bench.Outcome{
		Phases: len(result.Schedule.Phases), Edges: len(result.Graph.Edges), Files: len(files),
		Keep: result,
	}
	made := map[string]bool{}
	for _, f := range files {
		out.Bytes += int64(len(f.Data))
		if err := write(filepath.Join(dir, filepath.FromSlash(f.Path)), f.Data, made); err != nil {
			return nil, err
		}
	}
	watch.begin("")
	out.Stages = watch.stages
	return out, nil
}

// compute makes the files of a migration.
func compute(source fs.FS, plan string, watch *stopwatch) (*rehome.Result, []deliver.File, error) {
	workers := runtime.GOMAXPROCS(0)
	result, diags := rehome.Compile(source, plan, rehome.Options{Workers: workers, Begin: watch.begin})
	if err := diags.Err(); err != nil {
		return nil, nil, err
	}
	watch.begin("deliver")
	files, diags := deliver.Files(result.Schedule, result.States, deliver.Options{Flat: true, Findings: diags, Workers: workers})
	return result, files, diags.Err()
}

// stopwatch takes the time of stages that follow each other.
type stopwatch struct {
	stages []bench.Stage
	start  time.Time
}

// begin ends a stage and begins another.
func (s *stopwatch) begin(name string) {
	now := time.Now()
	if n := len(s.stages); n > 0 {
		s.stages[n-1].Time = now.Sub(s.start)
	}
	s.start = now
	if name != "" {
		s.stages = append(s.stages, bench.Stage{Name: name})
	}
}

// prove proves a rendered migration once more.
func prove(keep any) {
	if r, ok := keep.(*rehome.Result); ok {
		verify.Prove(r.Schedule, r.States, refs.Options{Workers: runtime.GOMAXPROCS(0)})
	}
}

// write writes a file and makes its directory unless it is among those made.
func write(path string, data []byte, made map[string]bool) error {
	if parent := filepath.Dir(path); !made[parent] {
		if err := os.MkdirAll(parent, 0o755); err != nil {
			return err
		}
		made[parent] = true
	}
	return os.WriteFile(path, data, 0o644)
}
