package rehome

import (
	"io/fs"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify"
)

// readPlan parses the plan file.
func (r *Result) readPlan(fsys fs.FS, planPath string) (diags diag.List) {
	data, err := fs.ReadFile(fsys, planPath)
	if err != nil {
		diags.Errorf(diag.CodePlan, diag.Pos{File: planPath}, "the plan cannot be read: %v", err)
		return diags
	}
	r.Plan, diags = plan.Parse(planPath, data)
	return diags
}

// readSources reads the manifest roots that the plan names.
func (r *Result) readSources(fsys fs.FS, planPath string, opts Options) diag.List {
	roots, diags := ManifestRoots(r.Plan, planPath)
	if diags.HasErrors() {
		return diags
	}
	var found diag.List
	r.Inventory, found = manifest.Read(fsys, roots, manifest.ReadOptions{Workers: opts.Workers})
	return append(diags, found...)
}

// scan finds the references.
func (r *Result) scan(opts Options) (diags diag.List) {
	r.References, diags = refs.Scan(r.Inventory, scanOptions(r.Plan, opts))
	return diags
}

// scanOptions translates what the plan says about references.
func scanOptions(p *plan.Plan, opts Options) refs.Options {
	out := refs.Options{Workers: opts.Workers, Domains: []string{refs.DefaultDomain}}
	for _, c := range p.Spec.Clusters { // put into order below
		if c.Domain != "" {
			out.Domains = append(out.Domains, c.Domain)
		}
	}
	slices.Sort(out.Domains)
	out.Domains = slices.Compact(out.Domains)
	for _, a := range p.Spec.Apps {
		if a.To != nil && a.To.Namespace != "" {
			out.Namespaces = append(out.Namespaces, a.To.Namespace)
		}
	}
	for _, s := range p.Spec.References.Ignore {
		out.Ignore = append(out.Ignore, selector(s))
	}
	for _, s := range p.Spec.References.Confirm {
		out.Confirm = append(out.Confirm, selector(s))
	}
	for _, f := range p.Spec.References.Fields {
		out.Fields = append(out.Fields, refs.FieldRow{
			Pos: f.Pos, Group: f.Group, Kind: f.Kind, Path: f.Path, Refers: refs.FieldRefers(f.Refers),
		})
	}
	return out
}

func selector(s plan.ReferenceSpec) refs.Selector {
	return refs.Selector{Pos: s.Pos, Kind: s.Kind, Name: s.Name, Path: s.Path, Text: s.Text}
}

// connect groups the objects into apps and finds the edges between them.
func (r *Result) connect() diag.List {
	var diags diag.List
	r.Graph, diags = plan.Group(r.Plan, r.Inventory, r.References)
	if r.Graph == nil || r.blocks(diags) {
		return diags
	}
	diags = append(diags, plan.Connect(r.Graph)...)
	verify.MarkDenied(r.Graph)
	return append(diags, reportLoose(r.Graph)...)
}

// reportLoose says what nobody claims and what names nothing: nothing of the
// sources is passed over in silence.
func reportLoose(g *plan.Graph) (diags diag.List) {
	for _, o := range g.Unclaimed {
		diags.Infof(diag.CodeGroup, o.Pos("metadata", "name"), "%s belongs to no app of the plan: it stays where it is", o.ID)
	}
	for _, m := range g.Missing {
		diags.Warnf(diag.CodeReference, m.Pos(), "%q names a Service that is nowhere in the sources", m.Written()).
			WithObject(m.Object.Identity()).WithFix("add the manifests of that Service to the sources, or list the reference under references.ignore")
	}
	for _, m := range g.Possible {
		diags.Infof(diag.CodeReference, m.Pos(), "%q may name the Service %s: it is left as it is", m.Written(), m.Target.Name).
			WithObject(m.Object.Identity()).WithFix("list it under references.confirm, or under references.ignore")
	}
	return diags
}

// schedule orders the migration.
func (r *Result) schedule() (diags diag.List) {
	r.Schedule, diags = plan.MakeSchedule(r.Graph)
	return diags
}

// render folds the steps into states.
func (r *Result) render() (diags diag.List) {
	r.States, diags = render.States(r.Schedule)
	return diags
}

// prove looks for a call that fails in any intermediate state.
func (r *Result) prove(opts Options) (diags diag.List) {
	r.Proof, diags = verify.Prove(r.Schedule, r.States, scanOptions(r.Plan, opts))
	return diags
}
