package verify

import (
	"time"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// recordGateCheck is H80 for the records of ingresses: an answer, also that a
// name does not exist, is kept for as long as its TTL says (RFC 1035 section
// 3.2.1, RFC 2308 section 5).
var recordGateCheck = PlanCheck{
	Code: "H80", Severity: diag.Error,
	Summary: "the gate after a record is made or changed waits for its TTL",
	Run: func(p *PlanPass) {
		for _, s := range withZones(p.States) {
			if s.Phase == nil {
				continue
			}
			for _, c := range s.Changes {
				if need := recordTTL(c); need > s.Phase.Gate.Wait.Std() {
					p.Reportf("", c.After, manifest.P("metadata", "name"),
						"the gate of phase %s waits %s, and answers from before it made or changed the record %s live for %s", s.Phase.Title(), s.Phase.Gate.Wait.Std(), c.Key.Name, need).
						WithFix("wait at least %s before the next phase", need)
				}
			}
		}
	},
}

// recordTTL returns how long old answers live when a change makes a record or
// gives it other data: that of the record before and, of a new one, its own, which
// stands in for that of the answer that there is none. 0 for other changes.
func recordTTL(c render.Change) time.Duration {
	if c.After == nil || c.Before != nil && c.Before.Get("spec").Equal(c.After.Get("spec")) {
		return 0
	}
	var longest int64
	o := c.After
	if c.Before != nil {
		o = c.Before
	}
	for _, r := range recordsIn(o) {
		longest = max(longest, r.TTL)
	}
	return time.Duration(longest) * time.Second
}
