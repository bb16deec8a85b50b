package e2e_test

import (
	"math/rand/v2"
	"testing"

	"github.com/rehome-dev/rehome/e2e/cluster"
	"github.com/rehome-dev/rehome/e2e/model"
	"github.com/rehome-dev/rehome/e2e/walk"
	"github.com/rehome-dev/rehome/verify/sim"
)

// faint is hardly any traffic: here every edge is tried when it is asked for.
const faint = 0.2

// Every phase stops half-way once, after a random part of its changes, and is
// completed then. In each of these states every edge is tried, by the names in
// the callers' own configuration, and compared with what the simulator says of
// the very objects that are in the cluster.
func TestHalves(t *testing.T) {
	for _, c := range []struct {
		source
		mode cluster.ProxyMode
	}{
		{source{"halves", "../examples/foobar", "migration.yaml", faint}, cluster.NFTables},
		{source{"halves-relay", "../examples/foobar", "migration-relay.yaml", faint}, cluster.IPTables},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := &halves{journey: setOut(t, onCluster(t, c.mode), c.source, ""), random: rand.New(rand.NewPCG(numberOf(t, seedVariable, 1), 3))}
			h.model = confronter(t, h.theatre)
			h.confront(t, "today")
			for phase := range h.Runbook.Phases {
				h.walk(t, phase)
			}
			h.final(t)
			t.Logf("%d states: %s", h.states, &h.total)
		})
	}
}

// halves is a journey that stops within phases.
type halves struct {
	*journey
	random *rand.Rand
	model  *model.Theatre
	total  model.Score
	states int
}

// walk makes the changes of a phase in random order, and confronts the state in
// the middle and the one at the end.
func (h *halves) walk(t *testing.T, phase int) {
	t.Helper()
	changes, err := h.Runbook.Changes(t.Context(), h.Cluster, phase)
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) == 0 {
		t.Fatalf("phase %s changes nothing", h.Runbook.Phases[phase].Name)
	}
	h.random.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
	middle := 0
	if len(changes) > 1 {
		middle = 1 + h.random.IntN(len(changes)-1)
		h.change(t, changes[:middle])
		h.confront(t, h.Runbook.Phases[phase].Name+", half-way")
	}
	h.change(t, changes[middle:])
	if err := h.Settle(t.Context(), h.Cluster); err != nil {
		t.Fatal(err)
	}
	h.confront(t, h.Runbook.Phases[phase].Name)
}

func (h *halves) change(t *testing.T, changes []walk.Change) {
	t.Helper()
	for _, c := range changes {
		if err := c.Make(t.Context(), h.Cluster); err != nil {
			t.Fatal(err)
		}
	}
}

// confront compares the state that the cluster is in with the simulator, and
// fails for an edge that does not work either: the proof says that all do.
func (h *halves) confront(t *testing.T, state string) {
	t.Helper()
	namespaces, err := h.Runbook.Namespaces()
	if err != nil {
		t.Fatal(err)
	}
	score, err := h.model.ConfrontLive(t.Context(), namespaces...)
	if err != nil {
		t.Fatalf("%s: %v", state, err)
	}
	for i := range score.Disagreements {
		t.Errorf("%s: %s", state, &score.Disagreements[i])
	}
	if failing := score.Agreed - score.Outcomes[sim.OK]; failing > 0 {
		t.Errorf("%s: %d edges fail, as the simulator says of this state: %s", state, failing, score)
	}
	if score.Agreed == 0 {
		t.Errorf("%s: no edge was tried", state)
	}
	t.Logf("%s: %s", state, score)
	h.total.Add(score)
	h.states++
}
