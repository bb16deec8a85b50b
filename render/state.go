// Package render is stage 5 of 7: it folds the steps of a schedule over the
// inventory. Each phase yields the changes that lead from one state to the
// next; a state is never stored whole, so a migration of many phases costs what
// its changes cost.
package render

import (
	"cmp"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// Key names an object in a state.
type Key struct {
	Cluster string
	manifest.ID
}

// Compare orders keys by cluster, then ID.
func (k Key) Compare(o Key) int {
	return cmp.Or(cmp.Compare(k.Cluster, o.Cluster), k.ID.Compare(o.ID))
}

// Place returns the place of the key; its namespace is "" for cluster-scoped objects.
func (k Key) Place() plan.Place { return plan.Place{Cluster: k.Cluster, Namespace: k.Namespace} }

// Change is the difference of one object between two neighbouring states.
type Change struct {
	Key    Key
	Before *manifest.Object // nil: the phase creates it
	After  *manifest.Object // nil: the phase deletes it
	Owner  *plan.Unit       // whose overlay holds it; nil for objects that belong to no unit
	Step   plan.Step        // what caused it; nil in state 0
	Why    string           // why, where the step alone does not say it: "reaches its callee through the old namespace's policy"
}

// State is one state of the migration, as the changes from the one before it.
// State 0 is today: its changes create every object of the inventory.
type State struct {
	Index   int
	Phase   *plan.Phase // nil for state 0
	Changes []Change    // by key; one per object

	// Zone is the records that the migration has in the zone in this state, by name
	// and type, all of them and not only what differs. It is nil unless the plan
	// has them written as a zone file: other providers read them from objects
	// (DNSEndpoint, DNSRecordSet), which [RecordsOf] decodes.
	Zone []Record
}
