package walk

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rehome-dev/rehome/e2e/cluster"
)

// Change is one object that a phase applies or deletes.
type Change struct {
	Object
	Delete    bool
	namespace string // of the directory that holds it; "" for the cluster itself
}

// String says what is done to which object.
func (c Change) String() string {
	if c.Delete {
		return "delete " + c.Object.String()
	}
	return "apply " + c.Object.String()
}

// Changes returns what a phase changes, object by object.
func (r *Runbook) Changes(ctx context.Context, c *cluster.Cluster, phase int) ([]Change, error) {
	bundles, err := filepath.Glob(filepath.Join(r.Dir, "phases", fmt.Sprintf("%02d-*", phase+1), "*"))
	if err != nil {
		return nil, err
	}
	var out []Change
	for _, b := range bundles {
		applied, err := r.applied(ctx, c, b)
		if err != nil {
			return nil, err
		}
		deleted, err := deletions(b)
		if err != nil {
			return nil, err
		}
		out = append(append(out, applied...), deleted...)
	}
	return out, nil
}

// applied returns what a bundle applies, which is files of manifests and
// kustomizations.
func (r *Runbook) applied(ctx context.Context, c *cluster.Cluster, bundle string) ([]Change, error) {
	entries, err := filepath.Glob(filepath.Join(bundle, "apply", "*"))
	if err != nil {
		return nil, err
	}
	var out []Change
	for _, e := range entries {
		read := func() ([]Object, error) { return parseFile(e) }
		if filepath.Ext(e) != ".yaml" {
			read = func() ([]Object, error) {
				return r.Build(ctx, c, strings.TrimPrefix(e, r.Dir+string(filepath.Separator)))
			}
		}
		objects, err := read()
		if err != nil {
			return nil, err
		}
		for _, o := range objects {
			out = append(out, Change{Object: o, namespace: placeOf(e)})
		}
	}
	return out, nil
}

func parseFile(path string) ([]Object, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parse(text)
}

func deletions(bundle string) ([]Change, error) {
	files, err := filepath.Glob(filepath.Join(bundle, "delete", "*.yaml"))
	if err != nil {
		return nil, err
	}
	var out []Change
	for _, f := range files {
		objects, err := parseFile(f)
		if err != nil {
			return nil, err
		}
		for _, o := range objects {
			out = append(out, Change{Object: o, Delete: true, namespace: placeOf(f)})
		}
	}
	return out, nil
}

// placeOf is the namespace that a directory or file is named after.
func placeOf(path string) string {
	if n := strings.TrimSuffix(filepath.Base(path), ".yaml"); n != clusterScoped {
		return n
	}
	return ""
}

// Make makes one change and does not wait for what follows from it.
func (c Change) Make(ctx context.Context, on *cluster.Cluster) error {
	text, err := stream([]Object{c.Object})
	if err != nil {
		return err
	}
	args := []string{"apply", "-f", "-"}
	if c.Delete {
		args = []string{"delete", "--ignore-not-found", "--wait=false", "--cascade=foreground", "-f", "-"}
	}
	if c.namespace != "" {
		args = append([]string{"-n", c.namespace}, args...)
	}
	_, err = on.KubectlWith(ctx, bytes.NewReader(text), args...)
	return err
}
