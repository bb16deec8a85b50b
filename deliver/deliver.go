// Package deliver is stage 7 of 7: it turns the states of a migration into
// files. Each kind of output is one function beside the others; none of them
// knows a strategy, and none touches the disk.
package deliver

import (
	"cmp"
	"slices"
	"sync"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
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
	Findings   diag.List // told in the runbook, as they were when the phases were computed
	Workers    int       // how many variants are written at the same time; 1 when it is less
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
	out.bundles = bundles(states)

	files := variantFiles(out)
	for _, kind := range []func(*output) []File{stateFiles, zoneFiles, phaseFiles, liveFiles, lockFile, runbookFile} {
		files = append(files, kind(out)...)
	}
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return files, diags
}

// variantFiles writes every variant. They are independent of each other, so
// several are written at the same time; the order of the result is that of the
// variants all the same.
func variantFiles(out *output) []File {
	variants := out.history.variants
	workers := max(1, min(out.options.Workers, len(variants)))
	written := make([][]File, len(variants))
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			var p printer
			// Neighbouring variants go to different workers: they are about equally large.
			for i := w; i < len(variants); i += workers {
				written[i] = variantFile(&p, variants[i], out.options)
			}
		})
	}
	group.Wait()
	var files []File
	for _, f := range written {
		files = append(files, f...)
	}
	return files
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
