package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// restartCheck is H21: pods read their configuration when they start. Whoever
// reads what a phase changes in place has to be restarted by the same phase.
var restartCheck = Check{
	Code: "H21", Severity: diag.Error,
	Summary: "pods whose configuration changes are restarted",
	Run: func(p *Pass) {
		for _, c := range p.Changes() {
			if c.Before != nil && c.After != nil && isInput(c.Key.ID) && !sameData(c.Before, c.After) {
				p.checkRestarts(c)
			}
		}
	},
}

// sameData reports whether two versions of a ConfigMap or Secret say the same.
func sameData(a, b *manifest.Object) bool {
	for _, field := range [...]string{"data", "binaryData", "stringData"} {
		if !a.Get(field).Equal(b.Get(field)) {
			return false
		}
	}
	return true
}

func (p *Pass) checkRestarts(c render.Change) {
	for _, reader := range p.prover.readersOf(c.Key) {
		before, after := p.Before(reader), p.After(reader)
		if before == nil || after == nil || !samePods(before, after) || !longRunning(after) {
			continue
		}
		p.Reportf("H21", c.After, manifest.P("metadata", "name"), "%s changes, and the pods of %s, which read it, go on with what it said before", c.Key.ID, reader.ID).
			WithFix("change an annotation of its pod template in the same phase")
	}
}

// longRunning reports whether pods of a workload run until they are replaced. A
// CronJob's next run reads what is there then.
func longRunning(o *manifest.Object) bool { return o.ID.Group != "batch" && plan.Replicas(o) > 0 }
