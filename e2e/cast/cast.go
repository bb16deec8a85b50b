// Package cast says whom the pods of a migration play: which app each belongs to,
// at which ports it answers, and whom it calls. All of it follows from what the
// compiler found in the manifests; where a program finds an address is looked up
// in the pod that really runs.
package cast

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/rehome-dev/rehome/e2e/kubelet"
	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// Cast is the roles of one migration.
type Cast struct {
	Name string  // of the migration; ledgers are kept under it
	Rate float64 // requests a second of each client of an edge, from all pods together; 0 is [traffic.DefaultRate]

	roles map[workload]*role
}

// workload names what makes pods, in one of its places.
type workload struct{ namespace, name string }

// role is what the pods of a workload play.
type role struct {
	app      *plan.App
	passing  bool // its pods end by themselves
	replicas float64
	ports    []traffic.Listen
	edges    []call
}

// call is an edge, and under which keys the caller's manifests have its address.
type call struct {
	traffic.Edge
	hints []string
}

// The times of a stand-in, in milliseconds: it begins to call when policies know its address, and
// goes on answering until every node knows that it ends.
const (
	warmup   = 1500
	linger   = 5000
	lifetime = 20000 // of a Job
)

// New returns the roles of the apps of a graph.
func New(name string, g *plan.Graph) *Cast {
	c := &Cast{Name: name, roles: map[workload]*role{}}
	for _, app := range g.Apps {
		edges := edgesOf(g, app)
		for _, w := range app.Workloads {
			r := &role{app: app, passing: w.ID.Kind == "CronJob" || w.ID.Kind == "Job", replicas: replicas(app, w), ports: portsOf(app, w), edges: edges}
			c.roles[workload{app.From.Namespace, w.ID.Name}] = r
			c.roles[workload{app.To.Namespace, w.ID.Name}] = r
		}
	}
	return c
}

// Edges returns the names of all edges that somebody is to play.
func (c *Cast) Edges() []string { return c.edges(func(*role) bool { return true }) }

// Steady returns the names of those that are played all the time, and not only
// while a Job runs.
func (c *Cast) Steady() []string { return c.edges(func(r *role) bool { return !r.passing }) }

func (c *Cast) edges(of func(*role) bool) []string {
	var out []string
	for _, r := range c.roles { // put into order below
		for i := range r.edges {
			if of(r) {
				out = append(out, r.edges[i].Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Play is the player of the migration's pods. Relays run what their image would.
func (c *Cast) Play(pod *corev1.Pod, container *corev1.Container) (kubelet.Program, error) {
	if strings.HasPrefix(container.Image, "haproxy:") {
		return kubelet.Program{Path: haproxy}, nil
	}
	if prepares(pod, container) {
		return kubelet.Program{Path: "/bin/true"}, nil
	}
	r := c.roles[workload{pod.Namespace, owner(pod)}]
	if r == nil {
		return kubelet.Program{}, fmt.Errorf("nobody of migration %s plays the pods of %s/%s", c.Name, pod.Namespace, owner(pod))
	}
	id := traffic.Identity{Namespace: pod.Namespace, App: r.app.Name, Pod: pod.Name}
	d := &traffic.Descriptor{
		Self: id, Listen: r.listen(container), Warmup: warmup, Linger: linger,
		Control: traffic.Socket(kubelet.Shared, pod.Namespace, pod.Name, container.Name),
		Ledger:  filepath.Join(c.Ledgers(), fmt.Sprintf("%s_%s_%s.jsonl", pod.Namespace, pod.Name, container.Name)),
	}
	if pod.Spec.RestartPolicy != corev1.RestartPolicyAlways {
		d.Lifetime = lifetime
	}
	for i := range r.edges {
		e := r.edges[i].Edge
		if e.From = places(pod, container, r.edges[i].hints); len(e.From) > 0 {
			e.Rate = c.rate() / r.replicas
			d.Edges = append(d.Edges, e)
		}
	}
	return kubelet.Program{Standin: d}, nil
}

func (c *Cast) rate() float64 {
	if c.Rate > 0 {
		return c.Rate
	}
	return traffic.DefaultRate
}

// replicas is how many pods share the requests of an edge: what the manifest or
// its autoscaler says.
func replicas(app *plan.App, w *manifest.Object) float64 {
	n, _ := w.Get("spec", "replicas").Int()
	for _, o := range app.Objects {
		if o.ID.Kind == "HorizontalPodAutoscaler" && o.Text("spec", "scaleTargetRef", "name") == w.ID.Name {
			least, _ := o.Get("spec", "minReplicas").Int()
			n = max(n, least)
		}
	}
	return float64(max(n, 1))
}

// prepares reports whether a container only has to end before the others begin.
func prepares(pod *corev1.Pod, c *corev1.Container) bool {
	for i := range pod.Spec.InitContainers {
		if pod.Spec.InitContainers[i].Name == c.Name {
			return c.RestartPolicy == nil
		}
	}
	return false
}

// haproxy is where Debian has it.
const haproxy = "/usr/sbin/haproxy"

// Ledgers is the directory in which the migration's ledgers are.
func (c *Cast) Ledgers() string { return filepath.Join(kubelet.Shared, "ledgers", c.Name) }

// owner returns the name of the workload that made a pod.
func owner(pod *corev1.Pod) string {
	for _, o := range pod.OwnerReferences {
		switch o.Kind {
		case "ReplicaSet":
			return strings.TrimSuffix(o.Name, "-"+pod.Labels["pod-template-hash"])
		case "Job":
			// A Job of a CronJob is called after it and the minute.
			if name, minute, ok := cutLast(o.Name, "-"); ok && strings.Trim(minute, "0123456789") == "" {
				return name
			}
			return o.Name
		default:
			return o.Name
		}
	}
	return pod.Name
}

func cutLast(text, sep string) (before, after string, found bool) {
	at := strings.LastIndex(text, sep)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(sep):], true
}
