package render

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// deploy makes the app's objects at its target: configuration first, because
// its generated names stand in the workloads.
func (f *folder) deploy(s *plan.Deploy) {
	book := newAddressBook(s.Addresses)
	var rest []*manifest.Object
	for _, o := range s.Objects {
		if o.ID.IsConfig() {
			f.deployOne(s, o, book)
		} else {
			rest = append(rest, o)
		}
	}
	for _, o := range rest {
		f.deployOne(s, o, book)
	}
}

func (f *folder) deployOne(s *plan.Deploy, inventory *manifest.Object, book addressBook) {
	o := f.withNames(f.copyTo(inventory, s.App.To, book), inventory, s.App.To)
	key := Key{Cluster: s.App.To.Cluster, ID: o.ID}
	f.make(key, o, f.graph.UnitOf(inventory), "")
}
