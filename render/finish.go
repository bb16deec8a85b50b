package render

import (
	"slices"

	"github.com/rehome-dev/rehome/plan"
)

// finish takes back what was widened, and deletes what was kept for pods that
// have been replaced by now.
func (f *folder) finish(s *plan.Finish) {
	for _, g := range s.Grants {
		f.narrow(g)
	}
	f.closeAll(s.Closed)
	f.narrowAll(s.Openings)
	for _, p := range s.Policies {
		f.remove(f.keyOf(p.Object), "the pods that it selected are gone")
	}
	for _, shared := range s.Shared {
		f.remove(f.keyOf(shared.Object), "the pods that it selected are gone")
	}
	slices.SortFunc(f.leftover, Key.Compare)
	for _, key := range f.leftover {
		f.remove(key, "the pods that read it have been replaced")
	}
	f.leftover = nil
}
