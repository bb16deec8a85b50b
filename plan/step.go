package plan

import (
	"fmt"

	"github.com/rehome-dev/rehome/manifest"
)

// StepKind orders and names the kinds of steps. Its value is the order in which
// the kinds of one wave are applied where needs leave a choice.
type StepKind uint8

// The kinds of steps, in the order of a wave.
const (
	PrepareKind StepKind = iota + 1
	OpenHopKind
	RehearseKind
	ReachBackKind
	DeployKind
	RelayKind
	RouteKind
	UnrouteKind
	LocalizeKind
	FlipKind
	RetireKind
	RepointKind
	UnflipKind
	CloseHopKind
	FinishKind
)

// stepWords are the words of the kinds in phase names.
var stepWords = [...]string{
	PrepareKind: "prepare", OpenHopKind: "open-hop", RehearseKind: "rehearse", ReachBackKind: "reach-back", DeployKind: "deploy", RelayKind: "relay", RouteKind: "route", UnrouteKind: "unroute",
	LocalizeKind: "localize", FlipKind: "flip", RetireKind: "retire", RepointKind: "repoint", UnflipKind: "unflip",
	CloseHopKind: "close-hop", FinishKind: "finish",
}

// String returns the lower-case word used in phase names.
func (k StepKind) String() string { return stepWords[k] }

// Step is one primitive change of the plan. The set is closed: later stages
// switch over it and know nothing of the strategies that made it.
//
//sumtype:decl
type Step interface {
	// Kind says which step it is.
	Kind() StepKind
	// Subject names what is changed, for people: an app, a Service, a namespace.
	Subject() string
	step()
}

// Address says where a Service is called: what a reference to Service is
// rewritten to.
type Address struct {
	Service *manifest.Object // as it is in the inventory
	At      Place            // the place whose copy, alias or relay of the Service is called
}

// Prepare makes a place ready for the apps of a wave: the namespace, copies of
// shared objects, additive policies, unions of subjects.
type Prepare struct {
	Place     Place
	Namespace bool         // the namespace has to be made
	Copies    []SharedCopy // shared objects that get a copy at the place
	Grants    []Grant      // bindings that get a second subject
	Openings  []*Opening   // policies that let calls between old and new places through
	Policies  []OwnPolicy  // policies of the apps: in force before the first pod runs
	Apps      []*App       // the apps of the wave that move there, or whose names are made there

	// Of a move from another cluster:
	Globals []*manifest.Object // objects of that cluster that are copied
	Needed  []manifest.ID      // what the cluster must have already
}

// SharedCopy is a shared object that gets a copy at another place.
type SharedCopy struct {
	Shared    *Shared
	Addresses []Address
}

// OwnPolicy is a NetworkPolicy of an app.
type OwnPolicy struct {
	App    *App
	Object *manifest.Object
}

// Deploy makes objects of an app at its target.
type Deploy struct {
	App       *App
	Objects   []*manifest.Object // those that are made: all but policies, routes, and workloads that wait for the old ones to end
	Addresses []Address          // where each Service they reference is reachable from then on
	AfterStop bool               // the old copy was stopped first, because two must never run at once
}

// Relay starts relay pods for a Service beside the old one; nothing uses them yet.
type Relay struct {
	App     *App
	Service *manifest.Object
	At      Place     // beside which copy of the Service it runs: [Flip].At
	Lead    Lead      // where it forwards to
	Ports   []HopPort // of a hop: where it forwards each port to; nil for ToTarget
	Opening *Opening  // of the relay's own pods; nil where no policy isolates them
}

// Route makes the app's public routes at the target, and leads what the cluster
// itself calls (webhooks, API services) there. The old routes still exist.
type Route struct {
	App       *App
	Objects   []*manifest.Object // routes of the app, or of several apps of which it takes its rules
	Addresses []Address
}

// Unroute removes the app's old public routes: before its old Service becomes an
// alias, because many ingress controllers do not forward to ExternalName Services.
type Unroute struct {
	App     *App
	Objects []*manifest.Object
}

// Flip makes the name of a Service at a place lead somewhere else. In a move
// between namespaces the old Service comes to stand for the moved one; moves
// between clusters know more of it, which [Lead] tells apart.
type Flip struct {
	App     *App
	Service *manifest.Object
	Cutover Cutover // externalName or relay
	Why     string  // why auto chose it; "" when the plan did
	At      Place   // whose name it is: where the app is today, or, for callers in the other cluster, where it goes
	Lead    Lead
}

// Retire deletes what the app had at its old place.
type Retire struct {
	App     *App
	Objects []*manifest.Object // those that are deleted: all but routes, policies and the Services that were flipped
	Shared  []*Shared          // the copies at the old place that nobody uses any more
}

// Repoint gives the final addresses to a caller and restarts its pods. What is
// repointed is an app, or a shared object.
type Repoint struct {
	App       *App    // nil when a shared object is repointed
	Shared    *Shared // nil when an app is
	At        Place
	Readers   []*App // of a shared object: the apps at the place, whose pods restart
	Early     bool   // before the Services are flipped, because no alias could serve the names in use
	Addresses []Address
}

