// Package plan holds stages 3 and 4 of 7: the plan language, the apps that it
// groups the inventory into, the edges between them, and the strategies that
// turn moves into an ordered schedule of waves, phases, steps and gates.
package plan

import (
	"time"

	"github.com/rehome-dev/rehome/diag"
)

// APIVersion and Kind of a migration plan.
const (
	APIVersion = "rehome.dev/v1alpha1"
	Kind       = "MigrationPlan"
)

// DefaultCluster names the cluster of a plan that names none.
const DefaultCluster = "default"

// DefaultDomain is the DNS domain of a cluster that the plan says nothing of.
const DefaultDomain = "cluster.local"

// Plan is a migration plan as the user wrote it, with defaults filled in.
type Plan struct {
	Pos        diag.Pos `json:"-"`
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   Metadata `json:"metadata"`
	Spec       Spec     `json:"spec"`
}

// Metadata names the plan.
type Metadata struct {
	Pos  diag.Pos `json:"-"`
	Name string   `json:"name"`
}

// Spec says what moves where, and how.
type Spec struct {
	Pos        diag.Pos           `json:"-"`
	Sources    []Source           `json:"sources,omitempty"`
	Apps       []AppSpec          `json:"apps"`
	Clusters   map[string]Cluster `json:"clusters,omitempty"`
	Cutover    Cutover            `json:"cutover,omitempty"`
	Relay      RelaySpec          `json:"relay,omitzero"`
	Schedule   ScheduleSpec       `json:"schedule,omitzero"`
	Windows    Windows            `json:"windows,omitzero"`
	References ReferencesSpec     `json:"references,omitzero"`
	Accept     []Acceptance       `json:"accept,omitempty"`
}

// Source is a manifest root shared by several apps.
type Source struct {
	Pos       diag.Pos `json:"-"`
	Path      string   `json:"path"`                // relative to the plan's directory
	Namespace string   `json:"namespace,omitempty"` // of objects that state none; "default" when empty
	Cluster   string   `json:"cluster,omitempty"`
}

// PlaceSpec is a place as the plan states it; what is left out is inherited.
type PlaceSpec struct {
	Pos       diag.Pos `json:"-"`
	Cluster   string   `json:"cluster,omitempty"`
	Namespace string   `json:"namespace,omitempty"`
}

// AppSpec is one app of the plan.
type AppSpec struct {
	Pos       diag.Pos          `json:"-"`
	Name      string            `json:"name"`
	Manifests string            `json:"manifests,omitempty"` // its own manifest root, relative to the plan's directory
	Select    map[string]string `json:"select,omitempty"`    // labels of its workloads, instead of its name
	From      *PlaceSpec        `json:"from,omitempty"`
	To        *PlaceSpec        `json:"to,omitempty"` // stays where it is when absent
	DependsOn []Dependency      `json:"dependsOn,omitempty"`
	Frozen    bool              `json:"frozen,omitempty"`    // cannot be reconfigured during the migration
	Singleton bool              `json:"singleton,omitempty"` // must never run twice: stopped before it is started at the target
	Cutover   Cutover           `json:"cutover,omitempty"`
	Services  []ServiceSpec     `json:"services,omitempty"`
	Wave      int               `json:"wave,omitempty"` // 1-based, with schedule.order: explicit
}

// ServiceSpec sets how one Service of an app is cut over.
type ServiceSpec struct {
	Pos     diag.Pos `json:"-"`
	Name    string   `json:"name"`
	Cutover Cutover  `json:"cutover"`
}

// Dependency is a declared edge: the name of an app, or an app with one of its
// Services and a port.
type Dependency struct {
	Pos     diag.Pos `json:"-"`
	App     string   `json:"app"`
	Service string   `json:"service,omitempty"`
	Port    string   `json:"port,omitempty"` // number or name
}

// Cluster is what rehome has to know of a cluster.
type Cluster struct {
	Pos    diag.Pos `json:"-"`
	Domain string   `json:"domain,omitempty"`
}

// Cutover is how an old name keeps working while its callers still use it.
type Cutover string

// The cutovers.
const (
	ExternalName Cutover = "externalName" // the Service becomes a DNS alias; its ClusterIP is released
	Relay        Cutover = "relay"        // the Service keeps its ClusterIP, relay pods forward
	Auto         Cutover = "auto"         // relay where an alias would lose requests, externalName elsewhere
)

// RelaySpec configures the pods of the relay cutover.
type RelaySpec struct {
	Pos      diag.Pos `json:"-"`
	Image    string   `json:"image,omitempty"`    // an haproxy image, 2.4 or newer
	Replicas int      `json:"replicas,omitempty"` // 2 when 0
}

// Order is how waves are formed.
type Order string

// The orders.
const (
	DependenciesFirst Order = "dependencies-first"
	Explicit          Order = "explicit"
	AllAtOnce         Order = "all-at-once"
)

// ScheduleSpec says how apps are put into waves.
type ScheduleSpec struct {
	Pos            diag.Pos `json:"-"`
	Order          Order    `json:"order,omitempty"`
	MaxAppsPerWave int      `json:"maxAppsPerWave,omitempty"` // no limit when 0
	Budget         Budget   `json:"budget,omitzero"`
}

// Budget is the extra capacity that is available for running two copies, as
// Kubernetes quantities. An empty one is no limit.
type Budget struct {
	Pos    diag.Pos `json:"-"`
	CPU    string   `json:"cpu,omitempty"`
	Memory string   `json:"memory,omitempty"`
}

// Windows are the times that gates wait for.
type Windows struct {
	Pos         diag.Pos `json:"-"`
	DNSTTL      Duration `json:"dnsTTL,omitempty"`      // how long cluster DNS answers are cached: ttl of the kubernetes plugin and node-local caches; 30s when absent
	ClientCache Duration `json:"clientCache,omitempty"` // how long callers cache an address themselves; 30s when absent
	Drain       Duration `json:"drain,omitempty"`       // how long requests in flight and kept connections may last; 60s when absent
}

// Duration is a length of time, written as Go and Kubernetes do: 90s, 5m, 48h.
type Duration time.Duration

// ReferencesSpec decides about references that a scan cannot be sure of.
type ReferencesSpec struct {
	Pos     diag.Pos        `json:"-"`
	Ignore  []ReferenceSpec `json:"ignore,omitempty"`  // not references
	Confirm []ReferenceSpec `json:"confirm,omitempty"` // references
	Fields  []FieldSpec     `json:"fields,omitempty"`  // fields of custom resources that hold references
}

// ReferenceSpec selects references: by the object that holds them, the text, or
// both. What is empty matches everything.
type ReferenceSpec struct {
	Pos  diag.Pos `json:"-"`
	Kind string   `json:"kind,omitempty"`
	Name string   `json:"name,omitempty"` // of the object
	Path string   `json:"path,omitempty"` // of the field, as diagnostics print it
	Text string   `json:"text,omitempty"` // the word itself
}

// FieldSpec declares a field of a custom resource that holds a reference.
type FieldSpec struct {
	Pos    diag.Pos `json:"-"`
	Group  string   `json:"group,omitempty"`
	Kind   string   `json:"kind"`
	Path   string   `json:"path"`   // spec.rules[*].backend
	Refers string   `json:"refers"` // service | namespace | url
}

// Acceptance is a hazard that the user accepts, with the reason.
type Acceptance struct {
	Pos    diag.Pos  `json:"-"`
	Code   diag.Code `json:"code"`
	App    string    `json:"app,omitempty"` // every app when empty
	Reason string    `json:"reason"`
}
