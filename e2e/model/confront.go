package model

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/verify/sim"
)

// Disagreement is a question on which simulator and cluster differ, and go on
// differing.
type Disagreement struct {
	World     *World
	Question  Question
	Predicted sim.Result
	Seen      Evidence
	Why       string
}

// Score counts the verdicts of questions.
type Score struct {
	Agreed        int
	Untold        int // of which the simulator says that manifests do not tell
	Outcomes      map[sim.Outcome]int
	Disagreements []Disagreement
}

// Add adds another score.
func (s *Score) Add(o *Score) {
	s.Agreed += o.Agreed
	s.Untold += o.Untold
	if s.Outcomes == nil {
		s.Outcomes = map[sim.Outcome]int{}
	}
	for k, n := range o.Outcomes { // sums do not depend on order
		s.Outcomes[k] += n
	}
	s.Disagreements = append(s.Disagreements, o.Disagreements...)
}

// What differs is asked again: a change may still be spreading, or chance may
// have missed an endpoint. Each round is judged for itself.
const (
	rounds   = 6
	askAgain = time.Second
	atOnce   = 16 // questions on their way
)

// Confront asks the questions of a world that is shown, and compares.
func (t *Theatre) Confront(ctx context.Context, w *World) (*Score, error) {
	open, err := predictAll(w)
	if err != nil {
		return nil, err
	}
	score := newScore()
	for round := 0; len(open) > 0 && round < rounds; round++ {
		if round > 0 {
			time.Sleep(askAgain)
		}
		if err := t.askAll(ctx, open); err != nil {
			return nil, err
		}
		open = score.judge(open)
	}
	for _, d := range open {
		score.Disagreements = append(score.Disagreements, *d)
	}
	return score, nil
}

func newScore() *Score { return &Score{Outcomes: map[sim.Outcome]int{}} }

// predictAll puts all questions of a world to the simulator.
func predictAll(w *World) ([]*Disagreement, error) {
	p, err := NewPredictor(w)
	if err != nil {
		return nil, err
	}
	open := make([]*Disagreement, len(w.Questions))
	for i, q := range w.Questions {
		open[i] = &Disagreement{World: w, Question: q, Predicted: p.Predict(&q)}
	}
	return open, nil
}

// askAll asks the cluster, some questions side by side.
func (t *Theatre) askAll(ctx context.Context, open []*Disagreement) error {
	var all sync.WaitGroup
	errs := make([]error, len(open))
	free := make(chan struct{}, atOnce)
	for i, d := range open {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			socket := d.Question.Socket
			if socket == "" {
				socket = t.socket(d.Question.Pod)
			}
			o, err := traffic.Ask(ctx, socket, t.question(&d.Question))
			d.Seen = newEvidence(o)
			errs[i] = err
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// judge counts what is settled and returns what still differs.
func (s *Score) judge(open []*Disagreement) []*Disagreement {
	var left []*Disagreement
	for _, d := range open {
		verdict, why := Compare(&d.Question, &d.Predicted, &d.Seen)
		d.Why = why
		switch verdict {
		case Agrees:
			s.Agreed++
			s.Outcomes[d.Predicted.Outcome]++
		case Untold:
			s.Untold++
		case Disagrees:
			left = append(left, d)
		}
	}
	return left
}
