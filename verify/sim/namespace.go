package sim

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"k8s.io/apimachinery/pkg/labels"
)

// nameLabel is the label that the API server sets on every namespace
// (k8s.io/api/core/v1.LabelMetadataName).
const nameLabel = "kubernetes.io/metadata.name"

// label is one label of a pod.
type label struct{ key, value string }

// namespace is the index of what lives in one namespace of one cluster.
type namespace struct {
	name       string
	labels     labels.Set // with the one of its name
	labelled   bool       // its Namespace object is in the world: all its labels are known
	population int        // objects in it

	services map[string]*serviceEntry
	slices   map[string][]*slice // EndpointSlices and Endpoints by Service name, sorted by ID

	byLabel     map[label][]*running // workloads by a label of their pods, sorted by ID
	runs        map[manifest.ID]*running
	podsVersion uint64

	policies  policyIndex
	selecting map[*Template][]*policy // policies that select a pod, until a policy changes
}

// serviceEntry is a Service in one world, with its endpoints as they were when
// last asked for.
type serviceEntry struct {
	*service
	endpoints []endpoint
	version   uint64 // podsVersion of the namespace when endpoints was computed, 0 when never
	led       []led  // where its ports lead with these endpoints, of those that were asked for
}

// led is where one port of a Service leads.
type led struct {
	port     *servicePort
	to       []destination
	fallback bool
}

func newNamespace(name string) *namespace {
	return &namespace{
		name:        name,
		labels:      labels.Set{nameLabel: name},
		services:    map[string]*serviceEntry{},
		slices:      map[string][]*slice{},
		byLabel:     map[label][]*running{},
		runs:        map[manifest.ID]*running{},
		podsVersion: 1,
		policies:    newPolicyIndex(),
		selecting:   map[*Template][]*policy{},
	}
}

// addPods enters the pods of a workload under each of their labels.
func (ns *namespace) addPods(run *running) {
	ns.population++
	ns.runs[run.workload] = run
	ns.podsVersion++
	for i := range run.groups {
		for k, v := range run.groups[i].Template.Labels {
			key := label{k, v}
			bucket := ns.byLabel[key]
			at, found := slices.BinarySearchFunc(bucket, run.workload, compareRunning)
			if !found {
				ns.byLabel[key] = slices.Insert(bucket, at, run)
			}
		}
	}
}

// removePods is the opposite of addPods.
func (ns *namespace) removePods(run *running) {
	ns.population--
	delete(ns.runs, run.workload)
	ns.podsVersion++
	for i := range run.groups {
		for k, v := range run.groups[i].Template.Labels {
			key := label{k, v}
			bucket := ns.byLabel[key]
			if at, found := slices.BinarySearchFunc(bucket, run.workload, compareRunning); found {
				ns.byLabel[key] = slices.Delete(bucket, at, at+1)
			}
		}
	}
}

func compareRunning(r *running, id manifest.ID) int { return r.workload.Compare(id) }

// selected calls visit for every pod group that an equality selector selects.
// The rarest of its labels decides where to look. An empty selector selects
// nothing, which is how Services read it.
func (ns *namespace) selected(selector labels.Set, visit func(*PodGroup)) {
	var rarest []*running
	first := true
	for k, v := range selector {
		bucket := ns.byLabel[label{k, v}]
		if first || len(bucket) < len(rarest) {
			rarest, first = bucket, false
		}
	}
	for _, run := range rarest {
		for i := range run.groups {
			if contains(run.groups[i].Template.Labels, selector) {
				visit(&run.groups[i])
			}
		}
	}
}

// contains reports whether labels have every entry of wanted.
func contains(have, wanted labels.Set) bool {
	for k, v := range wanted {
		if value, ok := have[k]; !ok || value != v {
			return false
		}
	}
	return true
}

// namespaceObject is a decoded Namespace.
type namespaceObject struct {
	name   string
	labels labels.Set
}

func decodeNamespace(o *manifest.Object) *namespaceObject {
	set := textMap(o.Get("metadata", "labels"))
	if set == nil {
		set = labels.Set{}
	}
	// The API server's defaulting wins over whatever the manifest says.
	set[nameLabel] = o.ID.Name
	return &namespaceObject{name: o.ID.Name, labels: set}
}

func (n *namespaceObject) enter(c *cluster) {
	ns := c.namespace(n.name)
	ns.labels, ns.labelled = n.labels, true
}

func (n *namespaceObject) leave(c *cluster) {
	ns := c.namespace(n.name)
	ns.labels, ns.labelled = labels.Set{nameLabel: n.name}, false
}

// textMap returns a mapping of texts, nil when it is empty.
func textMap(n *manifest.Node) labels.Set {
	if n.Len() == 0 {
		return nil
	}
	out := make(labels.Set, n.Len())
	for k, v := range n.Entries() {
		out[k] = v.Value()
	}
	return out
}
