package walk

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rehome-dev/rehome/e2e/cluster"
)

// Walker takes a cluster through the phases of a runbook.
type Walker interface {
	// Today makes the cluster what state 0 says, with the walker's own means.
	Today(ctx context.Context) error
	// Forward carries out a phase and waits for its gate. It returns when the
	// last change was made, which is when waiting began.
	Forward(ctx context.Context, phase int) (changed time.Time, err error)
	// Back undoes it.
	Back(ctx context.Context, phase int) (changed time.Time, err error)
}

// Shell walks with the commands of the runbook as they stand.
type Shell struct {
	Cluster *cluster.Cluster
	Runbook *Runbook
	// ServerSide adds --server-side to every apply.
	ServerSide bool
}

// Today applies state 0.
func (s *Shell) Today(ctx context.Context) error {
	for _, dir := range s.Runbook.stateDirs(0) {
		if err := s.run(ctx, "kubectl"+inNamespace(dir)+" apply -k "+dir); err != nil {
			return err
		}
	}
	return nil
}

// Forward carries out the commands of a phase.
func (s *Shell) Forward(ctx context.Context, phase int) (time.Time, error) {
	return s.all(ctx, s.Runbook.Phases[phase].Commands)
}

// Back carries out the commands of its way back.
func (s *Shell) Back(ctx context.Context, phase int) (time.Time, error) {
	return s.all(ctx, s.Runbook.Phases[phase].Back)
}

func (s *Shell) all(ctx context.Context, lines []string) (changed time.Time, err error) {
	for _, line := range lines {
		if err := s.run(ctx, line); err != nil {
			return changed, err
		}
		if changes(line) {
			changed = time.Now()
		}
	}
	return changed, nil
}

// changes reports whether a command changes the cluster; the others wait.
func changes(line string) bool {
	return strings.Contains(line, " apply ") || strings.Contains(line, " delete ")
}

func (s *Shell) run(ctx context.Context, line string) error {
	if s.ServerSide {
		line = strings.Replace(line, " apply ", " apply --server-side ", 1)
	}
	if out, err := s.Cluster.Shell(ctx, s.Runbook.Dir, line); err != nil {
		return fmt.Errorf("$ %s\n%s%w", line, out, err)
	}
	return nil
}
