package deliver

import (
	"fmt"

	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// reason says in one line why an object changes: what is special about it, or
// else what its step is for.
func reason(c render.Change) string {
	if c.Why != "" {
		return oneLine(c.Why)
	}
	switch s := c.Step.(type) {
	case *plan.Prepare:
		return "prepares " + s.Place.String()
	case *plan.Deploy:
		return fmt.Sprintf("%s starts in %s", s.App.Name, s.App.To)
	case *plan.Relay:
		return fmt.Sprintf("relay for Service %s", s.Service.ID.Name)
	case *plan.Route:
		return fmt.Sprintf("routes of %s in %s", s.App.Name, s.App.To)
	case *plan.Unroute:
		return "replaced by the routes in " + s.App.To.String()
	case *plan.Flip:
		return fmt.Sprintf("the old name leads to %s in %s", s.Service.ID.Name, s.App.To)
	case *plan.Retire:
		return fmt.Sprintf("%s runs in %s", s.App.Name, s.App.To)
	case *plan.Repoint:
		if s.Early {
			return fmt.Sprintf("%s calls the new copies", s.Subject())
		}
		return fmt.Sprintf("%s gets final names", s.Subject())
	case *plan.Unflip:
		if s.Lead == plan.ToItself {
			return "callers reach the Service itself"
		}
		return "nobody uses the old name any more"
	case *plan.OpenHop:
		return fmt.Sprintf("%s can be called from other clusters", s.Service.ID.Name)
	case *plan.CloseHop:
		return fmt.Sprintf("nobody calls %s from other clusters any more", s.Service.ID.Name)
	case *plan.Finish:
		return "only needed during the migration"
	case nil:
	}
	return "today"
}
