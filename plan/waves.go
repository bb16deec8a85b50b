package plan

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/rehome-dev/rehome/diag"
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
	if s := &g.Plan.Spec.Schedule; s.Order != DependenciesFirst && s.Order != "" && (s.MaxAppsPerWave > 0 || s.Budget.CPU != "" || s.Budget.Memory != "") {
		diags.Errorf(diag.CodePlan, s.Pos, "maxAppsPerWave and budget have no effect with order: %s", s.Order).
			WithFix("remove them, or use order: %s", DependenciesFirst)
		return nil, diags
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
