package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// item is a step with what it needs: the vocabulary between strategies, which
// know how a move is done, and the schedule, which only knows order.
type item struct {
	step  Step
	wave  *Wave
	why   string
	needs []*item
	early bool // a repoint before the flips
	phase int  // the phase it was put into; 0 while it waits
}

// rank orders the steps of a wave where their needs leave a choice: by kind, and
// early repoints before the flips.
func (it *item) rank() int {
	if it.early {
		return 2*int(FlipKind) - 1
	}
	return 2 * int(it.step.Kind())
}

// MakeSchedule turns a graph into waves, phases, steps and gates.
func MakeSchedule(g *Graph) (*Schedule, diag.List) {
	waves, diags := makeWaves(g)
	if g.Plan.Spec.Blocks(diags) {
		return nil, diags
	}
	m := newMover(g, waves)
	m.plan()
	diags = append(diags, m.diags...)
	if g.Plan.Spec.Blocks(diags) {
		return nil, diags
	}
	s := &Schedule{Graph: g, Waves: waves, Kept: m.kept}
	for _, w := range waves {
		s.layer(m.byWave[w], &diags)
	}
	namePhases(s.Phases)
	for i, p := range s.Phases {
		p.digits = len(strconv.Itoa(len(s.Phases)))
		var next *Phase
		if i+1 < len(s.Phases) {
			next = s.Phases[i+1]
		}
		p.Gate = gateOf(p, next, &g.Plan.Spec)
	}
	return s, diags
}

// layer puts the steps of one wave into phases. Each phase takes all steps of
// one rank whose needs lie in earlier phases; of several possible kinds the
// first comes first.
func (s *Schedule) layer(waiting []*item, diags *diag.List) {
	for len(waiting) > 0 {
		var first *item
		for _, it := range waiting {
			if it.ready() && (first == nil || it.rank() < first.rank()) {
				first = it
			}
		}
		if first == nil {
			diags.Errorf(diag.CodeSchedule, s.Graph.Plan.Pos, "no order exists: %s and %s wait for each other", describeStep(waiting[0].step), describeStep(waiting[len(waiting)-1].step))
			return
		}
		phase := &Phase{Number: len(s.Phases) + 1, Wave: waiting[0].wave, Kind: first.step.Kind()}
		var taken, rest []*item
		for _, it := range waiting {
			if it.rank() == first.rank() && it.ready() {
				phase.add(it)
				taken = append(taken, it)
			} else {
				rest = append(rest, it)
			}
		}
		for _, it := range taken {
			it.phase = phase.Number
		}
		s.Phases = append(s.Phases, phase)
		waiting = rest
	}
}

// ready reports whether all that the item needs lies in a phase already.
func (it *item) ready() bool {
	return !slices.ContainsFunc(it.needs, func(n *item) bool { return n.phase == 0 })
}

// add puts an item's step into the phase.
func (p *Phase) add(it *item) {
	p.Steps = append(p.Steps, it.step)
	if it.why != "" && !slices.Contains(p.Why, it.why) {
		p.Why = append(p.Why, it.why)
	}
}

func describeStep(s Step) string { return s.Kind().String() + " " + s.Subject() }

// namePhases gives each phase a unique name that says what it does: the kind and
// the one thing it is about, or the wave where it is about several.
func namePhases(phases []*Phase) {
	taken := map[string]bool{}
	for _, p := range phases {
		name := p.Kind.String()
		switch {
		case len(p.Steps) == 1 && p.Kind != FinishKind:
			name += "-" + strings.ReplaceAll(p.Steps[0].Subject(), "/", "-")
		case p.Kind != FinishKind:
			name += fmt.Sprintf("-wave-%d", p.Wave.Number)
		}
		p.Name = uniqueName(taken, name)
	}
}

