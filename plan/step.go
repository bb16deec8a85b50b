package plan

import (
	"github.com/rehome-dev/rehome/manifest"
)

// StepKind orders and names the kinds of steps. Its value is the order in which
// the kinds of one wave are applied where needs leave a choice.
type StepKind uint8

// The kinds of steps of a namespace move, in the order of a wave.
const (
	PrepareKind StepKind = iota + 1
	DeployKind
	RelayKind
	FlipKind
	RetireKind
	RepointKind
	UnflipKind
	FinishKind
)

// String returns the lower-case word used in phase names.
func (k StepKind) String() string {
	return [...]string{"", "prepare", "deploy", "relay", "flip", "retire", "repoint", "unflip", "finish"}[k]
}

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
	Namespace bool    // the namespace has to be made
	Copies    []Copy  // shared objects that get a copy at the place
	Apps      []*App  // the apps of the wave that move there, and whose rights and policies are widened
	Policies  []*Edge // the edges for which additive NetworkPolicies are needed while the wave is on its way
}

// Copy is a shared object that gets a copy at another place.
type Copy struct {
	Shared    *Shared
	Addresses []Address
}

// Deploy makes the app's objects at its target.
type Deploy struct {
	App       *App
	Addresses []Address // where each Service it references is reachable from then on
}

// RelayStep starts relay pods for a Service beside the old one; nothing uses them yet.
type RelayStep struct {
	App     *App
	Service *manifest.Object
}

// Flip makes an old Service stand for the moved one.
type Flip struct {
	App     *App
	Service *manifest.Object
	Cutover Cutover // ExternalName or Relay
	Why     string  // why auto chose it; "" when the plan did
}

// Retire deletes what the app had at its old place, except the Services that
// were flipped, and the shared objects that only it still used there.
type Retire struct {
	App    *App
	Shared []*Shared // the copies at the old place that nobody uses any more
}

// Repoint gives the final addresses to a caller and restarts its pods.
type Repoint struct {
	App       *App    // nil when a shared object is repointed
	Shared    *Shared // nil when an app is
	At        Place
	Readers   []*App // of a shared object: the apps at the place, whose pods restart
	Addresses []Address
}

// Unflip deletes the old name, which nobody uses any more.
type Unflip struct {
	App     *App
	Service *manifest.Object
	Cutover Cutover
}

// Finish takes back what Prepare widened for the apps.
type Finish struct {
	Apps []*App
}

// Kind implements [Step].
func (*Prepare) Kind() StepKind { return PrepareKind }

// Kind implements [Step].
func (*Deploy) Kind() StepKind { return DeployKind }

// Kind implements [Step].
func (*RelayStep) Kind() StepKind { return RelayKind }

// Kind implements [Step].
func (*Flip) Kind() StepKind { return FlipKind }

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
func (s *RelayStep) Subject() string { return s.Service.ID.Name }

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

func (*Prepare) step()   {}
func (*Deploy) step()    {}
func (*RelayStep) step() {}
func (*Flip) step()      {}
func (*Retire) step()    {}
func (*Repoint) step()   {}
func (*Unflip) step()    {}
func (*Finish) step()    {}

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
	Number int // from 1; state 0 is today
	Name   string
	Wave   *Wave
	Kind   StepKind
	Steps  []Step
	Why    []string // why it comes here, for people
	Gate   Gate
}

// Kept is an old name that stays in the last state.
type Kept struct {
	Service *manifest.Object
	Cutover Cutover
	For     []*App // the callers that still use it
	Until   string // what has to happen before it can go
}

// Gate is what must be true before the next phase.
type Gate struct {
	Rollouts []WorkloadAt // must be available
	Gone     []WorkloadAt // must have ended, their pods too
	Wait     Duration     // time that must pass after everything else holds
	WaitWhy  string
}

// WorkloadAt is a workload at a place.
type WorkloadAt struct {
	Kind  string // Deployment, StatefulSet, DaemonSet, CronJob, Job, Pod ...
	Name  string
	Place Place
}
