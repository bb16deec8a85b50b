package plan

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// component is what must move in one wave: an app, or apps that call each other
// in a cycle.
type component struct {
	apps  []*App // in order of names
	layer int    // 0 for those that call no other moving app
	cpu   resource.Quantity
	mem   resource.Quantity
}

// makeWaves puts the moving apps into waves as the plan's schedule asks for.
func makeWaves(g *Graph) ([]*Wave, diag.List) {
	var diags diag.List
	components := findComponents(g)
	g.cycles = map[*App]int{}
	for i, c := range components {
		for _, a := range c.apps {
			g.cycles[a] = i + 1
		}
	}
	switch g.Plan.Spec.Schedule.Order {
	case AllAtOnce:
		return allAtOnce(components), nil
	case Explicit:
		return explicitWaves(g, components)
	case DependenciesFirst:
	}
	waves := packWaves(g, components, &diags)
	return waves, diags
}

// allAtOnce makes one wave of everything that moves.
func allAtOnce(components []*component) []*Wave {
	w := &Wave{Number: 1, Why: "the plan moves all apps at once"}
	for _, c := range components {
		w.Apps = append(w.Apps, c.apps...)
	}
	if len(w.Apps) == 0 {
		return nil
	}
	sortApps(w.Apps)
	return []*Wave{w}
}

// explicitWaves makes the waves that the plan numbers.
func explicitWaves(g *Graph, components []*component) ([]*Wave, diag.List) {
	var diags diag.List
	byNumber := map[int]*Wave{}
	var numbers []int
	for _, a := range g.Apps {
		if !a.Moves() {
			continue
		}
		w := byNumber[a.Spec.Wave]
		if w == nil {
			w = &Wave{Why: fmt.Sprintf("the plan puts these apps into wave %d", a.Spec.Wave)}
			byNumber[a.Spec.Wave] = w
			numbers = append(numbers, a.Spec.Wave)
		}
		w.Apps = append(w.Apps, a)
	}
	for _, c := range components {
		for _, a := range c.apps[1:] {
			if first := c.apps[0]; a.Spec.Wave != first.Spec.Wave {
				diags.Infof("H32", a.Pos, "the apps %s call each other in a cycle, and the plan moves them in different waves: their aliases stay until the last of them has moved", joinNames(appNames(c.apps))).
					WithApp(a.Name)
				break
			}
		}
	}
	slices.Sort(numbers)
	waves := make([]*Wave, len(numbers))
	for i, n := range numbers {
		waves[i] = byNumber[n]
		waves[i].Number = i + 1
	}
	return waves, diags
}

// packWaves puts components into waves, callees before callers, no wave larger
// than the plan allows.
func packWaves(g *Graph, components []*component, diags *diag.List) []*Wave {
	schedule := &g.Plan.Spec.Schedule
	limit := newLimit(schedule)
	slices.SortStableFunc(components, func(a, b *component) int { return cmp.Compare(a.layer, b.layer) })
	var waves []*Wave
	var left room
	layer := -1
	for _, c := range components {
		if !limit.fits(c) {
			limit.report(c, schedule, diags)
		}
		if c.layer != layer || !left.take(c) {
			why := whyLayer(c.layer)
			if c.layer == layer {
				why += ", and the wave before is full"
			}
			waves = append(waves, &Wave{Number: len(waves) + 1, Why: why})
			left, layer = limit, c.layer
			left.take(c)
		}
		w := waves[len(waves)-1]
		w.Apps = append(w.Apps, c.apps...)
	}
	for _, w := range waves {
		sortApps(w.Apps)
	}
	return waves
}

func whyLayer(layer int) string {
	if layer == 0 {
		return "they call no app that moves in a later wave"
	}
	return "all moving apps that they call have moved in earlier waves"
}

// room is what a wave may still take in.
type room struct {
	apps     int // no limit when negative
	cpu, mem *resource.Quantity
}

// newLimit returns what an empty wave may take in.
func newLimit(s *ScheduleSpec) room {
	l := room{apps: -1, cpu: quantity(s.Budget.CPU), mem: quantity(s.Budget.Memory)}
	if s.MaxAppsPerWave > 0 {
		l.apps = s.MaxAppsPerWave
	}
	return l
}

// quantity parses a validated quantity; nil stands for no limit.
func quantity(s string) *resource.Quantity {
	q, err := resource.ParseQuantity(s)
	if s == "" || err != nil {
		return nil
	}
	return &q
}

// fits reports whether a component fits into what is left.
func (l *room) fits(c *component) bool {
	return (l.apps < 0 || len(c.apps) <= l.apps) &&
		(l.cpu == nil || c.cpu.Cmp(*l.cpu) <= 0) && (l.mem == nil || c.mem.Cmp(*l.mem) <= 0)
}

// take uses room for a component, and reports whether there was enough.
func (l *room) take(c *component) bool {
	if !l.fits(c) {
		return false
	}
	if l.apps >= 0 {
		l.apps -= len(c.apps)
	}
	l.cpu, l.mem = minus(l.cpu, c.cpu), minus(l.mem, c.mem)
	return true
}

func minus(q *resource.Quantity, used resource.Quantity) *resource.Quantity {
	if q == nil {
		return nil
	}
	left := q.DeepCopy()
	left.Sub(used)
	return &left
}

// report says why a component fits into no wave at all.
func (l *room) report(c *component, s *ScheduleSpec, diags *diag.List) {
	names := joinNames(appNames(c.apps))
	if l.apps >= 0 && len(c.apps) > l.apps {
		diags.Errorf("H32", s.Pos, "the apps %s call each other in a cycle and must move in one wave, which maxAppsPerWave: %d does not allow", names, l.apps).
			WithFix("raise maxAppsPerWave to %d", len(c.apps))
		return
	}
	diags.Errorf("H66", s.Budget.Pos, "a second copy of %s requests %s CPU and %s of memory, more than the budget", names, c.cpu.String(), c.mem.String()).
		WithFix("raise schedule.budget, or lower the requests of these apps for the migration")
}

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
