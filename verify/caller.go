package verify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// call is one address that a workload uses: in its own manifest, or in
// configuration that it reads.
type call struct {
	workload *item
	nth      int              // of the workload's
	object   *manifest.Object // the workload as it is while it makes the call
	from     sim.PodGroup     // its pods
	ref      *refs.Reference
	host     string           // of the reference, with what stands before the Service's name
	config   *manifest.Object // what holds the address, when it is not the workload
	port     string
	origin   meaningKey
	means    *meaning // nil: nobody knows
	targets  []*item  // the Services that its host may mean
	over     bool     // the workload has changed, or what it reads
	round    int      // of touched, in which it was found last
}

// service is the identity of a Service.
type service struct {
	cluster, namespace, name string
}

func (s service) key() render.Key {
	return render.Key{Cluster: s.cluster, ID: manifest.ID{Kind: "Service", Namespace: s.namespace, Name: s.name}}
}

// callsOf returns the calls that a workload makes with the objects that it
// finds in its namespace.
func (p *prover) callsOf(it *item, f *facts, at func(*item) *facts) []*call {
	configs := make([]*facts, 0, 8)
	n := len(f.addresses)
	for i, id := range f.reads {
		if slices.Contains(f.reads[:i], id) {
			continue
		}
		if config := at(p.item(render.Key{Cluster: it.Cluster, ID: id})); config != nil {
			configs = append(configs, config)
			n += len(config.addresses)
		}
	}
	if n == 0 {
		return nil
	}
	calls := make([]call, n) // one piece of memory for all
	out := make([]*call, 0, n)
	add := func(holder *facts, config *manifest.Object) {
		for i := range holder.addresses {
			c := &calls[len(out)]
			p.fillCall(c, it, f, &holder.addresses[i])
			c.nth, c.config = len(out), config
			c.means = p.mean(c)
			out = append(out, c)
		}
	}
	add(f, nil)
	for _, config := range configs {
		add(config, config.object)
	}
	return out
}

func (p *prover) fillCall(c *call, it *item, f *facts, a *address) {
	*c = call{
		workload: it, object: f.object, from: f.pods,
		ref: a.ref, host: a.host, port: a.ref.Port, origin: a.origin,
	}
	c.origin.workload = f.object.Source()
	c.targets = append(c.targets, p.serviceItem(service{it.Cluster, a.ref.Target.Namespace, a.ref.Target.Name}))
	for _, id := range p.world.NamedBy(it.Cluster, c.from, a.host) {
		key := render.Key{Cluster: it.Cluster, ID: id}
		if p.everService[key] && !slices.ContainsFunc(c.targets, func(t *item) bool { return t.Key == key }) {
			c.targets = append(c.targets, p.item(key))
		}
	}
}

// compareCalls orders calls by who makes them, and where they stand.
func compareCalls(a, b *call) int {
	if a.workload != b.workload {
		return compareItems(a.workload, b.workload)
	}
	return cmp.Compare(a.nth, b.nth)
}

// referencesOf scans an object once, however many states it is in.
func (p *prover) referencesOf(o *manifest.Object) []*refs.Reference { return p.library.of(o).found }

// hostOf returns the whole host of a reference, with what stands before the
// Service's name, in small letters: DNS does not tell capitals from them. A name
// for any pod ("*.") is asked for as the Service.
func hostOf(r *refs.Reference) string {
	return strings.ToLower(strings.TrimPrefix(r.Text(), "*."))
}

// isWorkload reports whether an object runs pods.
func isWorkload(o *manifest.Object) bool { return plan.PodTemplate(o) != nil }
