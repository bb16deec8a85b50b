package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rehome-dev/rehome/e2e/sandbox"
	"github.com/rehome-dev/rehome/e2e/scenario"
	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/e2e/walk"
)

// journey is one walk through a migration, with traffic all the time.
type journey struct {
	*theatre
	*scenario.Scenario
	walk.Walker
	legs []leg
	end  func() // removes everything of it; more than once does no harm
}

// leg is what happened between two moments of a journey.
type leg struct {
	Name     string
	Phase    int // of the runbook; -1 when none was carried out
	Backward bool
	From, To time.Time
	Changed  time.Time // when the last change was made
}

// The pauses of a journey: traffic before the first phase, and after the last.
const (
	baseline  = 8 * time.Second
	aftermath = 4 * time.Second
	// ledgered is when the last rows of a ledger are written.
	ledgered = 2*traffic.Patience + 2*time.Second
)

// setOut renders a scenario, brings the cluster to its first state with
// kubectl's own flags, and starts the traffic.
func setOut(t *testing.T, th *theatre, src scenario.Source, flags string) *journey {
	t.Helper()
	dir := filepath.Join(sandbox.Dir, "scenarios", src.Name)
	s, err := scenario.New(t.Context(), programs(t).Rehome, src, dir)
	if err != nil {
		t.Fatal(err)
	}
	namespaces, err := s.Runbook.Namespaces()
	if err != nil {
		t.Fatal(err)
	}
	if err := th.troupe.Join(s.Cast.Play, namespaces...); err != nil {
		t.Fatal(err)
	}
	j := &journey{theatre: th, Scenario: s}
	j.end = sync.OnceFunc(func() { j.remove(t, namespaces) })
	t.Cleanup(j.end)
	if err := s.ApplyToday(t.Context(), th.Cluster, flags); err != nil {
		t.Fatal(err)
	}
	return j
}

// remove frees the namespaces of a journey, and what it wrote.
func (j *journey) remove(t *testing.T, namespaces []string) {
	for _, n := range namespaces {
		// Not the test's context, which has ended.
		if _, err := j.Kubectl(context.Background(), "delete", "namespace", n, "--ignore-not-found"); err != nil {
			t.Error(err)
		}
	}
	j.troupe.Leave(namespaces...)
	for _, dir := range []string{j.Dir, j.Cast.Ledgers()} {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}
}

// rest lets traffic flow for a time, as a leg of its own.
func (j *journey) rest(name string, d time.Duration) {
	l := leg{Name: name, Phase: -1, From: time.Now()}
	l.Changed = l.From
	time.Sleep(d)
	l.To = time.Now()
	j.legs = append(j.legs, l)
}

// forward carries out a phase.
func (j *journey) forward(t *testing.T, phase int) {
	t.Helper()
	j.leg(t, leg{Name: j.Runbook.Phases[phase].Name, Phase: phase}, j.Forward)
}

// back undoes a phase.
func (j *journey) back(t *testing.T, phase int) {
	t.Helper()
	j.leg(t, leg{Name: "back from " + j.Runbook.Phases[phase].Name, Phase: phase, Backward: true}, j.Back)
}

func (j *journey) leg(t *testing.T, l leg, step func(context.Context, int) (time.Time, error)) {
	t.Helper()
	l.From = time.Now()
	var err error
	if l.Changed, err = step(t.Context(), l.Phase); err != nil {
		t.Fatalf("%s: %v", l.Name, err)
	}
	l.To = time.Now()
	if err := j.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: changed in %.1f s, gate after %.1f s", l.Name, l.Changed.Sub(l.From).Seconds(), l.To.Sub(l.From).Seconds())
	j.legs = append(j.legs, l)
}

// rows reads the ledgers when they are complete.
func (j *journey) rows(t *testing.T) []traffic.Row {
	t.Helper()
	time.Sleep(ledgered)
	rows, err := traffic.Rows(os.DirFS(j.Cast.Ledgers()))
	if err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("REHOME_E2E_KEEP"); keep != "" {
		dir := filepath.Join(keep, "ledgers", fmt.Sprintf("%s-%d", j.Name, time.Now().Unix()))
		if err := os.CopyFS(dir, os.DirFS(j.Cast.Ledgers())); err != nil {
			t.Error(err)
		}
	}
	return rows
}
