// Package scenario makes a migration ready to be walked: its sources copied to a
// directory of its own, rendered by the rehome program, and compiled a second time
// in this process for what the test has to know of it.
package scenario

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/e2e/cast"
	"github.com/rehome-dev/rehome/e2e/cluster"
	"github.com/rehome-dev/rehome/e2e/kubelet"
	"github.com/rehome-dev/rehome/e2e/walk"
)

// Scenario is a migration that is rendered.
type Scenario struct {
	Name    string
	Dir     string // its sources, with the output in OutDir below
	Result  *rehome.Result
	Runbook *walk.Runbook
	Cast    *cast.Cast

	plan string // the plan file, relative to Dir
}

// OutDir is the directory of the rendered output.
const OutDir = "out"

// Source is what a scenario is made from.
type Source struct {
	Name  string  // of the scenario
	Dir   string  // its manifests and its plan
	Plan  string  // the plan file, relative to Dir
	Edits []Edit  // made in all manifests and plans
	Rate  float64 // of [cast.Cast]
}

// Edit replaces what a regular expression matches.
type Edit struct{ Old, New string }

// New copies a source to a directory and renders its plan with a program.
func New(ctx context.Context, program string, src Source, dir string) (*Scenario, error) {
	if err := copySource(src, dir); err != nil {
		return nil, fmt.Errorf("copy the sources of %s: %w", src.Name, err)
	}
	s := &Scenario{Name: src.Name, Dir: dir, plan: src.Plan}
	cmd := exec.CommandContext(ctx, program, "render", "--quiet", src.Plan, "-o", OutDir)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("rehome render %s: %w\n%s", src.Plan, err, out)
	}
	if err := s.compile(); err != nil {
		return nil, err
	}
	var err error
	if s.Runbook, err = walk.Read(filepath.Join(dir, OutDir)); err != nil {
		return nil, err
	}
	s.Cast = cast.New(src.Name, s.Result.Graph)
	s.Cast.Rate = src.Rate
	return s, kubelet.MakeOpen(s.Cast.Ledgers())
}

// copySource copies manifests and plans. The examples are committed with their
// output, which is left out.
func copySource(src Source, dir string) error {
	if err := os.CopyFS(dir, os.DirFS(src.Dir)); err != nil {
		return err
	}
	outputs, err := filepath.Glob(filepath.Join(dir, OutDir+"*"))
	if err != nil {
		return err
	}
	for _, o := range outputs {
		if err := os.RemoveAll(o); err != nil {
			return err
		}
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, e := range src.Edits {
			text = regexp.MustCompile(e.Old).ReplaceAll(text, []byte(e.New))
		}
		return os.WriteFile(path, text, 0o644)
	})
}

// compile compiles the plan in this process.
func (s *Scenario) compile() error {
	result, diags := rehome.Compile(os.DirFS(s.Dir), s.plan, rehome.Options{})
	s.Result = result
	return diags.Err()
}

// ApplyToday applies the sources themselves, as they were applied before anybody
// thought of a migration, and waits until all workloads are available.
func (s *Scenario) ApplyToday(ctx context.Context, c *cluster.Cluster, flags string) error {
	roots, diags := rehome.ManifestRoots(s.Result.Plan, s.plan)
	if err := diags.Err(); err != nil {
		return err
	}
	var errs []error
	for _, r := range roots {
		what := "-R -f"
		if _, err := os.Stat(filepath.Join(s.Dir, r.Path, "kustomization.yaml")); err == nil {
			what = "-k"
		}
		// The namespace exists already when another root has it too.
		_, _ = c.Kubectl(ctx, "create", "namespace", r.Namespace)
		_, err := c.Shell(ctx, s.Dir, fmt.Sprintf("kubectl -n %s apply %s %s %s", r.Namespace, flags, what, r.Path))
		errs = append(errs, err)
	}
	return errors.Join(append(errs, s.Settle(ctx, c))...)
}

// Settle waits until the workloads of all namespaces are available.
func (s *Scenario) Settle(ctx context.Context, c *cluster.Cluster) error {
	namespaces, err := s.Runbook.Namespaces()
	if err != nil {
		return err
	}
	for _, n := range namespaces {
		out, err := c.Kubectl(ctx, "-n", n, "get", "deployments,statefulsets,daemonsets", "-o", "name")
		if err != nil {
			return err
		}
		for _, w := range splitLines(out) {
			if _, err := c.Kubectl(ctx, "-n", n, "rollout", "status", w, "--timeout=3m"); err != nil {
				return err
			}
		}
	}
	return nil
}
