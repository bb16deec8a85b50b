package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/verify/sim"
)

// codeOf returns the hazard that a call falls into which breaks at an ingress or
// in the zone; P1 where no rule of those broke it.
func codeOf(c sim.Cause) diag.Code {
	switch c {
	case sim.NoRoute:
		return "H42"
	case sim.SameRank:
		return "H35"
	case sim.NotAttached, sim.NotGranted:
		return "H36"
	case sim.Foreign:
		return "H37"
	case sim.AliasBehind:
		return "H33"
	case sim.Redirected:
		return "H44"
	case sim.PortShut:
		return "H45"
	case sim.NotSpoken:
		return "H46"
	case sim.UpstreamTLS:
		return "H47"
	case sim.Circle:
		return "H49"
	case sim.RecordClash:
		return "H81"
	case sim.NoCause:
	}
	return "P1"
}
