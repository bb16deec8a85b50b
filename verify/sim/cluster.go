package sim

import (
	"maps"
	"slices"

	"github.com/rehome-dev/rehome/manifest"
)

// cluster is one cluster in the state the world is in.
type cluster struct {
	name       string
	outside    *outside // of the world: records that objects of the cluster make
	domain     string
	hostSearch []string

	objects    map[manifest.ID]placed
	namespaces map[string]*namespace
	pods       map[manifest.ID]*running
	byIP       map[string]*service // Services by the virtual IPs that their manifests pin
	routes     routeIndex
	births     births
	seen       map[string]bool // names that a namespace or Service has or had

	resolvers   map[resolverKey]*resolver
	dnsTemplate *Template // of the DNS pods
	dns         []party   // the DNS pods, as they were when last asked for
	dnsVersion  uint64    // podsVersion of their namespace then, 0 when never
	stranger    *Template // of pods that are not in the manifests
}

// placed is an object of the world with what the simulator reads from it.
type placed struct {
	object   *manifest.Object
	resident resident
}

// resident is the decoded part of an object that the simulator looks at. It
// enters itself into the indexes of a cluster and leaves them again; it is
// immutable and shared by all worlds that hold the object.
type resident interface {
	enter(c *cluster)
	leave(c *cluster)
}

// running is the pods of one workload.
type running struct {
	workload manifest.ID
	groups   []PodGroup
}

func newCluster(spec Cluster, o *outside) *cluster {
	return &cluster{
		name:       spec.Name,
		outside:    o,
		domain:     domainOf(spec),
		hostSearch: slices.Clone(spec.HostSearch),
		objects:    map[manifest.ID]placed{},
		namespaces: map[string]*namespace{},
		pods:       map[manifest.ID]*running{},
		byIP:       map[string]*service{},
		routes:     newRouteIndex(),
		births:     births{},
		seen:       map[string]bool{},
		resolvers:  map[resolverKey]*resolver{},

		dnsTemplate: newDNSTemplate(),
		stranger:    &Template{DNSPolicy: clusterFirst},
	}
}

// clone copies the cluster. The order in which objects enter does not matter:
// every index is a map or sorted.
func (c *cluster) clone(o *outside) *cluster {
	out := newCluster(Cluster{Name: c.name, Domain: c.domain, HostSearch: c.hostSearch}, o)
	for id, p := range c.objects {
		p.resident.enter(out)
		out.objects[id] = p
	}
	for id, run := range c.pods {
		out.setPods(id, run.groups)
	}
	out.births = maps.Clone(c.births)
	out.seen = maps.Clone(c.seen)
	return out
}

// namespace returns a namespace by name, made when it is not there.
func (c *cluster) namespace(name string) *namespace {
	ns := c.namespaces[name]
	if ns == nil {
		ns = newNamespace(name)
		c.namespaces[name] = ns
		c.seen[name] = true
	}
	return ns
}

// service returns a Service, nil when there is none.
func (c *cluster) service(namespace, name string) *serviceEntry {
	if ns := c.namespaces[namespace]; ns != nil {
		return ns.services[name]
	}
	return nil
}

// exists reports whether a namespace exists: it is an object of the world, or
// something lives in it.
func (c *cluster) exists(namespace string) bool {
	ns := c.namespaces[namespace]
	return ns != nil && (ns.labelled || ns.population > 0)
}

// setPods replaces the pods of a workload.
func (c *cluster) setPods(workload manifest.ID, groups []PodGroup) {
	old := c.pods[workload]
	if old == nil && len(groups) == 0 {
		return
	}
	ns := c.namespace(workload.Namespace)
	if old != nil {
		ns.removePods(old)
		delete(c.pods, workload)
	}
	groups = slices.DeleteFunc(slices.Clone(groups), func(g PodGroup) bool { return g.Template == nil || g.Replicas == 0 })
	if len(groups) == 0 {
		return
	}
	run := &running{workload: workload, groups: groups}
	c.pods[workload] = run
	ns.addPods(run)
}

// resetPods gives a workload the pods that it has when nothing is said of them.
func (c *cluster) resetPods(p placed) {
	if t, ok := p.resident.(*workload); ok {
		c.setPods(p.object.ID, []PodGroup{t.group})
	}
}

// births remembers when objects came to be.
type births map[manifest.ID]lifespan

// lifespan is the epochs in which an object was put and removed.
type lifespan struct {
	born, gone int
	removed    bool
}

// put notes that an object exists. One that was removed in the same epoch was
// only taken away to see what happens without it, and keeps its age.
func (b births) put(id manifest.ID, epoch int) {
	l, known := b[id]
	if !known || l.removed && l.gone != epoch {
		l.born = epoch
	}
	l.removed = false
	b[id] = l
}

func (b births) remove(id manifest.ID, epoch int) {
	l := b[id]
	l.removed, l.gone = true, epoch
	b[id] = l
}
