package scenario

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/e2e/cluster"
)

// Objects returns every object of the migration's namespaces by kind, namespace
// and name, with its resource version; what controllers make and keep by
// themselves is left out unless all is asked for.
func (s *Scenario) Objects(ctx context.Context, c *cluster.Cluster) (map[string]string, error) {
	kinds, err := namespacedKinds(ctx, c)
	if err != nil {
		return nil, err
	}
	namespaces, err := s.Runbook.Namespaces()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	const columns = `jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name} {.metadata.resourceVersion}{"\n"}{end}`
	for _, n := range namespaces {
		text, err := c.Kubectl(ctx, "-n", n, "get", kinds, "-o", columns)
		if err != nil {
			return nil, err
		}
		for _, line := range splitLines(text) {
			words := strings.Fields(line)
			if len(words) != 3 {
				return nil, fmt.Errorf("kubectl get said %q", line)
			}
			out[words[0]+" "+words[1]] = words[2]
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
	wanted, err := s.lastState(ctx, c)
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
		if there[name] == "" && !strings.Contains(name, " /") { // what has no namespace is not listed
			missing = append(missing, name)
		}
	}
	slices.Sort(extra)
	return extra, missing, nil
}

// lastState returns the objects of the last state of every namespace.
func (s *Scenario) lastState(ctx context.Context, c *cluster.Cluster) ([]string, error) {
	namespaces, err := s.Runbook.Namespaces()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, n := range namespaces {
		objects, err := s.Runbook.Build(ctx, c, s.Runbook.Last(n))
		if err != nil {
			return nil, err
		}
		for _, o := range objects {
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
