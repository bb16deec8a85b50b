package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rehome-dev/rehome/e2e/scenario"
	"github.com/rehome-dev/rehome/e2e/traffic"
)

// control is a mistake that must lose requests. If it loses none, the traffic or
// the ledger does not see what it is there to see, and no result of this run is
// worth anything.
type control struct {
	scenario.Source
	edge string
	// err carries the mistake out, on a cluster in its first state.
	err func(t *testing.T, j *journey)
}

// TestControls makes mistakes on purpose.
func TestControls(t *testing.T) {
	t.Parallel()
	ring := func(name string) scenario.Source {
		return scenario.Source{Name: name, Dir: "testdata/cycle", Plan: "migration.yaml", Edits: []scenario.Edit{
			{Old: `\bring\b`, New: name + "-old"}, {Old: `\bcircle\b`, New: name + "-new"},
		}}
	}
	for _, c := range []control{
		{foobar("retired-before-flip", "migration.yaml"), "appc to servicea", retireBeforeFlip},
		{foobar("wrong-port", "migration-relay.yaml"), "appc to servicea", wrongPort},
		{ring("missing-policy"), "watcher to alpha", missingPolicy},
	} {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.Rate = gentle
			c.run(t)
		})
	}
}

func (c *control) run(t *testing.T) {
	j := setOut(t, onCluster(t, "nftables"), c.Source, "")
	j.Walker = clientSide(j)
	if err := j.Walker.Today(t.Context()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(baseline)
	from := time.Now()
	c.err(t, j)
	time.Sleep(baseline)
	lost := 0
	for _, total := range traffic.Sum(j.rows(t), from, time.Now()) {
		if total.Edge == c.edge && total.Client == traffic.Fresh {
			lost += total.Lost
			t.Logf("lost %d of %d: %v", total.Lost, total.Sent, total.Reasons)
		}
	}
	if lost == 0 {
		t.Errorf("%s lost nothing over %s: this run measures nothing", c.Name, c.edge)
	}
	measured.control(c.Name, lost)
}

// until carries out the phases before the one of a name, whose number it returns.
func (j *journey) until(t *testing.T, kind string) int {
	t.Helper()
	for i := range j.Runbook.Phases {
		if len(j.Runbook.Phases[i].Name) > len(kind) && j.Runbook.Phases[i].Name[:len(kind)] == kind {
			return i
		}
		j.forward(t, i)
	}
	t.Fatalf("no phase is called %s", kind)
	return 0
}

// retireBeforeFlip deletes the old pods while the old name still leads to them.
func retireBeforeFlip(t *testing.T, j *journey) {
	j.forward(t, j.until(t, "flip")+1)
}

// wrongPort leads the new Service to a port at which nobody listens, and flips.
func wrongPort(t *testing.T, j *journey) {
	flip := j.until(t, "flip")
	patch := `[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 9}]`
	if _, err := j.Kubectl(t.Context(), "-n", j.Name+"-new", "patch", "service", "servicea", "--type=json", "-p", patch); err != nil {
		t.Fatal(err)
	}
	j.forward(t, flip)
}

// missingPolicy takes away what lets the relay through to the new place, and
// flips.
func missingPolicy(t *testing.T, j *journey) {
	flip := j.until(t, "flip")
	out, err := j.Kubectl(t.Context(), "-n", fmt.Sprintf("%s-old", j.Name), "delete", "networkpolicy", "alpha-relay")
	if err != nil {
		t.Fatal(out, err)
	}
	j.forward(t, flip)
}
