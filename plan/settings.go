package plan

import "github.com/rehome-dev/rehome/diag"

// Cutover is how an old name keeps working while its callers still use it.
type Cutover string

// The cutovers.
const (
	CutoverExternalName Cutover = "externalName" // the Service becomes a DNS alias; its ClusterIP is released
	CutoverRelay        Cutover = "relay"        // the Service keeps its ClusterIP, relay pods forward
	CutoverAuto         Cutover = "auto"         // relay where an alias would lose requests, externalName elsewhere
)

// values lists the texts that a plan may hold.
func (Cutover) values() []string {
	return []string{string(CutoverExternalName), string(CutoverRelay), string(CutoverAuto)}
}

// RelaySpec configures the pods of the relay cutover.
type RelaySpec struct {
	Pos diag.Pos `json:"-"`
	// An haproxy image, 2.4 or newer.
	Image string `json:"image,omitempty" plan:"format=image,default=haproxy:3.2-alpine"`
	// How many relay pods each Service gets.
	Replicas int `json:"replicas,omitempty" plan:"min=1,default=2"`
}

// Order is how waves are formed.
type Order string

// The orders.
const (
	DependenciesFirst Order = "dependencies-first" // callees move before their callers
	Explicit          Order = "explicit"           // the waves that the apps name
	AllAtOnce         Order = "all-at-once"        // one wave
)

// values lists the texts that a plan may hold.
func (Order) values() []string {
	return []string{string(DependenciesFirst), string(Explicit), string(AllAtOnce)}
}

// ScheduleSpec says how apps are put into waves.
type ScheduleSpec struct {
	Pos diag.Pos `json:"-"`
	// How waves are formed: callees before callers, as the `wave` of each app
	// says, or all apps in one.
	Order Order `json:"order,omitempty" plan:"default=dependencies-first"`
	// The most apps that move together; 0 is no limit. Apps that call each
	// other in a cycle always move together.
	MaxAppsPerWave int `json:"maxAppsPerWave,omitempty" plan:"min=0,default=0"`
	// The extra capacity that is available for running two copies; waves are
	// packed under it.
	Budget Budget `json:"budget,omitzero"`
}

// Budget is the extra capacity that is available for running two copies, as
// Kubernetes quantities. What is left out is no limit.
type Budget struct {
	Pos diag.Pos `json:"-"`
	// CPU, as in the requests of a container: 500m, 64.
	CPU string `json:"cpu,omitempty" plan:"format=quantity"`
	// Memory, as in the requests of a container: 512Mi, 256Gi.
	Memory string `json:"memory,omitempty" plan:"format=quantity"`
}

// Windows are the times that gates wait for.
type Windows struct {
	Pos diag.Pos `json:"-"`
	// How long answers of the cluster's DNS are cached: the ttl of CoreDNS's
	// kubernetes plugin and of caches on the nodes.
	DNSTTL Duration `json:"dnsTTL,omitempty" plan:"format=duration,default=30s"`
	// How long callers cache an address themselves.
	ClientCache Duration `json:"clientCache,omitempty" plan:"format=duration,default=30s"`
	// How long requests in flight and kept connections may last.
	Drain Duration `json:"drain,omitempty" plan:"format=duration,default=60s"`
}

// ReferencesSpec decides about references that a scan cannot be sure of. An
// entry that matches nothing is an error.
type ReferencesSpec struct {
	Pos diag.Pos `json:"-"`
	// Texts that look like references and are none.
	Ignore []ReferenceSpec `json:"ignore,omitempty"`
	// Possible references that are ones.
	Confirm []ReferenceSpec `json:"confirm,omitempty"`
	// Fields of custom resources that hold references.
	Fields []FieldSpec `json:"fields,omitempty"`
}

// ReferenceSpec selects references by the object that holds them, the field,
// the text, or all of these. What is left out matches everything; one must be
// given.
type ReferenceSpec struct {
	Pos diag.Pos `json:"-"`
	// The kind of the object that holds the reference.
	Kind string `json:"kind,omitempty" plan:"format=kind"`
	// The name of that object.
	Name string `json:"name,omitempty"`
	// The field, as diagnostics print it: data.BACKEND.
	Path string `json:"path,omitempty"`
	// The word itself.
	Text string `json:"text,omitempty"`
}

// FieldTarget is what a field of a custom resource refers to.
type FieldTarget string

// The targets of fields.
const (
	FieldService   FieldTarget = "service"   // the name of a Service in the object's namespace
	FieldNamespace FieldTarget = "namespace" // the name of a namespace
	FieldURL       FieldTarget = "url"       // a text with host names in it, read like an environment variable
)

// values lists the texts that a plan may hold.
func (FieldTarget) values() []string {
	return []string{string(FieldService), string(FieldNamespace), string(FieldURL)}
}

// FieldSpec declares a field of a custom resource that holds a reference.
type FieldSpec struct {
	Pos diag.Pos `json:"-"`
	// The API group of the resource; the core group when left out.
	Group string `json:"group,omitempty" plan:"format=subdomain"`
	// The kind of the resource.
	Kind string `json:"kind" plan:"required,format=kind"`
	// The field, with [*] for every item of a list: spec.rules[*].backend.
	Path string `json:"path" plan:"required"`
	// What the field holds: the name of a Service, the name of a namespace, or
	// a text with host names in it.
	Refers FieldTarget `json:"refers" plan:"required"`
}

// Acceptance is a hazard that is accepted, with the reason.
type Acceptance struct {
	Pos diag.Pos `json:"-"`
	// The code of the hazard or of the check of the proof: H22, P5.
	Code diag.Code `json:"code" plan:"required,format=code"`
	// The app whose hazard is accepted; every app when left out.
	App string `json:"app,omitempty" plan:"format=label"`
	// Why it is acceptable, for those who read the plan and the runbook.
	Reason string `json:"reason" plan:"required"`
}
