package model

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/rehome-dev/rehome/e2e/build"
	"github.com/rehome-dev/rehome/e2e/cluster"
	"github.com/rehome-dev/rehome/e2e/kubelet"
	"github.com/rehome-dev/rehome/e2e/libc"
	"github.com/rehome-dev/rehome/e2e/sandbox"
	"github.com/rehome-dev/rehome/e2e/traffic"
)

// TestMain runs the tests in a sandbox, unless they are to be short.
func TestMain(m *testing.M) {
	flag.Parse()
	if !testing.Short() && sandbox.Missing() == "" {
		if !sandbox.Inside() {
			code, err := sandbox.Enter(context.Background())
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				code = 2
			}
			os.Exit(code)
		}
		if err := sandbox.Settle(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
	os.Exit(m.Run())
}

// The worlds of a run, and the stages on which they are shown side by side.
const (
	worlds = 200
	stages = 10
)

// Variables that choose other worlds than the usual ones, and how many.
const (
	seedVariable   = "REHOME_SEED"
	worldsVariable = "REHOME_WORLDS"
)

// startTheatre starts a cluster with nothing on it.
func startTheatre(t *testing.T) *Theatre {
	t.Helper()
	if testing.Short() {
		t.Skip("a real cluster is not short")
	}
	if why := sandbox.Missing(); why != "" {
		t.Skip(why)
	}
	programs, err := build.All(context.Background(), "..", func(line string) { t.Log(line) })
	if err != nil {
		t.Fatal(err)
	}
	c, err := cluster.Start(context.Background(), cluster.Options{
		Dir: sandbox.Dir + "/model", Programs: programs, Player: play, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Err(); err != nil {
			t.Error(err)
		}
		c.Close()
	})
	resolvers, err := libc.Compile(context.Background(), kubelet.Shared)
	if err != nil {
		t.Fatal(err)
	}
	return &Theatre{Client: c.Client, Shared: kubelet.Shared, Resolvers: *resolvers}
}

// play lets the pods of stages listen on what they declare.
func play(p *corev1.Pod, c *corev1.Container) (kubelet.Program, error) {
	d := &traffic.Descriptor{
		Self:    traffic.Identity{Namespace: p.Namespace, App: p.Name, Pod: p.Name},
		Control: traffic.Socket(kubelet.Shared, p.Namespace, p.Name, c.Name),
	}
	for _, port := range c.Ports {
		d.Listen = append(d.Listen, traffic.Listen{Port: port.ContainerPort, Protocol: string(port.Protocol)})
	}
	return kubelet.Program{Standin: d}, nil
}

// number returns the number in a variable.
func number(t *testing.T, variable string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

// show is the worlds of one run.
type show struct {
	theatre       *Theatre
	first, worlds uint64
}

// TestRandomWorlds shows random worlds in a real cluster and puts the same
// questions to it and to the simulator.
func TestRandomWorlds(t *testing.T) {
	run := &show{theatre: startTheatre(t), first: number(t, seedVariable, 1), worlds: number(t, worldsVariable, worlds)}
	begin := time.Now()
	var all sync.WaitGroup
	scores := make([]*Score, stages)
	for i := range stages {
		all.Go(func() { scores[i] = run.stage(t, i) })
	}
	all.Wait()
	total := newScore()
	for _, s := range scores {
		total.Add(s)
	}
	t.Logf("%d worlds from seed %d in %.0f s: %d answers agree (%v), %d are left open by the simulator, %d disagree",
		run.worlds, run.first, time.Since(begin).Seconds(), total.Agreed, total.Outcomes, total.Untold, len(total.Disagreements))
	run.report(t, total)
}

// stage shows every world of one stage.
func (r *show) stage(t *testing.T, number int) *Score {
	ctx, total := context.Background(), newScore()
	stage := NewStage(number)
	if err := r.theatre.Raise(ctx, stage); err != nil {
		t.Error(err)
		return total
	}
	for i := uint64(number); i < r.worlds; i += stages {
		w, begin := NewWorld(stage, r.first+i), time.Now()
		err := r.theatre.Show(ctx, w)
		shown := time.Since(begin)
		var score *Score
		if err == nil {
			score, err = r.theatre.Confront(ctx, w)
		}
		if err != nil {
			t.Errorf("world %d: %v", w.Seed, err)
			return total
		}
		t.Logf("world %d: shown in %.1f s, asked in %.1f s, %d disagree", w.Seed, shown.Seconds(), (time.Since(begin) - shown).Seconds(), len(score.Disagreements))
		total.Add(score)
	}
	return total
}

// report fails the test for each disagreement, the first one made as small as
// it gets.
func (r *show) report(t *testing.T, total *Score) {
	t.Helper()
	for i := range total.Disagreements {
		d := &total.Disagreements[i]
		t.Errorf("world %d: %s: %s\n%sseen: %s", d.World.Seed, d.Question, d.Why, d.Predicted, d.Seen.String())
	}
	if len(total.Disagreements) > 0 {
		small, err := r.theatre.Shrink(context.Background(), &total.Disagreements[0])
		t.Logf("the first one, as small as it gets (%v):\n%s", err, small)
	}
	if all := int(r.worlds) * questions; total.Agreed < all/2 {
		t.Errorf("only %d answers of %d could be compared", total.Agreed, all)
	}
}
