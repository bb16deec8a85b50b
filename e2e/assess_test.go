package e2e_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rehome-dev/rehome/e2e/cast"
	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/verify"
)

// finding is a loss that the proof does not allow.
type finding struct {
	text string
	// stalled is how long everything in the sandbox stood still around the loss.
	stalled time.Duration
}

// assess holds what was lost against what the proof says may be lost: nothing,
// but by clients that kept an address, in the window of their edge.
func (j *journey) assess(t *testing.T) ([]row, []finding) {
	t.Helper()
	all := j.rows(t)
	for _, edge := range j.Cast.Edges() {
		if !slices.ContainsFunc(all, func(r traffic.Row) bool { return r.Edge == edge }) {
			t.Errorf("nobody ever played the edge %s", edge)
		}
	}
	var rows []row
	var findings []finding
	for i, l := range j.legs {
		to := l.To
		if i+1 < len(j.legs) {
			to = j.legs[i+1].From
		}
		totals := traffic.Sum(all, l.From, to)
		j.assessTraffic(t, l, totals)
		for _, total := range totals {
			r := row{leg: l, total: total, window: j.window(l, total)}
			rows = append(rows, r)
			if text := r.unproved(); text != "" {
				findings = append(findings, finding{text, heart.worst(total.First.Add(-traffic.Patience), total.Last.Add(traffic.Patience))})
			}
		}
	}
	return rows, findings
}

// unproved says what of a row the proof does not allow, "" when nothing.
func (r *row) unproved() string {
	if r.total.Skipped > 0 {
		return fmt.Sprintf("%s: %s, client %s: %d requests were not sent, since too many were waiting", r.leg.Name, r.total.Edge, r.total.Client, r.total.Skipped)
	}
	if r.total.Lost == 0 || r.window > 0 && !r.total.Last.After(r.leg.Changed.Add(r.window)) {
		return ""
	}
	return fmt.Sprintf("%s: %s, client %s lost %d of %d from %.1f s to %.1f s after its begin, allowed until %.1f s: %v",
		r.leg.Name, r.total.Edge, r.total.Client, r.total.Lost, r.total.Sent,
		r.total.First.Sub(r.leg.From).Seconds(), r.total.Last.Sub(r.leg.From).Seconds(), allowed(r.leg, r.window), r.total.Reasons)
}

// allowed is until when requests may be lost, in seconds from the leg's begin.
func allowed(l leg, window time.Duration) float64 {
	if window == 0 {
		return 0
	}
	return l.Changed.Add(window).Sub(l.From).Seconds()
}

// assessTraffic fails when an edge was silent: no losses are then no result.
func (j *journey) assessTraffic(t *testing.T, l leg, totals []traffic.Total) {
	t.Helper()
	sent := map[string]int{}
	for i := range totals {
		sent[totals[i].Edge] += totals[i].Sent
	}
	for _, edge := range j.Cast.Steady() {
		if seconds := l.To.Sub(l.From).Seconds(); seconds > 2 && sent[edge] == 0 {
			t.Errorf("%s: nothing was sent over the edge %s", l.Name, edge)
		}
	}
}

// settling is how long a Service that was an alias may lose requests of any
// client when it becomes an ordinary one again: its endpoints are written only
// then (the endpoint controllers skip Services of type ExternalName), and DNS and
// kube-proxy learn of type and endpoints one after the other. The way forward has
// no such gap.
const settling = 2 * time.Second

// window is the time that the proof gives an edge in a leg.
func (j *journey) window(l leg, total traffic.Total) time.Duration {
	longest := time.Duration(0)
	for _, w := range verify.Windows(j.Result.Schedule) {
		if l.Phase < 0 || w.Phase != j.Result.Schedule.Phases[l.Phase] || cast.Name(w.Edge) != total.Edge {
			continue
		}
		switch {
		case l.Backward && w.Cutover == plan.CutoverExternalName:
			longest = max(longest, settling)
		case !l.Backward && total.Client == traffic.Cached:
			longest = max(longest, w.Length)
		}
	}
	return longest
}

// row is a row of the table of measurements.
type row struct {
	leg    leg
	total  traffic.Total
	window time.Duration
}
