package model

import (
	"bytes"
	"testing"

	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/verify/sim"
)

func TestWorldsFollowFromTheirSeed(t *testing.T) {
	text := func(seed uint64) []byte {
		w := NewWorld(NewStage(3), seed)
		out, err := w.Manifests()
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range w.Questions {
			out = append(out, q.String()...)
		}
		return out
	}
	if !bytes.Equal(text(7), text(7)) {
		t.Error("one seed makes two worlds")
	}
	if bytes.Equal(text(7), text(8)) {
		t.Error("two seeds make one world")
	}
}

// TestWorldsAskEverything makes sure that the worlds are not all alike: each
// outcome has to be predicted often enough for a comparison to mean something.
func TestWorldsAskEverything(t *testing.T) {
	seen, untold := map[sim.Outcome]int{}, 0
	for seed := range uint64(200) {
		w := NewWorld(NewStage(int(seed%10)), seed)
		p, err := NewPredictor(w)
		if err != nil {
			t.Fatal(err)
		}
		for i := range w.Questions {
			r := p.Predict(&w.Questions[i])
			seen[r.Outcome]++
			if r.Assumed || r.Outcome == sim.Unknown {
				untold++
			}
		}
	}
	t.Logf("%v, %d untold", seen, untold)
	for _, o := range []sim.Outcome{sim.OK, sim.NXDomain, sim.NoData, sim.NoSuchPort, sim.Refused, sim.Denied} {
		if seen[o] < 100 {
			t.Errorf("%s is predicted %d times", o, seen[o])
		}
	}
	if all := 200 * questions; untold > all/4 {
		t.Errorf("of %d questions the simulator leaves %d open", all, untold)
	}
}

func TestCompare(t *testing.T) {
	cart := sim.Backend{}
	cart.Workload.Namespace, cart.Workload.Name = "shop", "cart"
	by := func(pod string) traffic.Attempt {
		return traffic.Attempt{By: traffic.Identity{Namespace: "shop", App: pod, Pod: pod}}
	}
	lost := func(reason string) traffic.Attempt { return traffic.Attempt{Reason: reason} }
	found := func(a ...traffic.Attempt) traffic.Observation {
		return traffic.Observation{Found: traffic.Addresses, Attempts: a}
	}
	ok, denied, refused := sim.Result{Outcome: sim.OK, Backends: []sim.Backend{cart}}, sim.Result{Outcome: sim.Denied}, sim.Result{Outcome: sim.Refused}
	tests := []struct {
		name string
		p    sim.Result
		seen traffic.Observation
		want Verdict
	}{
		{"ok", ok, found(by("cart"), by("cart")), Agrees},
		{"one of two fails", ok, found(by("cart"), lost("timeout")), Disagrees},
		{"a namesake", ok, found(by("cart"), by("other")), Disagrees},
		{"nobody was asked", ok, found(), Disagrees},
		{"no name", ok, traffic.Observation{Found: traffic.NoName}, Disagrees},
		{"dropped", denied, found(lost("timeout")), Agrees},
		{"refused is not dropped", denied, found(lost("refused")), Disagrees},
		{"passed", denied, found(by("cart")), Disagrees},
		{"DNS denied", denied, traffic.Observation{Found: traffic.Silence}, Agrees},
		{"DNS silent without reason", ok, traffic.Observation{Found: traffic.Silence}, Disagrees},
		{"refused", refused, found(lost("refused")), Agrees},
		{"not refused", refused, found(by("cart")), Disagrees},
		{"NXDOMAIN", sim.Result{Outcome: sim.NXDomain}, traffic.Observation{Found: traffic.NoName, Code: "NXDOMAIN"}, Agrees},
		{"NODATA", sim.Result{Outcome: sim.NXDomain}, traffic.Observation{Found: traffic.NoName, Code: "NODATA"}, Disagrees},
		{"no name after all", sim.Result{Outcome: sim.NXDomain}, found(by("cart")), Disagrees},
		{"unknown", sim.Result{Outcome: sim.Unknown}, found(by("cart")), Untold},
		{"assumed", sim.Result{Outcome: sim.OK, Assumed: true, Backends: ok.Backends}, found(lost("timeout")), Untold},
		{"assumed, and a namesake", sim.Result{Outcome: sim.OK, Assumed: true, Backends: ok.Backends}, found(by("other")), Disagrees},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newEvidence(tt.seen)
			if got, why := Compare(&Question{Question: traffic.Question{Port: 80}}, &tt.p, &e); got != tt.want {
				t.Errorf("got %d (%s), want %d", got, why, tt.want)
			}
		})
	}
}
