// Package sim is the simulator of stage 6: it answers what becomes of one
// connection in one state of the clusters. A pod opens host:port; which pods
// answer, over which hops, and if none does, why not?
//
// The rules are those of Kubernetes 1.34, CoreDNS 1.15, ingress-nginx, Traefik 3
// and the Gateway API; each is cited where it is applied. What manifests cannot
// tell is an assumption of the result, or makes it [Unknown]; it is never
// passed over.
package sim

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// defaultDomain is the cluster domain that kubeadm, kind and all large
// providers use.
const defaultDomain = "cluster.local"

// Cluster describes what the manifests of a cluster do not say.
type Cluster struct {
	Name       string
	Domain     string   // "cluster.local" when empty
	HostSearch []string // search domains of the nodes' /etc/resolv.conf
}

// World is one state of one or several clusters. It is changed object by
// object, each change can be taken back by the opposite one, and both cost what
// the object costs, not what the world costs. A World is not safe for
// concurrent use; clones may be used side by side.
type World struct {
	clusters map[string]*cluster
	decoder  *decoder
	outside  *outside
	epoch    int
	queries  [2]query // in progress: room for them is made once
}

// New returns an empty world. Clusters that are not given but named later have
// the default domain.
func New(clusters ...Cluster) *World {
	w := &World{clusters: make(map[string]*cluster, len(clusters)), decoder: newDecoder(), outside: newOutside()}
	for _, c := range clusters {
		w.clusters[c.Name] = newCluster(c, w.outside)
	}
	return w
}

// Clone returns an independent copy of the world. Decoded objects are shared.
func (w *World) Clone() *World {
	out := &World{
		clusters: make(map[string]*cluster, len(w.clusters)),
		decoder:  w.decoder,
		outside:  w.outside.clone(),
		epoch:    w.epoch,
	}
	for name, c := range w.clusters {
		out.clusters[name] = c.clone(out.outside)
	}
	return out
}

// Put adds an object, or replaces the one of the same ID. The pods of a workload
// are all ready then, as many as it asks for; [World.SetPods] says otherwise.
func (w *World) Put(cluster string, o *manifest.Object) {
	c := w.cluster(cluster)
	if old, ok := c.objects[o.ID]; ok {
		if old.object == o {
			c.resetPods(old)
			return
		}
		old.resident.leave(c)
	}
	p := placed{object: o, resident: w.decoder.decode(o)}
	p.resident.enter(c)
	c.objects[o.ID] = p
	c.resetPods(p)
	c.births.put(o.ID, w.epoch)
}

// Remove takes an object and its pods away.
func (w *World) Remove(cluster string, id manifest.ID) {
	c := w.cluster(cluster)
	if old, ok := c.objects[id]; ok {
		old.resident.leave(c)
		delete(c.objects, id)
		c.births.remove(id, w.epoch)
	}
	c.setPods(id, nil)
}

// SetPods says which pods of a workload run, until the workload is put or
// removed again. The workload itself may be gone already: its last pods are
// terminating then. No groups mean no pods.
func (w *World) SetPods(cluster string, workload manifest.ID, groups ...PodGroup) {
	w.cluster(cluster).setPods(workload, groups)
}

// Pods returns the pods of a workload in one readiness, nothing to run when the
// object is no workload.
func (w *World) Pods(o *manifest.Object, r Readiness) PodGroup {
	return PodGroup{Workload: o.ID, Template: w.decoder.template(o), Readiness: r, Replicas: plan.Replicas(o)}
}

// PodsOf returns the pods that a workload has in this state.
func (w *World) PodsOf(cluster string, workload manifest.ID) []PodGroup {
	run := w.cluster(cluster).pods[workload]
	if run == nil {
		return nil
	}
	return run.groups
}

// Object returns an object of the world, nil when it has none of that ID.
func (w *World) Object(cluster string, id manifest.ID) *manifest.Object {
	return w.cluster(cluster).objects[id].object
}

// SetEpoch sets the age of objects that are put from now on: where several
// routes claim one host and path, controllers obey the oldest. State 0 is epoch
// 0; a caller counts one up with every phase.
func (w *World) SetEpoch(epoch int) { w.epoch = epoch }

// cluster returns a cluster by name.
func (w *World) cluster(name string) *cluster {
	c := w.clusters[name]
	if c == nil {
		c = newCluster(Cluster{Name: name}, w.outside)
		w.clusters[name] = c
	}
	return c
}

// domainOf returns the cluster domain, lower case and without dots around it.
func domainOf(c Cluster) string {
	if d := strings.ToLower(strings.Trim(c.Domain, ".")); d != "" {
		return d
	}
	return defaultDomain
}
