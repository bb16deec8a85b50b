package walk

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/rehome-dev/rehome/e2e/cluster"
)

// GitOps walks as somebody who commits to a repository that a controller applies:
// it changes the lines under live/ that the runbook tells, and the controller does
// the rest.
type GitOps struct {
	Cluster    *cluster.Cluster
	Runbook    *Runbook
	Controller Controller

	applied map[string][]Object // by directory under live/
	pointed map[string][]string // what each file pointed at, the latest last
}

// Today has the controller take over what is there.
func (g *GitOps) Today(ctx context.Context) error {
	dirs, err := filepath.Glob(filepath.Join(g.Runbook.Dir, "live", "*", "*"))
	if err != nil {
		return err
	}
	g.applied, g.pointed = map[string][]Object{}, map[string][]string{}
	for _, d := range dirs {
		dir, err := filepath.Rel(g.Runbook.Dir, d)
		if err != nil {
			return err
		}
		if err := g.sync(ctx, dir); err != nil {
			return err
		}
	}
	return nil
}

// Forward points at the states of a phase and waits for its gate.
func (g *GitOps) Forward(ctx context.Context, phase int) (time.Time, error) {
	p := &g.Runbook.Phases[phase]
	for _, l := range p.Live {
		before, err := g.point(l)
		if err != nil {
			return time.Time{}, err
		}
		g.pointed[l.File] = append(g.pointed[l.File], before)
		if err := g.sync(ctx, filepath.Dir(l.File)); err != nil {
			return time.Time{}, fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	return g.wait(ctx, p.Gate)
}

// Back points at the states before the phase and waits as its way back says.
func (g *GitOps) Back(ctx context.Context, phase int) (time.Time, error) {
	p := &g.Runbook.Phases[phase]
	for _, l := range slices.Backward(p.Live) {
		was := g.pointed[l.File]
		last := len(was) - 1
		if _, err := g.point(Line{File: l.File, Resource: was[last]}); err != nil {
			return time.Time{}, err
		}
		g.pointed[l.File] = was[:last]
		if err := g.sync(ctx, filepath.Dir(l.File)); err != nil {
			return time.Time{}, fmt.Errorf("back from %s: %w", p.Name, err)
		}
	}
	return g.wait(ctx, slices.DeleteFunc(slices.Clone(p.Back), changes))
}

// wait runs commands that wait, and returns when they began to.
func (g *GitOps) wait(ctx context.Context, commands []string) (time.Time, error) {
	changed := time.Now()
	for _, line := range commands {
		if out, err := g.Cluster.Shell(ctx, g.Runbook.Dir, line); err != nil {
			return changed, fmt.Errorf("$ %s\n%s%w", line, out, err)
		}
	}
	return changed, nil
}

// point sets the resource of a file, which has exactly one, and returns the one
// that it had.
func (g *GitOps) point(l Line) (string, error) {
	path := filepath.Join(g.Runbook.Dir, l.File)
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	line := regexp.MustCompile(`(?m)^- (.*)$`)
	found := line.FindAllSubmatch(text, -1)
	if len(found) != 1 {
		return "", fmt.Errorf("%s has %d resources, want one", l.File, len(found))
	}
	return string(found[0][1]), os.WriteFile(path, line.ReplaceAll(text, []byte("- "+l.Resource)), 0o644)
}

// sync makes the cluster what a directory says.
func (g *GitOps) sync(ctx context.Context, dir string) error {
	objects, err := g.Runbook.Build(ctx, g.Cluster, dir)
	if err != nil {
		return err
	}
	steps := []func() error{
		func() error { return g.apply(ctx, dir, objects) },
		func() error { return g.prune(ctx, dir, objects) },
	}
	if g.Controller.PruneFirst {
		slices.Reverse(steps)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	g.applied[dir] = objects
	return nil
}

// apply applies objects in the controller's order and name.
func (g *GitOps) apply(ctx context.Context, dir string, objects []Object) error {
	if len(objects) == 0 {
		return nil
	}
	g.Controller.sort(objects)
	text, err := stream(objects)
	if err != nil {
		return err
	}
	_, err = g.Cluster.KubectlWith(ctx, bytes.NewReader(text), g.flags(dir, "apply", "--server-side", "--force-conflicts", "--field-manager="+g.Controller.Manager, "-f", "-")...)
	return err
}

// prune deletes what was applied before and is not any more. It does not wait.
func (g *GitOps) prune(ctx context.Context, dir string, objects []Object) error {
	kept := map[string]bool{}
	for _, o := range objects {
		kept[o.String()] = true
	}
	gone := slices.DeleteFunc(slices.Clone(g.applied[dir]), func(o Object) bool { return kept[o.String()] })
	if len(gone) == 0 {
		return nil
	}
	g.Controller.sort(gone)
	slices.Reverse(gone)
	text, err := stream(gone)
	if err != nil {
		return err
	}
	_, err = g.Cluster.KubectlWith(ctx, bytes.NewReader(text), g.flags(dir, "delete", "--ignore-not-found", "--wait=false", "--cascade="+g.Controller.Cascade, "-f", "-")...)
	return err
}

// flags are arguments of kubectl with the namespace of a directory.
func (g *GitOps) flags(dir string, args ...string) []string {
	if n := filepath.Base(dir); n != clusterScoped {
		return append([]string{"-n", n}, args...)
	}
	return args
}

// stream writes objects as one stream.
func stream(objects []Object) ([]byte, error) {
	var out bytes.Buffer
	for _, o := range objects {
		text, err := yaml.Marshal(o.Unstructured.Object)
		if err != nil {
			return nil, err
		}
		out.WriteString("---\n")
		out.Write(text)
	}
	return out.Bytes(), nil
}
