package verify

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// capacityCheck is P5: the ready pods of an app that is called never fall to
// none, and a copy has no fewer pods than the original.
var capacityCheck = Check{
	Code: "P5", Severity: diag.Error,
	Summary: "ready replicas never fall under the floor",
	Run: func(p *Pass) {
		for _, c := range p.Changes() {
			switch {
			case c.After == nil || !isWorkload(c.After):
			case c.Before != nil && !samePods(c.Before, c.After):
				p.checkRollout(c)
			case c.Before == nil && !p.Back():
				p.checkCopy(c)
			}
		}
	},
}

// samePods reports whether two versions of a workload run the same pods.
func samePods(a, b *manifest.Object) bool {
	return plan.PodTemplate(a).Equal(plan.PodTemplate(b))
}

// checkRollout computes how many pods stay ready while a workload that is called
// is rolled out.
func (p *Pass) checkRollout(c render.Change) {
	if len(p.callersOf(c)) == 0 {
		return
	}
	replicas := plan.Replicas(c.Before)
	floor, why := rolloutFloor(c.After, replicas)
	if floor > 0 || replicas == 0 {
		return
	}
	p.Reportf("P5", c.After, manifest.P("spec"), "%s is called and has to restart, and its rollout leaves no pod ready: %s", c.Key.ID, why).
		WithFix("give it a rolling update with maxUnavailable 0, or a second replica, before the migration").
		WithNote(p.callersOf(c)[0].ref.Pos(), "called by %s", p.callersOf(c)[0].workload.ID)
}

// callersOf returns the calls that a workload's pods answer.
func (p *Pass) callersOf(c render.Change) []*call {
	var out []*call
	if pods := p.prover.library.of(c.Before); pods.runs() {
		p.prover.selecting(nil, p.prover.item(c.Key), pods.labels, func(s *item) { out = append(out, s.calling()...) })
	}
	slices.SortFunc(out, compareCalls)
	return out
}

// rolloutFloor returns how many of the replicas stay ready during an update, and
// why so few.
func rolloutFloor(o *manifest.Object, replicas int64) (floor int64, why string) {
	switch o.ID.Kind {
	case "Deployment":
		if o.Text("spec", "strategy", "type") == "Recreate" {
			return 0, "its strategy is Recreate"
		}
		rolling := o.Get("spec", "strategy", "rollingUpdate")
		_, unavailable := RollingUpdate(replicas, rolling.Text("maxSurge"), rolling.Text("maxUnavailable"))
		return replicas - unavailable, strconv.FormatInt(replicas, 10) + " replicas, of which " + strconv.FormatInt(unavailable, 10) + " may be unavailable"
	case "StatefulSet":
		return replicas - 1, "a StatefulSet replaces one pod at a time"
	case "DaemonSet":
		return 1, ""
	}
	return replicas, ""
}

// RollingUpdate returns how many pods a Deployment may have above, and miss
// below, its replicas. Percentages of surge are rounded up, of unavailable
// rounded down; when both come out as 0, one may be unavailable
// (k8s.io/kubernetes/pkg/controller/deployment/util.ResolveFenceposts). Absent
// values are 25%.
func RollingUpdate(replicas int64, maxSurge, maxUnavailable string) (surge, unavailable int64) {
	surge = scaled(maxSurge, replicas, math.Ceil)
	unavailable = scaled(maxUnavailable, replicas, math.Floor)
	if surge == 0 && unavailable == 0 {
		unavailable = 1
	}
	return surge, min(unavailable, replicas)
}

func scaled(value string, replicas int64, round func(float64) float64) int64 {
	if value == "" {
		value = "25%"
	}
	percent, isPercent := strings.CutSuffix(value, "%")
	n, err := strconv.ParseInt(percent, 10, 64)
	if err != nil {
		return 0
	}
	if !isPercent {
		return n
	}
	return int64(round(float64(n) * float64(replicas) / 100))
}

// checkCopy compares a copy with the original that it is to take over from.
func (p *Pass) checkCopy(c render.Change) {
	_, original := p.prover.originalOf(c)
	if original == nil {
		original = p.prover.today(c.After)
	}
	if original == nil || plan.Replicas(c.After) >= plan.Replicas(original) {
		return
	}
	p.Reportf("P5", c.After, manifest.P("spec", "replicas"), "%s has %d replicas, the original %s has %d", c.Key.ID, plan.Replicas(c.After), original.ID, plan.Replicas(original))
}

// today returns the workload of today that a copy was made of, nil when there is
// none. What must not run twice has stopped before its copy is made.
func (p *prover) today(o *manifest.Object) *manifest.Object {
	for _, w := range p.workloadsOf[p.owner(o)] {
		if w.Source() == o.Source() {
			return w
		}
	}
	return nil
}
