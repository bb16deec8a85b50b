package walk

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/e2e/cluster"
)

// Change is one of the changes that make up a phase: an object that is applied or
// deleted.
type Change struct {
	Object
	Delete bool
	flags  string // of kubectl, for the namespace
}

// String tells the change.
func (c Change) String() string {
	if c.Delete {
		return "delete " + c.Object.String()
	}
	return "apply " + c.Object.String()
}

// Changes returns the changes of a phase one by one: no command promises that
// they happen together, or in which order.
func (r *Runbook) Changes(ctx context.Context, c *cluster.Cluster, phase int) ([]Change, error) {
	root := filepath.Join(r.Dir, "phases", "*-"+r.Phases[phase].Name, "*")
	var out []Change
	applied, err := filepath.Glob(filepath.Join(root, "apply", "*", "kustomization.yaml"))
	if err != nil {
		return nil, err
	}
	for _, file := range applied {
		dir, err := filepath.Rel(r.Dir, filepath.Dir(file))
		if err != nil {
			return nil, err
		}
		objects, err := r.Build(ctx, c, dir)
		if err != nil {
			return nil, err
		}
		out = append(out, changesOf(objects, filepath.Base(dir))...)
	}
	deleted, err := r.deletions(root)
	return append(out, deleted...), err
}

// changesOf makes a change of each object that is applied in a namespace.
func changesOf(objects []Object, namespace string) []Change {
	var out []Change
	for _, o := range objects {
		out = append(out, Change{Object: o, flags: inNamespace(namespace)})
	}
	return out
}

// deletions returns what a phase deletes.
func (r *Runbook) deletions(root string) ([]Change, error) {
	files, err := filepath.Glob(filepath.Join(root, "delete", "*.yaml"))
	if err != nil {
		return nil, err
	}
	var out []Change
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		objects, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, ch := range changesOf(objects, strings.TrimSuffix(filepath.Base(file), ".yaml")) {
			ch.Delete = true
			out = append(out, ch)
		}
	}
	return out, nil
}

// Make makes one change. What is deleted may still be ending afterwards.
func (c Change) Make(ctx context.Context, to *cluster.Cluster) error {
	text, err := stream([]Object{c.Object})
	if err != nil {
		return err
	}
	args := []string{"apply", "-f", "-"}
	if c.Delete {
		args = []string{"delete", "--ignore-not-found", "--wait=false", "-f", "-"}
	}
	if _, err := to.KubectlWith(ctx, bytes.NewReader(text), slices.Concat(strings.Fields(c.flags), args)...); err != nil {
		return fmt.Errorf("%s: %w", c, err)
	}
	return nil
}