// Unflip deletes the old name, which nobody uses any more.
type Unflip struct {
	App     *App
	Service *manifest.Object
	Cutover Cutover
	At      Place    // whose name it is: [Flip].At
	Lead    Lead     // ToItself: the name stays, because it is the Service itself by now; only its relay goes
	Opening *Opening // of the relay's pods; nil where there is none
}

// Finish takes back what was widened for the migration: rights of the old
// ServiceAccounts, policies for calls that no longer happen.
type Finish struct {
	Apps     []*App
	Grants   []Grant     // bindings that lose their old subject
	Openings []*Opening  // what the policies of the migration come down to
	Closed   []*Opening  // policies of the migration that selected pods at old places
	Policies []OwnPolicy // of the apps, at their old places: they outlast the pods that they select
	Shared   []*Shared   // shared policies at old places
}

// Kind implements [Step].
func (*Prepare) Kind() StepKind { return PrepareKind }

// Kind implements [Step].
func (*Deploy) Kind() StepKind { return DeployKind }

// Kind implements [Step].
func (*Relay) Kind() StepKind { return RelayKind }

// Kind implements [Step].
func (*Route) Kind() StepKind { return RouteKind }

// Kind implements [Step].
func (*Unroute) Kind() StepKind { return UnrouteKind }

// Kind implements [Step].
func (s *Flip) Kind() StepKind {
	switch s.Lead {
	case ToOldHop:
		if s.At == s.App.From {
			return RehearseKind
		}
		return ReachBackKind
	case ToItself:
		return LocalizeKind
	case ToTarget, ToNewHop:
	}
	return FlipKind
}

// Kind implements [Step].
func (*Retire) Kind() StepKind { return RetireKind }

// Kind implements [Step].
func (*Repoint) Kind() StepKind { return RepointKind }

// Kind implements [Step].
func (*Unflip) Kind() StepKind { return UnflipKind }

// Kind implements [Step].
func (*Finish) Kind() StepKind { return FinishKind }

// Subject implements [Step].
func (s *Prepare) Subject() string { return s.Place.String() }

// Subject implements [Step].
func (s *Deploy) Subject() string { return s.App.Name }

// Subject implements [Step].
func (s *Relay) Subject() string { return s.Service.ID.Name }

// Subject implements [Step].
func (s *Route) Subject() string { return s.App.Name }

// Subject implements [Step].
func (s *Unroute) Subject() string { return s.App.Name }

// Subject implements [Step].
func (s *Flip) Subject() string { return s.Service.ID.Name }

// Subject implements [Step].
func (s *Retire) Subject() string { return s.App.Name }

// Subject implements [Step].
func (s *Repoint) Subject() string {
	if s.App != nil {
		return s.App.Name
	}
	return s.Shared.Object.ID.Name
}

// Subject implements [Step].
func (s *Unflip) Subject() string { return s.Service.ID.Name }

// Subject implements [Step].
func (s *Finish) Subject() string { return "temporary rights and policies" }

func (*Prepare) step() {}
func (*Deploy) step()  {}
func (*Relay) step()   {}
func (*Route) step()   {}
func (*Unroute) step() {}
func (*Flip) step()    {}
func (*Retire) step()  {}
func (*Repoint) step() {}
func (*Unflip) step()  {}
func (*Finish) step()  {}

// Schedule is the order of a migration.
type Schedule struct {
	Graph  *Graph
	Waves  []*Wave
	Phases []*Phase
	Kept   []Kept // old names that stay after the last phase, with the reason
}

// Wave is the apps that move together.
type Wave struct {
	Number int // from 1
	Apps   []*App
	Why    string // why these together
}

// Phase is an ordered, reviewable unit: steps of one kind that may be applied in
// any order, then a gate.
type Phase struct {
	Number int    // from 1; state 0 is today
	Name   string // unique; a word of the kind and what it is about: deploy-appa
	Wave   *Wave
	Kind   StepKind
	Steps  []Step
	Why    []string // why it comes here, for people
	Gate   Gate

	digits int // of the numbers of all phases, so that names sort as phases follow
}

// Title returns the phase's number and name, as its directories are called. The
// titles of a schedule sort in the order of its phases.
func (p *Phase) Title() string {
	return fmt.Sprintf("%0*d-%s", max(2, p.digits), p.Number, p.Name)
}

// Kept is a name that stays in the last state though it stands for what is
// elsewhere.
type Kept struct {
	Service *manifest.Object
	At      Place // where the name is: the Service's own place, or one in a cluster that it is called from
	Cutover Cutover
	For     []*App             // the callers that still use it
	Named   []*manifest.Object // objects of no app that name it
	Until   string             // what has to happen before it can go
}

// Gate is what must be true before the next phase.
type Gate struct {
	Rollouts  []WorkloadAt // must be available
	Gone      []WorkloadAt // must have ended, their pods too
	Wait      Duration     // time that must pass after everything else holds
	WaitWhy   string
	Approvals []string // what a person must have made sure of
	Probes    []Probe  // requests that must be answered
}

// WorkloadAt is a workload at a place.
type WorkloadAt struct {
	Kind  string // Deployment, StatefulSet, DaemonSet, CronJob, Job, Pod ...
	Name  string
	Place Place
}
