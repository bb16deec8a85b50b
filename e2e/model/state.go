package model

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/verify/sim"
)

// errRestless says that a cluster never stayed the same while it was asked.
var errRestless = errors.New("the cluster went on changing while it was asked")

// ConfrontLive has every pod of some namespaces try every address that its own
// configuration names, and compares with what the simulator says of the very
// state in which the cluster is: between phases, or in the middle of one. An
// answer counts when the state was the same before and after.
func (t *Theatre) ConfrontLive(ctx context.Context, namespaces ...string) (*Score, error) {
	err := errRestless
	var last *Score
	for round := range 2 * rounds {
		if round > 0 {
			time.Sleep(askAgain)
		}
		score, steady, failed := t.confrontOnce(ctx, namespaces)
		if failed != nil {
			err = failed // a pod that ended meanwhile; the next reading will not have it
			continue
		}
		if !steady {
			continue
		}
		last, err = score, nil
		if len(score.Disagreements) == 0 {
			break
		}
	}
	return last, err
}

// confrontOnce compares once; steady says whether the state stayed the same.
func (t *Theatre) confrontOnce(ctx context.Context, namespaces []string) (score *Score, steady bool, err error) {
	w, err := t.Live(ctx, namespaces...)
	if err != nil {
		return nil, false, err
	}
	if err := t.addCalls(ctx, w); err != nil {
		return nil, false, err
	}
	open, err := predictAll(w)
	if err != nil {
		return nil, false, err
	}
	if err := t.askAll(ctx, open); err != nil {
		return nil, false, err
	}
	after, err := t.Live(ctx, namespaces...)
	if err != nil {
		return nil, false, err
	}
	score = newScore()
	for _, d := range score.judge(open) {
		score.Disagreements = append(score.Disagreements, *d)
	}
	return score, w.alike(after), nil
}

// addCalls adds a question for each address that a program of a pod calls.
func (t *Theatre) addCalls(ctx context.Context, w *World) error {
	for _, p := range w.Pods {
		for i := range p.Spec.Containers {
			socket := traffic.Socket(t.Shared, p.Namespace, p.Name, p.Spec.Containers[i].Name)
			if _, err := os.Stat(socket); errors.Is(err, os.ErrNotExist) {
				continue // no stand-in, or one that has not begun
			}
			calls, err := traffic.Calls(ctx, socket)
			if err != nil {
				return fmt.Errorf("what %s calls: %w", podName(p), err)
			}
			w.addQuestions(p, socket, calls)
		}
	}
	return nil
}

func (w *World) addQuestions(p *corev1.Pod, socket string, calls []traffic.Call) {
	for _, c := range calls {
		if c.Unnamed != "" {
			continue // there is nothing to try; the ledger counts its requests as lost
		}
		q := traffic.Question{Host: c.Target.Host, Port: c.Target.Port, Protocol: c.Protocol, Tries: tries}
		w.Questions = append(w.Questions, Question{Pod: p, Socket: socket, Libc: sim.Glibc, Question: q})
	}
}
