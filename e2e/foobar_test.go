package e2e_test

import (
	"slices"
	"testing"

	"github.com/rehome-dev/rehome/e2e/cluster"
	"github.com/rehome-dev/rehome/e2e/scenario"
	"github.com/rehome-dev/rehome/e2e/walk"
)

// The example is walked as it is committed, with either cutover.
func TestFoobar(t *testing.T) {
	t.Parallel()
	for _, c := range []tour{
		{Source: scenario.Source{Name: "foobar", Dir: "../examples/foobar", Plan: "migration.yaml"}},
		{Source: scenario.Source{Name: "foobar-relay", Dir: "../examples/foobar", Plan: "migration-relay.yaml"}, mode: cluster.IPTables},
	} {
		c.run(t)
	}
}

// Every phase is undone and done again, with every way of applying.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	for _, c := range []tour{
		{Source: foobar("server-side", "migration-relay.yaml"), flags: "--server-side", walker: serverSide},
		{Source: foobar("flux", "migration.yaml"), walker: flux},
		{Source: scenario.Source{Name: "ring", Dir: "testdata/cycle", Plan: "migration.yaml"}, walker: argoCD},
		{Source: scenario.Source{Name: "stateful", Dir: "testdata/stateful", Plan: "migration.yaml"}},
	} {
		c.roundTrip, c.Rate = true, gentle
		c.run(t)
	}
}

// gentle is the rate of journeys that are many at a time: what a busy machine
// delays for seconds would count as lost.
const gentle = 20

// foobar is the example in namespaces of its own, with waiting times that are as
// short as its clients allow.
func foobar(name, plan string) scenario.Source {
	return scenario.Source{
		Name: name, Dir: "../examples/foobar", Plan: plan,
		Edits: []scenario.Edit{
			{Old: `\bfoobar\b`, New: name + "-old"},
			{Old: `\bfoo\b`, New: name + "-new"},
			{Old: `(?m)^  apps:$`, New: "  windows: {dnsTTL: 1s, clientCache: 30s, drain: 10s}\n  apps:"},
		},
	}
}

// tour is a journey through all phases, and back and forward again if asked for.
type tour struct {
	scenario.Source
	mode      cluster.ProxyMode
	flags     string // of kubectl apply, for the first state
	walker    func(*journey) walk.Walker
	roundTrip bool
}

func (c tour) run(t *testing.T) {
	t.Helper()
	if c.mode == "" {
		c.mode = cluster.NFTables
	}
	if c.walker == nil {
		c.walker = clientSide
	}
	t.Run(c.Name, func(t *testing.T) {
		t.Parallel()
		for attempt := 1; !c.attempt(t, attempt); attempt++ {
			t.Log("the machine stood still meanwhile: once more")
		}
	})
}

// attempts is how often a journey is made on a machine that is too busy.
const attempts = 3

// attempt makes the journey for the nth time, and reports whether its result
// counts. That of the last attempt does.
func (c tour) attempt(t *testing.T, n int) bool {
	t.Helper()
	j := setOut(t, onCluster(t, c.mode), c.Source, c.flags)
	j.Walker = c.walker(j)
	j.unchanged(t)
	j.rest("before", baseline)
	c.walk(t, j)
	j.rest("after", aftermath)
	j.final(t)
	rows, findings := j.assess(t)
	j.end()
	counts := n == attempts || slices.ContainsFunc(findings, func(f finding) bool { return f.stalled == 0 }) || len(findings) == 0
	for _, f := range findings {
		if t.Logf("%s (stood still for %s)", f.text, f.stalled); counts {
			t.Fail()
		}
	}
	if counts {
		measured.add(j, c.mode, rows)
	}
	return counts
}

// walk carries out all phases.
func (c tour) walk(t *testing.T, j *journey) {
	t.Helper()
	for phase := range j.Runbook.Phases {
		j.forward(t, phase)
	}
	if !c.roundTrip {
		return
	}
	for phase := range slices.Backward(j.Runbook.Phases) {
		j.back(t, phase)
	}
	for phase := range j.Runbook.Phases {
		j.forward(t, phase)
	}
}

func clientSide(j *journey) walk.Walker {
	return &walk.Shell{Cluster: j.Cluster, Runbook: j.Runbook}
}

func serverSide(j *journey) walk.Walker {
	return &walk.Shell{Cluster: j.Cluster, Runbook: j.Runbook, ServerSide: true}
}

func argoCD(j *journey) walk.Walker {
	return &walk.GitOps{Cluster: j.Cluster, Runbook: j.Runbook, Controller: walk.ArgoCD()}
}

func flux(j *journey) walk.Walker {
	return &walk.GitOps{Cluster: j.Cluster, Runbook: j.Runbook, Controller: walk.Flux()}
}
