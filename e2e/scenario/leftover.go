package scenario

import (
	"context"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/rehome-dev/rehome/e2e/cluster"
	"github.com/rehome-dev/rehome/e2e/walk"
)

// Objects returns every object of the migration's namespaces by kind, namespace
// and name.
func (s *Scenario) Objects(ctx context.Context, c *cluster.Cluster) (map[string]walk.Object, error) {
	kinds, err := namespacedKinds(ctx, c)
	if err != nil {
		return nil, err
	}
	namespaces, err := s.Runbook.Namespaces()
	if err != nil {
		return nil, err
	}
	out := map[string]walk.Object{}
	for _, n := range namespaces {
		text, err := c.Kubectl(ctx, "-n", n, "get", kinds, "-o", "json")
		if err != nil {
			return nil, err
		}
		list := &unstructured.UnstructuredList{}
		if err := list.UnmarshalJSON([]byte(text)); err != nil {
			return nil, err
		}
		for i := range list.Items {
			o := walk.Object{Unstructured: &list.Items[i]}
			out[o.String()] = o
		}
	}
	return out, nil
}

// namespacedKinds returns all kinds of objects in namespaces that can be listed,
// but events, which only tell of others, and copies of what is listed anyway.
func namespacedKinds(ctx context.Context, c *cluster.Cluster) (string, error) {
	text, err := c.Kubectl(ctx, "api-resources", "--namespaced", "--verbs=list", "-o", "name")
	if err != nil {
		return "", err
	}
	kinds := slices.DeleteFunc(splitLines(text), func(k string) bool {
		return strings.HasPrefix(k, "events") || strings.Contains(k, ".metrics.k8s.io")
	})
	return strings.Join(kinds, ","), nil
}

// Leftover compares the cluster with the last state, and returns what is there
// without belonging to it, and what belongs to it without being there.
func (s *Scenario) Leftover(ctx context.Context, c *cluster.Cluster) (extra, missing []string, err error) {
	wanted, err := s.state(ctx, c, s.Runbook.Last)
	if err != nil {
		return nil, nil, err
	}
	there, err := s.Objects(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	for name := range there { // put into order below
		if !slices.Contains(wanted, name) && !derived(name, wanted) {
			extra = append(extra, name)
		}
	}
	for _, name := range wanted {
		if _, ok := there[name]; !ok && !strings.Contains(name, " /") { // what has no namespace is not listed
			missing = append(missing, name)
		}
	}
	slices.Sort(extra)
	return extra, missing, nil
}

// Today returns the objects of the first state.
func (s *Scenario) Today(ctx context.Context, c *cluster.Cluster) ([]string, error) {
	return s.state(ctx, c, s.Runbook.First)
}

// state returns the objects of a state of every namespace, of which it is told
// the directory.
func (s *Scenario) state(ctx context.Context, c *cluster.Cluster, dir func(namespace string) string) ([]string, error) {
	namespaces, err := s.Runbook.Namespaces()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, n := range namespaces {
		objects, err := s.Runbook.Build(ctx, c, dir(n))
		if err != nil {
			return nil, err
		}
		for _, o := range objects {
			if o.GetNamespace() == "" { // kubectl is told the namespace
				o.SetNamespace(n)
			}
			out = append(out, o.String())
		}
	}
	return out, nil
}

// derived reports whether a controller makes and removes an object for one that
// is wanted, or for every namespace.
func derived(name string, wanted []string) bool {
	kind, full, _ := strings.Cut(name, " ")
	_, short, _ := strings.Cut(full, "/")
	switch {
	case kind == "ConfigMap" && short == "kube-root-ca.crt", kind == "ServiceAccount" && short == "default":
		return true
	case kind == "Endpoints":
		return slices.Contains(wanted, "Service "+full)
	}
	owners := map[string][]string{
		"EndpointSlice": {"Service"}, "ReplicaSet": {"Deployment"}, "ControllerRevision": {"StatefulSet", "DaemonSet"},
		"Pod": {"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}, "Job": {"CronJob"}, "PersistentVolumeClaim": {"StatefulSet"},
	}
	for _, w := range wanted {
		ownerKind, owner, _ := strings.Cut(w, " ")
		if slices.Contains(owners[kind], ownerKind) && strings.HasPrefix(full, owner+"-") {
			return true
		}
	}
	return false
}
