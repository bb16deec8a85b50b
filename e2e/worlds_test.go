package e2e_test

import (
	"context"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/rehome-dev/rehome/e2e/cluster"
	"github.com/rehome-dev/rehome/e2e/kubelet"
	"github.com/rehome-dev/rehome/e2e/libc"
	"github.com/rehome-dev/rehome/e2e/model"
	"github.com/rehome-dev/rehome/e2e/traffic"
)

// The worlds of a run, and the stages on which they are shown side by side.
const (
	worlds = 200
	stages = 10
)

// shrinking is how long a counterexample is made smaller.
const shrinking = 2 * time.Minute

// Variables that choose other worlds than the usual ones, and how many.
const (
	seedVariable   = "REHOME_SEED"
	worldsVariable = "REHOME_WORLDS"
)

// confronter returns what compares a cluster with the simulator.
func confronter(t *testing.T, th *theatre) *model.Theatre {
	t.Helper()
	resolvers, err := libc.Compile(t.Context(), kubelet.Shared)
	if err != nil {
		t.Fatal(err)
	}
	return &model.Theatre{Client: th.Client, Shared: kubelet.Shared, Resolvers: *resolvers}
}

// playStage lets the pods of stages listen on what they declare.
func playStage(p *corev1.Pod, c *corev1.Container) (kubelet.Program, error) {
	d := &traffic.Descriptor{
		Self:    traffic.Identity{Namespace: p.Namespace, App: p.Name, Pod: p.Name},
		Control: traffic.Socket(kubelet.Shared, p.Namespace, p.Name, c.Name),
	}
	for _, port := range c.Ports {
		d.Listen = append(d.Listen, traffic.Listen{Port: port.ContainerPort, Protocol: string(port.Protocol)})
	}
	return kubelet.Program{Standin: d}, nil
}

// numberOf returns the number in a variable.
func numberOf(t *testing.T, variable string, otherwise uint64) uint64 {
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
	*theatre
	model         *model.Theatre
	first, worlds uint64
}

// Random worlds are shown in a real cluster, and the same questions are put to it
// and to the simulator.
func TestWorlds(t *testing.T) {
	t.Parallel()
	th := onCluster(t, cluster.NFTables)
	s := &show{theatre: th, model: confronter(t, th), first: numberOf(t, seedVariable, 1), worlds: numberOf(t, worldsVariable, worlds)}
	begin := time.Now()
	scores := make([]model.Score, stages)
	var all sync.WaitGroup
	for i := range scores {
		all.Go(func() { s.play(t, model.NewStage(i), uint64(i), &scores[i]) })
	}
	all.Wait()
	var total model.Score
	for i := range scores {
		total.Add(&scores[i])
	}
	t.Logf("%d worlds from seed %d in %.0f s: %s", s.worlds, s.first, time.Since(begin).Seconds(), &total)
	s.report(t, &total)
}

// play shows every world of one stage, and leaves nothing of it.
func (s *show) play(t *testing.T, stage *model.Stage, number uint64, total *model.Score) {
	namespaces := stage.Names()
	if err := s.troupe.Join(playStage, namespaces...); err != nil {
		t.Error(err)
		return
	}
	t.Cleanup(func() {
		if err := s.model.Strike(context.Background(), stage); err != nil {
			t.Error(err)
		}
		s.troupe.Leave(namespaces...)
	})
	if err := s.model.Raise(t.Context(), stage); err != nil {
		t.Error(err)
		return
	}
	for i := number; i < s.worlds; i += stages {
		w := model.NewWorld(stage, s.first+i)
		err := s.model.Show(t.Context(), w)
		var score *model.Score
		if err == nil {
			score, err = s.model.Confront(t.Context(), w)
		}
		if err != nil {
			t.Errorf("world %d: %v", w.Seed, err)
			return
		}
		total.Add(score)
	}
}

// report fails the test for each disagreement, and shows the first one made as
// small as it gets.
func (s *show) report(t *testing.T, total *model.Score) {
	t.Helper()
	for i := range total.Disagreements {
		t.Error(total.Disagreements[i].Short())
	}
	if len(total.Disagreements) > 0 {
		ctx, cancel := context.WithTimeout(t.Context(), shrinking)
		defer cancel()
		small, err := s.model.Shrink(ctx, &total.Disagreements[0])
		t.Logf("the first one, as small as it gets (%v):\n%s", err, small)
	}
	if asked := int(s.worlds) * model.Questions; total.Agreed < asked*3/4 {
		t.Errorf("only %d answers of %d could be compared", total.Agreed, asked)
	}
}
