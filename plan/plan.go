// Package plan holds stages 3 and 4 of 7: the plan language, the apps that it
// groups the inventory into, the edges between them, and the strategies that
// turn moves into an ordered schedule of waves, phases, steps and gates.
//
// The plan language is the types of plan.go, hop.go and settings.go and nothing else:
// [Parse], [Schema] and [Reference] are all driven by their tags and comments.
// A `plan` tag holds, separated by commas:
//
//	required        the field must be given
//	nonempty        the list or mapping must have an entry
//	short           the mapping may be written as this one field alone
//	format=NAME     the text, or each value of a mapping, is checked by a format (format.go)
//	keys=NAME       the keys of a mapping are
//	min=N           the least number
//	default=TEXT    what holds when the field is left out
//	const=TEXT      the only text that is allowed
package plan

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// APIVersion and Kind of a migration plan.
const (
	APIVersion = "rehome.dev/v1alpha1"
	Kind       = "MigrationPlan"
)

// DefaultCluster names the cluster of a plan that names none.
const DefaultCluster = manifest.DefaultCluster

// DefaultDomain is the DNS domain of a cluster that the plan says nothing of.
const DefaultDomain = refs.DefaultDomain

// DefaultNamespace is the namespace of objects that state none, where neither
// the plan nor a kustomization gives one. It is what kubectl assumes.
const DefaultNamespace = "default"

// Plan is a migration plan: which apps move where, and how. Everything that is
// left out has a default or is found in the manifests.
type Plan struct {
	Pos diag.Pos `json:"-"`
	// The version of the plan language.
	APIVersion string `json:"apiVersion" plan:"required,const=rehome.dev/v1alpha1"`
	// The kind of this file.
	Kind string `json:"kind" plan:"required,const=MigrationPlan"`
	// The name of the migration.
	Metadata Metadata `json:"metadata" plan:"required"`
	// What moves where, and how.
	Spec Spec `json:"spec" plan:"required"`
}

// Metadata names the plan.
type Metadata struct {
	Pos diag.Pos `json:"-"`
	// The name of the migration, a DNS label. It appears in the output and in
	// the labels of objects that rehome makes.
	Name string `json:"name" plan:"required,format=label"`
}

// Spec says what moves where, and how.
type Spec struct {
	Pos diag.Pos `json:"-"`
	// Manifest roots that several apps share. An app may name its own instead.
	Sources []Source `json:"sources,omitempty"`
	// The apps: those that move, and those that stay but call one that moves.
	Apps []AppSpec `json:"apps" plan:"required,nonempty"`
	// What rehome has to know of the clusters, by the names that sources and
	// apps give them. Where it is present, every cluster that is named must be
	// listed.
	Clusters map[string]Cluster `json:"clusters,omitempty" plan:"keys=label"`
	// The zone in which the ingresses of clusters get their names; needed where an
	// app moves from one cluster to another.
	DNS *DNS `json:"dns,omitempty"`
	// How old names keep working while their callers still use them. An app or
	// one of its Services may say otherwise.
	Cutover Cutover `json:"cutover,omitempty" plan:"default=externalName"`
	// The pods of the relay cutover.
	Relay RelaySpec `json:"relay,omitzero"`
	// How apps are put into waves.
	Schedule ScheduleSpec `json:"schedule,omitzero"`
	// The times that gates wait for.
	Windows Windows `json:"windows,omitzero"`
	// Decisions about references that a scan cannot be sure of.
	References ReferencesSpec `json:"references,omitzero"`
	// Hazards that are accepted, each with its reason. One that matches nothing
	// is an error.
	Accept []Acceptance `json:"accept,omitempty"`
}

// Source is a manifest root shared by several apps: a kustomization directory,
// a directory of manifests, one file of manifests, or a List dump of kubectl.
type Source struct {
	Pos diag.Pos `json:"-"`
	// Where the manifests are, relative to the plan's directory; local only.
	Path string `json:"path" plan:"required,format=path"`
	// The namespace of objects that state none.
	Namespace string `json:"namespace,omitempty" plan:"format=label,default=default"`
	// The cluster that runs the objects, where the plan is about several.
	Cluster string `json:"cluster,omitempty" plan:"format=label"`
}

// PlaceSpec is a place; what is left out is inherited.
type PlaceSpec struct {
	Pos diag.Pos `json:"-"`
	// The cluster; the one that runs the app today when left out.
	Cluster string `json:"cluster,omitempty" plan:"format=label"`
	// The namespace; the one that the app is in today when left out.
	Namespace string `json:"namespace,omitempty" plan:"format=label"`
}

// AppSpec is one app: a named unit that moves as one, its workloads with
// everything attached to them.
type AppSpec struct {
	Pos diag.Pos `json:"-"`
	// The name of the app. Its workloads are those of this name, or those that
	// carry it in the label app.kubernetes.io/name or app.
	Name string `json:"name" plan:"required,format=label"`
	// The app's own manifest root, where it does not live in a shared source;
	// relative to the plan's directory, local only.
	Manifests string `json:"manifests,omitempty" plan:"format=path"`
	// Labels of the app's workloads, where its name does not find them.
	Select map[string]string `json:"select,omitempty" plan:"nonempty,format=labelValue,keys=labelKey"`
	// Where the app is today; the place of its source when left out.
	From *PlaceSpec `json:"from,omitempty"`
	// Where the app goes. It stays where it is when this is left out.
	To *PlaceSpec `json:"to,omitempty"`
	// Declared edges: what the app calls, where the manifests do not show it.
	// Edges that they do show are found and need not be declared.
	DependsOn []Dependency `json:"dependsOn,omitempty"`
	// The app cannot be reconfigured during the migration: the old names that
	// it calls stay after the last phase, and the plan says so.
	Frozen bool `json:"frozen,omitempty"`
	// The app must never run twice: it is stopped before it is started at the
	// target.
	Singleton bool `json:"singleton,omitempty"`
	// How the names of all Services of this app keep working; what the plan
	// says for all apps when left out.
	Cutover Cutover `json:"cutover,omitempty"`
	// How single Services of this app are cut over.
	Services []ServiceSpec `json:"services,omitempty"`
	// The wave that the app moves in, with the order explicit.
	Wave int `json:"wave,omitempty" plan:"min=1"`
}

// ServiceSpec sets how one Service of an app is cut over.
type ServiceSpec struct {
	Pos diag.Pos `json:"-"`
	// The name of the Service.
	Name string `json:"name" plan:"required,format=label"`
	// How its old name keeps working.
	Cutover Cutover `json:"cutover" plan:"required"`
}

// Dependency is a declared edge: the name of an app, or an app with one of its
// Services and a port.
type Dependency struct {
	Pos diag.Pos `json:"-"`
	// The app that is called.
	App string `json:"app" plan:"required,format=label,short"`
	// The Service that is called; needed where the app has several.
	Service string `json:"service,omitempty" plan:"format=label"`
	// The number or the name of the Service's port.
	Port string `json:"port,omitempty" plan:"format=port"`
}

// Cluster is what rehome has to know of a cluster.
type Cluster struct {
	Pos diag.Pos `json:"-"`
	// The DNS domain of the cluster's Services.
	Domain string `json:"domain,omitempty" plan:"format=subdomain,default=cluster.local"`
	// How other clusters reach the Services of this one; needed where an app moves
	// from or to it.
	Hop *Hop `json:"hop,omitempty"`
}
