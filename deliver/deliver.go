// Package deliver is stage 7 of 7: it turns the states of a migration into
// files. Each kind of output is one function beside the others; none of them
// knows a strategy, and none touches the disk.
package deliver

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify"
)

// File is one file of the output.
type File struct {
	Path string // slash-separated, relative to the output directory
	Data []byte
}

// Input is a file that the migration was computed from.
type Input struct {
	Path   string // as the plan's file system names it
	SHA256 string // in hexadecimal
}

// Options are what the files depend on beside the states.
// The zero Options write overlays that expect the sources in the output directory.
type Options struct {
	Flat       bool   // full manifests for kustomizations too, which then no longer follow the user's base
	SourceRoot string // slash path from the output directory to what [manifest.Root] paths are relative to: "../"
	Within     string // where the output directory lies below that root, "" when it does not: overlays then take the shortest way
	Version    string // of rehome
	Inputs     []Input
	Findings   diag.List     // told in the runbook, as they were when the phases were computed
	Report     bool          // report.html too
	Proof      *verify.Proof // told in the report; may be nil
	Workers    int           // how many files are made at the same time; 1 when it is less
}

// output collects what all kinds of files are made from.
type output struct {
	schedule *plan.Schedule
	states   []*render.State
	history  *history
	bundles  []*bundle // one for each phase
	options  Options
}

// Files returns all files of the output, in the order of their paths. The same
// states give the same bytes, whatever the number of workers.
func Files(schedule *plan.Schedule, states []*render.State, opts Options) ([]File, diag.List) {
	var diags diag.List
	if len(states) == 0 {
		diags.Errorf(diag.CodeOutput, diag.Pos{}, "a migration without states has no files")
		return nil, diags
	}
	out := &output{schedule: schedule, states: states, options: opts}
	out.history = record(schedule, states, opts, &diags)
	out.bundles = bundles(states, out.history)

	sections := make([]string, len(out.bundles))
	files := write(out.work(sections), opts.Workers)
	files = append(files, out.runbookFile(sections))
	files = append(files, zoneFiles(out)...)
	files = append(files, clusterBooks(out)...)
	if opts.Report {
		report, err := out.reportFile()
		if err != nil {
			diags.Errorf(diag.CodeOutput, diag.Pos{File: reportName}, "the report cannot be written: %v", err)
		}
		files = append(files, report)
	}
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return files, diags
}

// work returns the pieces of writing, which are independent of each other. Some
// fill in the sections of the runbook.
func (out *output) work(sections []string) []func(*printer) []File {
	work := []func(*printer) []File{out.lockFile}
	for i, b := range out.bundles {
		work = append(work, func(p *printer) []File {
			sections[i] = out.section(b)
			return phaseFiles(p, b)
		})
	}
	for _, v := range out.history.variants {
		work = append(work, func(p *printer) []File { return variantFile(p, v, out.options) })
	}
	for _, s := range out.history.snapshots {
		work = append(work, func(p *printer) []File { return out.stateFiles(p, s) })
	}
	return work
}

// write does all pieces of writing, several at the same time. The order of the
// result is that of the pieces all the same.
func write(work []func(*printer) []File, workers int) []File {
	written := make([][]File, len(work))
	var next atomic.Int64
	var group sync.WaitGroup
	for range max(1, min(workers, len(work))) {
		group.Go(func() {
			var p printer
			for i := int(next.Add(1)) - 1; i < len(work); i = int(next.Add(1)) - 1 {
				written[i] = work[i](&p)
			}
		})
	}
	group.Wait()
	return slices.Concat(written...)
}

func variantFile(p *printer, v *variant, opts Options) []File {
	if v.group.base != nil {
		return overlayFiles(p, v, opts)
	}
	return bundleFiles(p, v.dir, v.objects)
}

// todayName is the directory of state 0.
const todayName = "00-today"

// StateName returns the directory of a state under states/, which is also that
// of the phase leading to it under phases/.
func StateName(s *render.State) string {
	if s.Phase == nil {
		return todayName
	}
	return s.Phase.Title()
}

// PlaceDir returns the directory of a place: cluster, then namespace. That of the
// objects that are in no namespace cannot be the name of one: "_" is in no DNS label.
func PlaceDir(p plan.Place) string { return clusterDir(p.Cluster) + "/" + namespaceDir(p.Namespace) }

func clusterDir(cluster string) string { return cmp.Or(cluster, plan.DefaultCluster) }

func namespaceDir(namespace string) string { return cmp.Or(namespace, "_cluster") }
