package e2e_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/rehome-dev/rehome/e2e/kubelet"
	"github.com/rehome-dev/rehome/e2e/model"
	"github.com/rehome-dev/rehome/e2e/scenario"
	"github.com/rehome-dev/rehome/e2e/walk"
)

// halves is the seed of the changes that are made before a phase is interrupted.
const halves = 20

// In the middle of every phase, a random part of its changes made, and after it,
// the simulator says of that very state what the cluster does.
func TestModelOnPhases(t *testing.T) {
	t.Parallel()
	for i, src := range []scenario.Source{
		foobar("half-alias", "migration.yaml"),
		{Name: "half-ring", Dir: "testdata/cycle", Plan: "migration.yaml", Edits: []scenario.Edit{
			{Old: `\bring\b`, New: "half-ring-old"}, {Old: `\bcircle\b`, New: "half-ring-new"},
		}},
	} {
		t.Run(src.Name, func(t *testing.T) {
			t.Parallel()
			src.Rate = 1
			j := setOut(t, onCluster(t, "nftables"), src, "")
			j.Walker = clientSide(j)
			r := rand.New(rand.NewPCG(halves, uint64(i)))
			score := &model.Score{}
			for phase := range j.Runbook.Phases {
				changes, err := j.Runbook.Changes(t.Context(), j.Cluster, phase)
				if err != nil {
					t.Fatal(err)
				}
				j.interrupt(t, some(r, changes))
				score.Add(j.confront(t, "in the middle of "+j.Runbook.Phases[phase].Name))
				j.forward(t, phase)
				score.Add(j.confront(t, "after "+j.Runbook.Phases[phase].Name))
			}
			t.Logf("the simulator agrees on %d calls, says that it cannot know of %d", score.Agreed, score.Untold)
			if score.Agreed == 0 {
				t.Error("no call was compared")
			}
		})
	}
}

// some returns a random part of a list, in random order.
func some(r *rand.Rand, changes []walk.Change) []walk.Change {
	out := slices.Clone(changes)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:r.IntN(len(out)+1)]
}

// interrupt makes some changes of a phase. What needs a namespace that is not
// there yet is refused, as it is for users.
func (j *journey) interrupt(t *testing.T, changes []walk.Change) {
	t.Helper()
	for _, c := range changes {
		if err := c.Make(t.Context(), j.Cluster); err != nil {
			t.Logf("refused: %s: %v", c, err)
			continue
		}
		t.Logf("made: %s", c)
	}
	time.Sleep(2 * time.Second)
}

// confront compares the cluster with the simulator as it is now.
func (j *journey) confront(t *testing.T, when string) *model.Score {
	t.Helper()
	namespaces, err := j.existing(t)
	if err != nil {
		t.Fatal(err)
	}
	th := &model.Theatre{Client: j.Client, Shared: kubelet.Shared}
	score, err := th.ConfrontLive(t.Context(), namespaces...)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	for _, d := range score.Disagreements {
		t.Errorf("%s: %s: the simulator says %v, seen was %s: %s", when, d.Question, d.Predicted.Outcome, &d.Seen, d.Why)
	}
	return score
}

// existing returns the namespaces of the migration that are there.
func (j *journey) existing(t *testing.T) ([]string, error) {
	t.Helper()
	all, err := j.Runbook.Namespaces()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(n string) bool {
		_, err := j.Kubectl(t.Context(), "get", "namespace", n)
		return err != nil
	}), nil
}
