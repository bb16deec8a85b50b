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
	slices.SortFunc(f.leftover, Key.Compare)
	for _, key := range f.leftover {
		f.remove(key, "the pods that read it have been replaced")
	}
	f.leftover = nil
}
