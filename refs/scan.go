package refs

import (
	"slices"
	"strings"
	"sync"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// Scanner finds the references in objects. It does not change once it is made
// and can be used by several goroutines.
type Scanner struct {
	table    *table
	services *index
	domains  []string
	options  Options
}

// NewScanner returns a scanner that knows some Services.
func NewScanner(services []ServiceInfo, opts Options) *Scanner {
	domains := opts.Domains
	if len(domains) == 0 {
		domains = []string{DefaultDomain}
	}
	return &Scanner{
		table: compile(opts.Fields), services: newIndex(services, opts.Namespaces),
		domains: domains, options: opts,
	}
}

// usage says which of the options were of use.
type usage struct{ ignore, confirm, fields []bool }

func (s *Scanner) newUsage() *usage {
	return &usage{
		ignore: make([]bool, len(s.options.Ignore)), confirm: make([]bool, len(s.options.Confirm)),
		fields: make([]bool, len(s.options.Fields)),
	}
}

func (u *usage) merge(o *usage) {
	for _, pair := range [][2][]bool{{u.ignore, o.ignore}, {u.confirm, o.confirm}, {u.fields, o.fields}} {
		for i, used := range pair[1] {
			pair[0][i] = pair[0][i] || used
		}
	}
}

// finding is something that is not to be passed over, but is no reference that
// could be rewritten.
type finding struct {
	code      diag.Code
	severity  diag.Severity
	path      manifest.Path
	say, todo string
}

// report records a finding at the node that the walk stands at, once.
func (w *walk) report(code diag.Code, severity diag.Severity, say, todo string) {
	if n := len(w.reports); n > 0 && w.reports[n-1].say == say && slices.Equal(w.reports[n-1].path, w.path) {
		return
	}
	w.reports = append(w.reports, finding{code, severity, w.path.Join(), say, todo})
}

// Object returns the references that an object holds, in the order they are
// written. It depends on nothing but the object and the scanner, so the objects
// that rehome renders are read in the same way.
func (s *Scanner) Object(o *manifest.Object) []Reference {
	found, _ := s.object(o, s.newUsage())
	return found
}

func (s *Scanner) object(o *manifest.Object, used *usage) ([]Reference, []finding) {
	w := walk{scanner: s, object: o, free: !builtIn(o.ID.Group), used: used}
	w.run()
	return s.decide(w.found, used), w.reports
}

// decide does what the plan says of references that it selects.
func (s *Scanner) decide(found []Reference, used *usage) []Reference {
	if len(s.options.Ignore) == 0 && len(s.options.Confirm) == 0 {
		return found
	}
	kept := found[:0]
	for i := range found {
		r := &found[i]
		path := r.Path.String()
		if selects(s.options.Ignore, used.ignore, r, path) {
			continue
		}
		if selects(s.options.Confirm, used.confirm, r, path) {
			r.Certainty = Certain
		}
		kept = append(kept, *r)
	}
	return kept
}

func selects(selectors []Selector, used []bool, r *Reference, path string) bool {
	selected := false
	for i := range selectors {
		if selectors[i].matches(r, path) {
			used[i], selected = true, true
		}
	}
	return selected
}

// builtIn reports whether a group is of Kubernetes itself, whose kinds the
// table knows. Texts in all other kinds are read.
func builtIn(group string) bool {
	switch group {
	case "", "apps", "batch", "autoscaling", "policy", "extensions":
		return true
	}
	return strings.HasSuffix(group, ".k8s.io") && group != "gateway.networking.k8s.io" && !strings.Contains(group, ".x-k8s.io")
}

func report(out *diag.List, o *manifest.Object, findings []finding) {
	for i := range findings {
		f := &findings[i]
		*out = append(*out, diag.Diagnostic{
			Code: f.code, Severity: f.severity, Pos: o.Pos(f.path...), Object: o.Identity(), Fix: f.todo,
			Message: o.ID.String() + ": " + f.path.String() + ": " + f.say,
		})
	}
}

// chunk is how many objects a worker takes at once.
const chunk = 64

// result is what one object yields.
type result struct {
	found    []Reference
	findings []finding
}

// Scan finds the references of all objects, in the order of the inventory, and
// what cannot be rewritten. Selectors and fields of the options that nothing
// matches are errors: a plan says nothing that has no effect. Services are
// looked up in the cluster of the object that names them.
func Scan(inv *manifest.Inventory, opts Options) ([]*Reference, diag.List) {
	scanners := scanners(inv, opts)
	results := make([]result, len(inv.Objects))
	used := scanAll(inv, scanners, results, max(1, opts.Workers))
	var diags diag.List
	refs := collect(inv, results, &diags)
	if len(inv.Objects) > 0 {
		unused(scanners[inv.Objects[0].Cluster()], used, &diags)
	}
	return refs, diags
}

// scanners returns a scanner for the Services of each cluster.
func scanners(inv *manifest.Inventory, opts Options) map[string]*Scanner {
	objects := map[string][]*manifest.Object{}
	for _, o := range inv.Objects {
		objects[o.Cluster()] = append(objects[o.Cluster()], o)
	}
	out := make(map[string]*Scanner, len(objects))
	for name, list := range objects {
		o := opts
		o.Namespaces = append(namespacesOf(list), opts.Namespaces...)
		out[name] = NewScanner(ServicesOf(list), o)
	}
	return out
}

func namespacesOf(objects []*manifest.Object) []string {
	seen := map[string]bool{}
	var out []string
	for _, o := range objects {
		ns := o.ID.Namespace
		if o.ID.Group == "" && o.ID.Kind == "Namespace" {
			ns = o.ID.Name
		}
		if ns != "" && !seen[ns] {
			seen[ns] = true
			out = append(out, ns)
		}
	}
	return out
}

// scanAll scans chunks of objects side by side. Every object has its place in
// results, so their order does not depend on the workers.
func scanAll(inv *manifest.Inventory, scanners map[string]*Scanner, results []result, workers int) *usage {
	var group sync.WaitGroup
	first := usage{}
	chunks := make(chan int, len(inv.Objects)/chunk+1)
	for from := 0; from < len(inv.Objects); from += chunk {
		chunks <- from
	}
	close(chunks)
	all := make([]*usage, workers)
	for worker := range workers {
		group.Go(func() {
			for from := range chunks {
				for i := from; i < min(from+chunk, len(inv.Objects)); i++ {
					o := inv.Objects[i]
					s := scanners[o.Cluster()]
					if all[worker] == nil {
						all[worker] = s.newUsage()
					}
					results[i].found, results[i].findings = s.object(o, all[worker])
				}
			}
		})
	}
	group.Wait()
	for _, u := range all {
		switch {
		case u == nil:
		case first.ignore == nil:
			first = *u
		default:
			first.merge(u)
		}
	}
	return &first
}

// collect joins the results and says which targets exist.
func collect(inv *manifest.Inventory, results []result, diags *diag.List) []*Reference {
	type key struct {
		cluster string
		manifest.ID
	}
	exists := make(map[key]bool, len(inv.Objects))
	total := 0
	for i, o := range inv.Objects {
		exists[key{o.Cluster(), o.ID}] = true
		total += len(results[i].found)
	}
	refs := make([]*Reference, 0, total)
	for i, o := range inv.Objects {
		for j := range results[i].found {
			r := &results[i].found[j]
			if r.Refers == ToObject {
				r.Known = exists[key{o.Cluster(), r.Target}]
			}
			refs = append(refs, r)
		}
		report(diags, o, results[i].findings)
	}
	return refs
}

// unused reports what the plan says of references in vain.
func unused(s *Scanner, used *usage, diags *diag.List) {
	for i, sel := range s.options.Ignore {
		if !used.ignore[i] {
			diags.Errorf(diag.CodePlan, sel.Pos, "references.ignore matches no reference").WithFix("remove the entry, or correct its kind, name, path or text")
		}
	}
	for i, sel := range s.options.Confirm {
		if !used.confirm[i] {
			diags.Errorf(diag.CodePlan, sel.Pos, "references.confirm matches no reference").WithFix("remove the entry, or correct its kind, name, path or text")
		}
	}
	for i, f := range s.options.Fields {
		switch {
		case s.table.errs[i] != nil:
			diags.Errorf(diag.CodePlan, f.Pos, "references.fields: %s", s.table.errs[i])
		case !used.fields[i]:
			diags.Errorf(diag.CodePlan, f.Pos, "references.fields: no object of kind %s has a value at %s", f.Kind, f.Path)
		}
	}
}
