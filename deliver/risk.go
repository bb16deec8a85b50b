package deliver

import (
	"fmt"

	"github.com/rehome-dev/rehome/plan"
)

// risks returns what may be felt while a phase is applied although no call
// breaks for good, in the order of its steps.
func risks(b *bundle) []string {
	var out []string
	gate := b.state.Phase.Gate
	for _, s := range b.state.Phase.Steps {
		switch s := s.(type) {
		case *plan.Prepare, *plan.Relay, *plan.Route, *plan.OpenHop, *plan.CloseHop, *plan.Finish:
		case *plan.Deploy:
			if s.AfterStop {
				out = append(out, fmt.Sprintf("%s does not run between the end of its old pods and the readiness of the new ones.", code(s.App.Name)))
				continue
			}
			out = append(out, fmt.Sprintf("%s runs twice from now on, and needs the capacity for it.", code(s.App.Name)))
		case *plan.Unroute:
			out = append(out, fmt.Sprintf("Public requests reach %s over its routes in %s only.", code(s.App.Name), code(s.App.To.String())))
		case *plan.Flip:
			out = append(out, flipRisk(s, gate))
		case *plan.Retire:
			out = append(out, fmt.Sprintf("Requests that the old pods of %s still serve end with them, after their grace period.", code(s.App.Name)))
		case *plan.Repoint:
			out = append(out, fmt.Sprintf("The pods that read the addresses of %s restart.", code(s.Subject())))
		case *plan.Unflip:
			if s.Lead == plan.ToItself {
				continue
			}
			out = append(out, fmt.Sprintf("A caller of %s that is not in the plan fails from now on.", code(s.Service.ID.String())))
		}
	}
	return out
}

func flipRisk(s *plan.Flip, gate plan.Gate) string {
	switch {
	case s.Lead == plan.ToItself:
		return fmt.Sprintf("%s gets a ClusterIP: a caller that holds the address of the ingress goes on using it, within %d s.", code(s.Service.ID.String()), seconds(gate.Wait))
	case s.Lead == plan.ToOldHop && s.At != s.App.From:
		return fmt.Sprintf("%s reaches back: every call from %s takes the way through both clusters.", code(s.Service.ID.String()), code(s.At.String()))
	case s.Cutover == plan.CutoverRelay:
		return fmt.Sprintf("Every call of %s takes one hop more, through the relay.", code(s.Service.ID.String()))
	}
	return fmt.Sprintf("%s gives up its ClusterIP: a caller that holds the address fails until it resolves the name again, within %d s.", code(s.Service.ID.String()), seconds(gate.Wait))
}

// lost are the kinds of which deleting an object loses what no manifest holds.
var lost = map[string]string{
	"PersistentVolumeClaim":    "its volume may be deleted with it (reclaim policy)",
	"PersistentVolume":         "the volume it names is released",
	"Namespace":                "everything in it is deleted",
	"CustomResourceDefinition": "all objects of its kind are deleted",
}

// noReturn returns what applying the way back of a phase does not bring back.
func noReturn(b *bundle) []string {
	var out []string
	for _, c := range b.state.Changes {
		if why := lost[c.Key.Kind]; c.After == nil && why != "" {
			out = append(out, fmt.Sprintf("%s is deleted: %s.", objectName(c), why))
		}
	}
	for _, s := range b.state.Phase.Steps {
		switch s := s.(type) {
		case *plan.Flip:
			if s.Cutover == plan.CutoverExternalName && s.Kind() != plan.ReachBackKind && s.Kind() != plan.LocalizeKind {
				out = append(out, fmt.Sprintf("%s gets a new ClusterIP when it is put back: callers that hold the old one must resolve the name again.", s.Service.ID))
			}
		case *plan.Unflip:
			if s.Lead == plan.ToItself {
				continue
			}
			out = append(out, fmt.Sprintf("%s gets a new ClusterIP when it is put back, unless it is an alias.", s.Service.ID))
		case *plan.Prepare, *plan.Deploy, *plan.Relay, *plan.Route, *plan.Unroute, *plan.Retire, *plan.Repoint, *plan.OpenHop, *plan.CloseHop, *plan.Finish:
		}
	}
	return out
}
