package plan

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// clusterID names an object among those of all clusters.
type clusterID struct {
	cluster string
	manifest.ID
}

// idOf returns the name of an object of the inventory among those of all clusters.
func idOf(o *manifest.Object) clusterID { return clusterID{ClusterOf(o), o.ID} }

// targetOf returns what a reference means: names mean something in their own
// cluster only.
func targetOf(r *refs.Reference) clusterID { return clusterID{ClusterOf(r.Object), r.Target} }

// PlaceOf returns the place of an object of the inventory; its namespace is "" for
// cluster-scoped objects.
func PlaceOf(o *manifest.Object) Place { return Place{ClusterOf(o), o.ID.Namespace} }
