package verify

import (
	"cmp"
	"slices"

	"github.com/rehome-dev/rehome/render"
)

// callIndex finds the calls that a change can touch, so that a phase costs what
// it changes and not what the clusters hold.
type callIndex struct {
	byWorkload  map[render.Key][]*call
	readers     map[render.Key][]render.Key // configuration -> workloads that read it
	reads       map[render.Key][]render.Key // workload -> configuration
	byService   map[service]map[render.Key][]*call
	byNamespace map[string]map[render.Key]bool // namespace -> workloads whose calls begin or end there
	places      map[render.Key][]string
	services    map[render.Key][]service
}

func newCallIndex() *callIndex {
	return &callIndex{
		byWorkload:  map[render.Key][]*call{},
		readers:     map[render.Key][]render.Key{},
		reads:       map[render.Key][]render.Key{},
		byService:   map[service]map[render.Key][]*call{},
		byNamespace: map[string]map[render.Key]bool{},
		places:      map[render.Key][]string{},
		services:    map[render.Key][]service{},
	}
}

// add indexes the calls of a workload.
func (x *callIndex) add(key render.Key, calls []*call, reads []render.Key, servicesOf func(*call) []service) {
	x.byWorkload[key] = calls
	x.reads[key] = reads
	for _, config := range reads {
		x.readers[config] = append(x.readers[config], key)
	}
	x.place(key, key.Namespace)
	for _, c := range calls {
		for _, s := range servicesOf(c) {
			if x.byService[s] == nil {
				x.byService[s] = map[render.Key][]*call{}
			}
			x.byService[s][key] = append(x.byService[s][key], c)
			x.services[key] = append(x.services[key], s)
			if !s.isPoint() {
				x.place(key, s.namespace)
			}
		}
	}
}

func (x *callIndex) place(key render.Key, namespace string) {
	if x.byNamespace[namespace] == nil {
		x.byNamespace[namespace] = map[render.Key]bool{}
	}
	x.byNamespace[namespace][key] = true
	x.places[key] = append(x.places[key], namespace)
}

// drop forgets the calls of a workload.
func (x *callIndex) drop(key render.Key) {
	for _, config := range x.reads[key] {
		x.readers[config] = slices.DeleteFunc(x.readers[config], func(k render.Key) bool { return k == key })
	}
	for _, s := range x.services[key] {
		delete(x.byService[s], key)
	}
	for _, ns := range x.places[key] {
		delete(x.byNamespace[ns], key)
	}
	delete(x.byWorkload, key)
	delete(x.reads, key)
	delete(x.services, key)
	delete(x.places, key)
}

// calling returns the calls whose answer depends on a Service, in the order in
// which they were found.
func (x *callIndex) calling(s service) []*call {
	var out []*call
	for _, calls := range x.byService[s] { // put into order below
		out = append(out, calls...)
	}
	slices.SortFunc(out, compareCalls)
	return out
}

// around returns the workloads whose calls begin or end in a namespace.
func (x *callIndex) around(namespace string) []render.Key {
	out := make([]render.Key, 0, len(x.byNamespace[namespace]))
	for key := range x.byNamespace[namespace] { // put into order below
		out = append(out, key)
	}
	slices.SortFunc(out, render.Key.Compare)
	return out
}

// compareCalls orders calls as they were found.
func compareCalls(a, b *call) int { return cmp.Compare(a.seq, b.seq) }
