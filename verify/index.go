package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/render"
)

// reindex brings what hangs on a workload up to date: its calls and the
// configuration that it reads. What was there before is marked, and swept out
// of a list when the list is read, so that many changes of what many use cost
// what they change.
func (p *prover) reindex(it *item) {
	p.drop(it)
	if !it.now.runs() {
		return
	}
	for _, id := range it.now.reads {
		r := &reading{reader: it, config: p.item(render.Key{Cluster: it.Cluster, ID: id})}
		it.reads = append(it.reads, r)
		r.config.readers = append(r.config.readers, r)
	}
	p.place(it, it.Namespace)
	it.calls = p.callsOf(it, it.now, func(config *item) *facts { return config.now })
	for _, c := range it.calls {
		for _, s := range p.ways(c, nil) {
			s.callers = append(s.callers, c)
			if s.Namespace != it.Namespace && !s.isPoint() {
				p.place(it, s.Namespace)
			}
		}
	}
}

// place notes that calls of a workload begin or end in a namespace.
func (p *prover) place(it *item, namespace string) {
	if slices.Contains(it.near, namespace) {
		return
	}
	if p.crowds[namespace] == nil {
		p.crowds[namespace] = map[*item]bool{}
	}
	p.crowds[namespace][it] = true
	it.near = append(it.near, namespace)
}

// drop forgets what hangs on a workload.
func (p *prover) drop(it *item) {
	for _, c := range it.calls {
		c.over = true
	}
	for _, r := range it.reads {
		r.over = true
	}
	for _, namespace := range it.near {
		delete(p.crowds[namespace], it)
	}
	it.calls, it.reads, it.near = nil, nil, it.near[:0]
}

// calling returns the calls whose answer may depend on a Service.
func (it *item) calling() []*call {
	it.callers = slices.DeleteFunc(it.callers, func(c *call) bool { return c.over })
	return it.callers
}

// readBy returns the workloads that read a configuration.
func (it *item) readBy() []*reading {
	it.readers = slices.DeleteFunc(it.readers, func(r *reading) bool { return r.over })
	return it.readers
}

// readersOf returns the keys of the workloads that read a configuration, in
// order.
func (p *prover) readersOf(key render.Key) []render.Key {
	it := p.items[key]
	if it == nil {
		return nil
	}
	var out []render.Key
	for _, r := range it.readBy() {
		out = append(out, r.reader.Key)
	}
	slices.SortFunc(out, render.Key.Compare)
	return slices.Compact(out)
}

// around returns the workloads whose calls begin or end in a namespace, in order.
func (p *prover) around(namespace string) []*item {
	out := make([]*item, 0, len(p.crowds[namespace]))
	for it := range p.crowds[namespace] { // put into order below
		out = append(out, it)
	}
	slices.SortFunc(out, compareItems)
	return out
}
