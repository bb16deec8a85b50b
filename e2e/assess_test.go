package e2e_test

import (
	"testing"
	"time"

	"github.com/rehome-dev/rehome/e2e/cast"
	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/verify"
)

// assess holds what was lost against what the proof says may be lost: nothing,
// but by clients that kept an address, in the window of their edge.
func (j *journey) assess(t *testing.T) []row {
	t.Helper()
	rows := j.rows(t)
	var out []row
	for i, l := range j.legs {
		to := l.To
		if i+1 < len(j.legs) {
			to = j.legs[i+1].From
		}
		totals := traffic.Sum(rows, l.From, to)
		j.assessTraffic(t, l, totals)
		for _, total := range totals {
			window := j.window(l, total)
			out = append(out, row{leg: l, total: total, window: window})
			if total.Skipped > 0 {
				t.Errorf("%s: %s, client %s: %d requests were not sent, since too many were waiting", l.Name, total.Edge, total.Client, total.Skipped)
			}
			if total.Lost == 0 {
				continue
			}
			if end := l.Changed.Add(window); window == 0 || total.Last.After(end) {
				t.Errorf("%s: %s, client %s lost %d of %d from %.1f s to %.1f s after its begin, allowed until %.1f s: %v",
					l.Name, total.Edge, total.Client, total.Lost, total.Sent,
					total.First.Sub(l.From).Seconds(), total.Last.Sub(l.From).Seconds(), allowed(l, window), total.Reasons)
			}
		}
	}
	return out
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
	for _, edge := range j.Cast.Edges() {
		if seconds := l.To.Sub(l.From).Seconds(); seconds > 2 && sent[edge] == 0 {
			t.Errorf("%s: nothing was sent over the edge %s", l.Name, edge)
		}
	}
}

// window is the time that the proof gives an edge in a leg.
func (j *journey) window(l leg, total traffic.Total) time.Duration {
	if l.Phase < 0 || l.Backward || total.Client != traffic.Cached {
		return 0
	}
	longest := time.Duration(0)
	for _, w := range verify.Windows(j.Result.Schedule) {
		if w.Phase == j.Result.Schedule.Phases[l.Phase] && cast.Name(w.Edge) == total.Edge {
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
