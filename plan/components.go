package plan

import (
	"cmp"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/rehome-dev/rehome/manifest"
)

// findComponents finds what must move together, and the layers. Edges that only
// an object shared with others shows order the waves where they can: those that
// would close a cycle are left out.
func findComponents(g *Graph) []*component {
	every := components(g, func(*Edge) bool { return true })
	of := map[*App]*component{}
	for _, c := range every {
		for _, a := range c.apps {
			of[a] = c
		}
	}
	return components(g, func(e *Edge) bool { return e.own() || of[e.Caller] != of[e.Callee] })
}

// components finds the strongly connected components of the moving apps and
// their layers (Tarjan 1972; components come out callees first).
func components(g *Graph, counts func(*Edge) bool) []*component {
	t := &tarjan{index: map[*App]int{}, low: map[*App]int{}, of: map[*App]*component{}, calls: map[*App][]*App{}}
	for _, e := range g.Edges {
		if e.Caller.Moves() && e.Callee.Moves() && counts(e) {
			t.calls[e.Caller] = append(t.calls[e.Caller], e.Callee)
		}
	}
	for _, a := range g.Apps {
		if a.Moves() && t.index[a] == 0 {
			t.visit(a)
		}
	}
	return t.out
}

// own reports whether the caller itself names the callee, or the plan declares
// the edge. What only stands in an object shared with others may be some other
// reader's business: it does not make a cycle.
func (e *Edge) own() bool {
	if !e.Declared.IsZero() {
		return true
	}
	for _, r := range e.Evidence {
		if !slices.ContainsFunc(e.Caller.Shared, func(s *Shared) bool { return s.Object == r.Object }) {
			return true
		}
	}
	return false
}

type tarjan struct {
	calls map[*App][]*App
	index map[*App]int // from 1, in order of the visit
	low   map[*App]int
	stack []*App
	of    map[*App]*component // finished ones
	out   []*component
}

func (t *tarjan) visit(a *App) {
	t.index[a] = len(t.index) + 1
	t.low[a] = t.index[a]
	t.stack = append(t.stack, a)
	for _, b := range t.calls[a] {
		if t.index[b] == 0 {
			t.visit(b)
			t.low[a] = min(t.low[a], t.low[b])
		} else if t.of[b] == nil {
			t.low[a] = min(t.low[a], t.index[b])
		}
	}
	if t.low[a] == t.index[a] {
		t.finish(a)
	}
}

// finish takes a component off the stack, down to its first app.
func (t *tarjan) finish(first *App) {
	i := slices.Index(t.stack, first)
	c := &component{apps: slices.Clone(t.stack[i:])}
	t.stack = t.stack[:i]
	for _, a := range c.apps {
		t.of[a] = c
	}
	for _, a := range c.apps {
		addRequests(a, &c.cpu, &c.mem)
		for _, b := range t.calls[a] {
			if t.of[b] != c {
				c.layer = max(c.layer, t.of[b].layer+1)
			}
		}
	}
	sortApps(c.apps)
	t.out = append(t.out, c)
}

// addRequests adds what the pods of an app request: the capacity that its second
// copy needs while the first still runs.
func addRequests(a *App, cpu, mem *resource.Quantity) {
	for _, w := range a.Workloads {
		replicas := Replicas(w)
		for _, c := range PodTemplate(w).Get("spec", "containers").Items() {
			addTimes(cpu, c.Text("resources", "requests", "cpu"), replicas)
			addTimes(mem, c.Text("resources", "requests", "memory"), replicas)
		}
	}
}

func addTimes(sum *resource.Quantity, value string, times int64) {
	q := quantity(value)
	if q == nil {
		return
	}
	q.Mul(times)
	sum.Add(*q)
}

func sortApps(apps []*App) {
	slices.SortFunc(apps, func(a, b *App) int { return cmp.Compare(a.Name, b.Name) })
}

// isOnce reports whether a workload must not run in two places at the same time.
func isOnce(o *manifest.Object) bool {
	return RunsOnSchedule(o) || o.ID.Group == "batch" && o.ID.Kind == "Job"
}