// gateOf says what must hold after a phase before the next one may begin.
func gateOf(p, next *Phase, spec *Spec) Gate {
	var g Gate
	w := spec.Windows
	for _, s := range p.Steps {
		switch s := s.(type) {
		case *Deploy:
			g.rollouts(s.Objects, s.App.To)
		case *Relay:
			g.Rollouts = append(g.Rollouts, WorkloadAt{Kind: "Deployment", Name: RelayName(s.Service), Place: s.At})
		case *Flip:
			g.afterFlip(s, spec)
		case *OpenHop:
			g.afterOpenHop(s, spec)
		case *Unroute:
			g.waitFor(w.Drain, "requests in flight on the old routes end")
		case *Retire:
			for _, o := range s.Objects {
				if PodTemplate(o) != nil {
					g.Gone = append(g.Gone, WorkloadAt{Kind: o.ID.Kind, Name: o.ID.Name, Place: s.App.From})
				}
			}
		case *Repoint:
			if s.App != nil {
				g.rollouts(s.App.Workloads, s.At)
			}
			for _, a := range s.Readers {
				g.rollouts(a.Workloads, s.At)
			}
			g.waitFor(w.Drain, "the last requests of the callers' old pods end")
		case *Route:
			g.approveRoutes(s)
			g.waitFor(w.Drain, "ingress controllers and the API server lead to the new routes")
		case *Prepare:
			g.approveNeeds(s)
		case *Unflip, *CloseHop, *Finish:
		}
	}
	if next != nil && next.Kind == UnflipKind {
		g.approveUnflip(next)
	}
	slices.SortFunc(g.Rollouts, WorkloadAt.Compare)
	g.Rollouts = slices.Compact(g.Rollouts)
	slices.SortFunc(g.Probes, Probe.Compare)
	g.Probes = slices.Compact(g.Probes)
	slices.Sort(g.Approvals)
	g.Approvals = slices.Compact(g.Approvals)
	return g
}

// flipWindow is how long an old address may stay in use after a flip (H01, H03).
// A relay changes no address; it only has to outlast what is in flight.
func flipWindow(c Cutover, w Windows) (Duration, string) {
	if c == CutoverRelay {
		return w.Drain, "connections to the old pods end"
	}
	window := w.DNSTTL + w.ClientCache
	if w.Drain > window {
		return w.Drain, "connections to the old pods end, and cached addresses expire"
	}
	return window, "cached addresses of the old Service expire: DNS TTL and the callers' own caches"
}

func (g *Gate) waitFor(d Duration, why string) {
	if d > g.Wait {
		g.Wait, g.WaitWhy = d, why
	}
}

// approveUnflip asks for what no manifest shows before an old name goes.
func (g *Gate) approveUnflip(next *Phase) {
	for _, s := range next.Steps {
		u, ok := s.(*Unflip)
		if !ok || !ExposedOutside(u.Service) || u.Lead == ToItself {
			continue
		}
		g.Approvals = append(g.Approvals, fmt.Sprintf(
			"clients outside of the cluster no longer use the address of %s: they use that of its copy in %s", u.Service.ID, u.App.To))
	}
}

// rollouts adds those of the objects whose rollout can be waited for.
func (g *Gate) rollouts(objects []*manifest.Object, at Place) {
	for _, o := range objects {
		switch o.ID.Kind {
		case "Deployment", "StatefulSet", "DaemonSet":
			g.Rollouts = append(g.Rollouts, WorkloadAt{Kind: o.ID.Kind, Name: o.ID.Name, Place: at})
		case "CronJob", "Job":
		default: // kubectl cannot wait for a kind that it does not know
			if PodTemplate(o) != nil {
				g.Approvals = append(g.Approvals, fmt.Sprintf("the pods of %s are ready", o.ID.In(at.Namespace)))
			}
		}
	}
}

// Compare orders by place, kind and name.
func (w WorkloadAt) Compare(o WorkloadAt) int {
	return cmp.Or(w.Place.Compare(o.Place), cmp.Compare(w.Kind, o.Kind), cmp.Compare(w.Name, o.Name))
}

// Std returns the duration as the standard library has it.
func (d Duration) Std() time.Duration { return time.Duration(d) }
