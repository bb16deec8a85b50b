// Package rehome compiles a migration plan into ordered phases of Kubernetes
// manifests that move applications while everything that calls them keeps
// working, and proves it before anything is written. [Compile] is the whole
// pipeline; the stages it calls are packages of their own, numbered in their
// comments.
package rehome

import (
	"io/fs"
	"runtime"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify"
)

// Options are what a caller may choose.
type Options struct {
	Workers int  // how many objects are worked on at a time; the number of CPUs when 0
	NoProof bool // leave the proof out: the phases are known without it
	// Begin is told the name of each stage before it runs, for progress and
	// measurements; it may be nil.
	Begin func(stage string)
}

// Result is everything that Compile came to know. After an error it holds what
// the stages before it made.
type Result struct {
	Plan       *plan.Plan
	Inventory  *manifest.Inventory
	References []*refs.Reference
	Graph      *plan.Graph
	Schedule   *plan.Schedule
	States     []*render.State
	Proof      *verify.Proof
}

// Compile reads a plan and its sources and works out the migration. It touches
// nothing but the file system it is given, and stops after the first stage that
// reports an error that the plan does not accept.
func Compile(fsys fs.FS, planPath string, opts Options) (*Result, diag.List) {
	r := &Result{}
	return r, r.run(r.stages(fsys, planPath, &opts), opts)
}

// stage is one step of the pipeline: it adds to the result, and reports.
type stage struct {
	name string
	run  func() diag.List
}

// stages returns the pipeline in its order.
func (r *Result) stages(fsys fs.FS, planPath string, opts *Options) []stage {
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	stages := []stage{
		{"plan", func() diag.List { return r.readPlan(fsys, planPath) }},
		{"read", func() diag.List { return r.readSources(fsys, planPath, *opts) }},
		{"scan", func() diag.List { return r.scan(*opts) }},
		{"connect", func() diag.List { return r.connect() }},
		{"schedule", func() diag.List { return r.schedule() }},
		{"states", func() diag.List { return r.render() }},
	}
	if opts.NoProof {
		return stages
	}
	return append(stages, stage{"proof", func() diag.List { return r.prove(*opts) }})
}

// run runs stages until one reports an error that the plan does not accept.
func (r *Result) run(stages []stage, opts Options) diag.List {
	var diags diag.List
	for _, stage := range stages {
		if opts.Begin != nil {
			opts.Begin(stage.name)
		}
		found := stage.run()
		diags = append(diags, found...)
		if r.blocks(found) {
			return r.settle(diags, stoppedEarly).Sorted()
		}
	}
	if opts.NoProof {
		return r.settle(diags, notProved).Sorted()
	}
	return r.settle(diags, complete).Sorted()
}
