package walk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/rehome-dev/rehome/e2e/cluster"
)

// Object is an object as it is applied.
type Object struct{ *unstructured.Unstructured }

// String returns kind, namespace and name.
func (o Object) String() string {
	return o.GetKind() + " " + o.GetNamespace() + "/" + o.GetName()
}

// Build builds a directory of the output as kubectl does.
func (r *Runbook) Build(ctx context.Context, c *cluster.Cluster, dir string) ([]Object, error) {
	if dir == "" || empty(filepath.Join(r.Dir, dir)) {
		return nil, nil
	}
	text, err := c.Kubectl(ctx, "kustomize", filepath.Join(r.Dir, dir))
	if err != nil {
		return nil, err
	}
	return parse([]byte(text))
}

// parse reads a stream of manifests.
func parse(text []byte) ([]Object, error) {
	d := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), len(text)+1)
	var out []Object
	for {
		o := Object{&unstructured.Unstructured{}}
		err := d.Decode(&o.Unstructured.Object)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read manifests: %w", err)
		}
		if len(o.Unstructured.Object) > 0 {
			out = append(out, o)
		}
	}
}

// First returns the directory of state 0 of a namespace, "" when it has none.
func (r *Runbook) First(namespace string) string {
	dirs := r.states(namespace)
	if len(dirs) == 0 {
		return ""
	}
	return dirs[0]
}

// Last returns the directory of the last state of a namespace, "" when it has
// none.
func (r *Runbook) Last(namespace string) string {
	dirs := r.states(namespace)
	if len(dirs) == 0 {
		return ""
	}
	return dirs[len(dirs)-1]
}

// states returns the directories of a namespace, in order of phases.
func (r *Runbook) states(namespace string) []string {
	dirs, err := filepath.Glob(filepath.Join(r.Dir, "states", "*", "*", namespace))
	if err != nil {
		return nil // the pattern is a good one
	}
	slices.Sort(dirs)
	for i := range dirs {
		dirs[i] = strings.TrimPrefix(dirs[i], r.Dir+string(filepath.Separator))
	}
	return dirs
}

// empty reports whether a kustomization has no resources, which kubectl refuses.
func empty(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "kustomization.yaml"))
	return err == nil && strings.Contains(string(text), "resources: []")
}
