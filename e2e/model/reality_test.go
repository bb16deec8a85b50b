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

// seedVariable chooses other worlds than the usual ones.
const seedVariable = "REHOME_SEED"

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

func firstSeed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv(seedVariable)
	if text == "" {
		return 1
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", seedVariable, err)
	}
	return seed
}

// TestRandomWorlds shows random worlds in a real cluster and puts the same
// questions to it and to the simulator.
func TestRandomWorlds(t *testing.T) {
	theatre := startTheatre(t)
	first, begin := firstSeed(t), time.Now()
	var all sync.WaitGroup
	scores := make([]*Score, stages)
	for i := range stages {
		all.Go(func() { scores[i] = playStage(t, theatre, i, first) })
	}
	all.Wait()
	total := newScore()
	for _, s := range scores {
		if s != nil {
			total.Add(s)
		}
	}
	t.Logf("%d worlds from seed %d in %.0f s: %d answers agree (%v), %d are left open by the simulator, %d disagree",
		worlds, first, time.Since(begin).Seconds(), total.Agreed, total.Outcomes, total.Untold, len(total.Disagreements))
	report(t, theatre, total)
}

// playStage shows every world of one stage.
func playStage(t *testing.T, theatre *Theatre, number int, first uint64) *Score {
	ctx, total := context.Background(), newScore()
	stage := NewStage(number)
	if err := theatre.Raise(ctx, stage); err != nil {
		t.Error(err)
		return nil
	}
	for i := number; i < worlds; i += stages {
		w := NewWorld(stage, first+uint64(i))
		if err := theatre.Show(ctx, w); err != nil {
			t.Error(err)
			return total
		}
		score, err := theatre.Confront(ctx, w)
		if err != nil {
			t.Errorf("world %d: %v", w.Seed, err)
			return total
		}
		total.Add(score)
	}
	return total
}

// report fails the test for each disagreement, the first one made as small as
// it gets.
func report(t *testing.T, theatre *Theatre, total *Score) {
	t.Helper()
	for i := range total.Disagreements {
		d := &total.Disagreements[i]
		if i > 0 {
			t.Errorf("world %d: %s: %s", d.World.Seed, d.Question, d.Why)
			continue
		}
		small, err := theatre.Shrink(context.Background(), d)
		if err != nil {
			t.Log(err)
		}
		t.Error(small)
	}
	if total.Agreed < worlds*questions/2 {
		t.Errorf("only %d answers of %d could be compared", total.Agreed, worlds*questions)
	}
}
