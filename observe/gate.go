package observe

import (
	"fmt"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// Waiting returns what a gate still waits for, as far as dumps can tell. Time that
// has to pass, and what people confirm, they cannot: see [Unseen].
func Waiting(gate plan.Gate, dumps []*Dump) []string {
	c := byName(dumps)
	var out []string
	for _, w := range gate.Rollouts {
		if missing := c.rollout(w); missing != "" {
			out = append(out, fmt.Sprintf("%s %s in %s: %s", w.Kind, w.Name, w.Place, missing))
		}
	}
	for _, w := range gate.Gone {
		key := workloadKey(w)
		if d := c.of(key); d == nil {
			out = append(out, fmt.Sprintf("%s %s in %s: not in the dump, must be gone", w.Kind, w.Name, w.Place))
		} else if d.objects[key.ID] != nil {
			out = append(out, fmt.Sprintf("%s %s in %s: is still there", w.Kind, w.Name, w.Place))
		}
	}
	return out
}

// Unseen returns what a gate asks for that no dump shows.
func Unseen(gate plan.Gate) []string {
	var out []string
	if gate.Wait > 0 {
		out = append(out, fmt.Sprintf("%s pass after everything else holds: %s", gate.Wait, gate.WaitWhy))
	}
	for _, a := range gate.Approvals {
		out = append(out, "a person confirms that "+a)
	}
	return out
}

// groupOf returns the API group of a kind of workload.
func groupOf(kind string) string {
	switch kind {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet":
		return "apps"
	case "Job", "CronJob":
		return "batch"
	}
	return ""
}

func workloadKey(w plan.WorkloadAt) render.Key {
	id := manifest.ID{Group: groupOf(w.Kind), Kind: w.Kind, Namespace: w.Place.Namespace, Name: w.Name}
	return render.Key{Cluster: w.Place.Cluster, ID: id}
}

// rollout says what a workload lacks to be available, "" when it lacks nothing.
// The rules are those of kubectl rollout status
// (k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go).
func (c clusters) rollout(w plan.WorkloadAt) string {
	key := workloadKey(w)
	d := c.of(key)
	if d == nil {
		return "not in the dump"
	}
	o := d.objects[key.ID]
	if o == nil {
		return "does not exist"
	}
	if seen, _ := o.Get("status", "observedGeneration").Int(); w.Kind != "Pod" && w.Kind != "Job" && w.Kind != "CronJob" {
		if want, _ := o.Get("metadata", "generation").Int(); seen < want {
			return "its controller has not seen the latest change"
		}
	}
	switch w.Kind {
	case "Deployment", "StatefulSet", "ReplicaSet":
		return replicas(o, replicasOf(o), "updatedReplicas", "availableReplicas")
	case "DaemonSet":
		want, _ := o.Get("status", "desiredNumberScheduled").Int()
		return replicas(o, want, "updatedNumberScheduled", "numberAvailable")
	case "Job":
		return condition(o, "Complete")
	case "Pod":
		return condition(o, "Ready")
	}
	return "" // that it exists is all there is to wait for
}

// replicasOf returns how many pods a workload asks for; 1 when it does not say.
func replicasOf(o *manifest.Node) int64 {
	if n, ok := o.Get("spec", "replicas").Int(); ok {
		return n
	}
	return 1
}

// replicas compares counts of pods in a status with the number that is wanted.
func replicas(o *manifest.Node, want int64, updated, available string) string {
	if o.Text("kind") != "ReplicaSet" {
		if n, _ := o.Get("status", updated).Int(); n < want {
			return fmt.Sprintf("%d of %d pods are updated", n, want)
		}
	}
	if n, _ := o.Get("status", available).Int(); n < want {
		return fmt.Sprintf("%d of %d pods are available", n, want)
	}
	return ""
}

// condition checks a condition of a status.
func condition(o *manifest.Node, name string) string {
	for _, c := range o.Get("status", "conditions").Items() {
		if c.Text("type") == name && c.Text("status") == "True" {
			return ""
		}
	}
	return "is not " + strings.ToLower(name)
}
