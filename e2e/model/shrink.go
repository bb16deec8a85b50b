package model

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Shrink leaves out of a disagreement's world what it does not need, one object
// after the other, each time asking the real cluster again. It costs some
// seconds for each object.
func (t *Theatre) Shrink(ctx context.Context, d *Disagreement) (*Disagreement, error) {
	best := d
	for {
		smaller, err := t.shrinkOnce(ctx, best)
		if err != nil || smaller == nil {
			return best, err
		}
		best = smaller
	}
}

// shrinkOnce returns the disagreement in a world with one object less, nil when
// every object is needed.
func (t *Theatre) shrinkOnce(ctx context.Context, d *Disagreement) (*Disagreement, error) {
	for _, w := range d.World.smaller(d.Question) {
		if err := t.Show(ctx, w); err != nil {
			return nil, err
		}
		score, err := t.Confront(ctx, w)
		if err != nil {
			return nil, err
		}
		if len(score.Disagreements) > 0 {
			return &score.Disagreements[0], nil
		}
	}
	return nil, nil //nolint:nilnil // nothing smaller is no error
}

// smaller returns the world with one question, without each of its objects in turn.
func (w *World) smaller(q Question) []*World {
	var out []*World
	for i := range w.Policies {
		c := *w
		c.Questions, c.Policies = []Question{q}, slices.Delete(slices.Clone(w.Policies), i, i+1)
		out = append(out, &c)
	}
	for i := range w.Services {
		c := *w
		c.Questions, c.Services = []Question{q}, slices.Delete(slices.Clone(w.Services), i, i+1)
		out = append(out, &c)
	}
	return out
}

// String prints the counterexample: who asked for what, what was predicted and
// why, what was seen, and the manifests.
func (d *Disagreement) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "world %d: %s\n%s\npredicted:\n%sseen: %s\n", d.World.Seed, d.Question, d.Why, d.Predicted, d.Seen.String())
	for _, name := range sortedMarks(d.World.NotReady) {
		fmt.Fprintf(&out, "not ready: %s\n", name)
	}
	text, err := d.World.Manifests()
	if err != nil {
		return out.String() + err.Error()
	}
	return out.String() + string(text)
}

// sortedMarks returns the names that are marked.
func sortedMarks(marks map[string]bool) []string {
	var out []string
	for name, marked := range marks { // put into order below
		if marked {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
