package rehome

import (
	"io/fs"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// DiscoverOptions say how a discovered plan is to be written.
type DiscoverOptions struct {
	Name    string
	Sources []plan.Source         // as the plan is to name them, in the order of the roots
	Show    func(diag.Pos) string // how positions are shown in comments; as they are when nil
	Workers int
}

// Discover reads manifest roots and returns a plan to edit: every app that they
// show, and whom it calls, with the evidence.
func Discover(fsys fs.FS, roots []string, opts DiscoverOptions) ([]byte, diag.List) {
	manifestRoots := make([]*manifest.Root, len(roots))
	for i, path := range roots {
		manifestRoots[i] = &manifest.Root{Path: path, Namespace: opts.Sources[i].Namespace, Pos: diag.Pos{File: path}}
		if manifestRoots[i].Namespace == "" {
			manifestRoots[i].Namespace = plan.DefaultNamespace
		}
	}
	inv, diags := manifest.Read(fsys, manifestRoots, manifest.ReadOptions{Workers: opts.Workers})
	if diags.HasErrors() {
		return nil, diags.Sorted()
	}
	p, found := plan.Discover(opts.Name, opts.Sources, inv)
	diags = append(diags, found...)
	if diags.HasErrors() {
		return nil, diags.Sorted()
	}
	references, found := refs.Scan(inv, refs.Options{Workers: opts.Workers})
	diags = append(diags, found...)
	r := &Result{Plan: p, Inventory: inv, References: references}
	diags = append(diags, r.connect()...)
	if diags.HasErrors() {
		return nil, diags.Sorted()
	}
	show := opts.Show
	if show == nil {
		show = diag.Pos.String
	}
	data, err := plan.Write(r.Graph, show)
	if err != nil {
		diags.Errorf(diag.CodePlan, diag.Pos{}, "%v", err)
	}
	return data, diags.Sorted()
}
