package verify

import (
	"fmt"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// PlanCheck is a hazard that is looked for in the plan as a whole: in the apps,
// their edges, the schedule and the states together.
type PlanCheck struct {
	Code     diag.Code
	Severity diag.Severity
	Summary  string
	Run      func(*PlanPass)
}

// planChecks are all hazards that are looked for in a plan as a whole, in the
// order of their codes.
var planChecks = [...]PlanCheck{
	windowCheck,
	resolveOnceCheck,
	windowGateCheck,
	readyGateCheck,
	fullNameCheck,
	loopCheck,
	serviceRecordCheck,
	podNameCheck,
	headlessCheck,
	portCheck,
	aliasPortCheck,
	searchCheck,
	hostNetworkCheck,
	namespaceTextCheck,
	leftoverIPCheck,
	selectorCheck,
	rollbackCheck,
	twoProtocolsCheck,
	stickyAliasCheck,
	duplicateRouteCheck,
	routeSecretCheck,
	challengeCheck,
	skippedSliceCheck,
	sliceAddressCheck,
	sliceRightsCheck,
	admissionCheck,
	stopGateCheck,
	singletonCheck,
	leaseCheck,
	volumeCheck,
	boundVolumeCheck,
	autoscaledCheck,
	hostPortCheck,
	terminationCheck,
	ipvsCheck,
	udpCheck,
	stickyCheck,
	localTrafficCheck,
	monitoringCheck,
	namespaceDeletionCheck,
	doubtfulUseCheck,
	recordGateCheck,
	recordOwnerCheck,
}

// PlanPass is a whole migration, as a check sees it.
type PlanPass struct {
	Schedule *plan.Schedule
	Graph    *plan.Graph
	States   []*render.State

	check   *PlanCheck
	doors   doors
	callers map[*manifest.Object][]*plan.Edge
	led     map[*manifest.Object]map[*manifest.Object]int // by Service and what names it: the phase that leads it to the new copy before the flip
	flips   []flip
	proof   *Proof
	diags   diag.List
}

// flip is a Flip of the schedule with the phase that it is in.
type flip struct {
	*plan.Flip
	phase *plan.Phase
	first bool // it gives up the virtual IP; later ones only lead the alias elsewhere
}

// checkPlan runs all checks of plans.
func checkPlan(schedule *plan.Schedule, states []*render.State, proof *Proof) diag.List {
	p := &PlanPass{
		Schedule: schedule, Graph: schedule.Graph, States: states, proof: proof, doors: doorsOf(&schedule.Graph.Plan.Spec),
		callers: map[*manifest.Object][]*plan.Edge{}, led: map[*manifest.Object]map[*manifest.Object]int{},
	}
	for _, e := range p.Graph.Edges {
		if !e.Denied {
			p.callers[e.Service] = append(p.callers[e.Service], e)
		}
	}
	for _, phase := range schedule.Phases {
		for _, s := range phase.Steps {
			switch s := s.(type) {
			case *plan.Flip:
				p.flips = append(p.flips, flip{s, phase, givesUp(p.flips, s)})
			case *plan.Repoint:
				p.leads(s, phase)
			case *plan.Prepare, *plan.Deploy, *plan.Relay, *plan.Route, *plan.Unroute, *plan.Retire, *plan.Unflip, *plan.OpenHop, *plan.CloseHop, *plan.Finish:
			}
		}
	}
	for i := range planChecks {
		p.check = &planChecks[i]
		p.check.Run(p)
	}
	return p.diags
}

// givesUp reports whether a flip is the first that turns a Service at its own
// place into something else.
func givesUp(before []flip, f *plan.Flip) bool {
	if f.At != f.App.From {
		return false
	}
	return !slices.ContainsFunc(before, func(b flip) bool { return b.Service == f.Service && b.At == f.At })
}

// Callers returns the edges that lead to a Service of the inventory.
func (p *PlanPass) Callers(service *manifest.Object) []*plan.Edge { return p.callers[service] }

// Moving returns the apps that move, in order of names.
func (p *PlanPass) Moving() []*plan.App {
	var out []*plan.App
	for _, a := range p.Graph.Apps {
		if a.Moves() {
			out = append(out, a)
		}
	}
	return out
}

// Reportf reports the hazard of the check at a place of an object. The app may
// be "".
func (p *PlanPass) Reportf(app string, o *manifest.Object, path manifest.Path, format string, args ...any) *diag.Diagnostic {
	return p.reportAt(app, o.Pos(path...), format, args...)
}

func (p *PlanPass) reportAt(app string, pos diag.Pos, format string, args ...any) *diag.Diagnostic {
	p.proof.Hazards[p.check.Code]++
	p.diags = append(p.diags, diag.Diagnostic{
		Code: p.check.Code, Severity: p.check.Severity, Pos: pos, App: app, Message: fmt.Sprintf(format, args...),
	})
	return &p.diags[len(p.diags)-1]
}

// callerNames returns the names of the apps that call, each once, in order.
func callerNames(edges []*plan.Edge) []string {
	var out []string
	for _, e := range edges {
		if len(out) == 0 || out[len(out)-1] != e.Caller.Name {
			out = append(out, e.Caller.Name)
		}
	}
	return out
}

// workloadSpec returns the path of the pod spec of a workload.
func workloadSpec(w *manifest.Object) manifest.Path { return plan.PodTemplatePath(w).Join("spec") }

// containers returns the paths of all containers of a workload, those that run
// first included.
func containers(w *manifest.Object) []manifest.Path {
	var out []manifest.Path
	for _, list := range [...]string{"initContainers", "containers"} {
		path := workloadSpec(w).Join(list)
		for i := range w.Get(path...).Items() {
			out = append(out, path.Index(i))
		}
	}
	return out
}
