package verify

import (
	"strings"
	"sync"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// facts are what the proof reads of one version of an object. Objects are
// immutable, so they are read once, however many states hold the object.
type facts struct {
	object    *manifest.Object
	found     []*refs.Reference
	addresses []address     // of Services that its pods, or those that read it, call
	reads     []manifest.ID // the configuration that its pods read

	labels *manifest.Node // of a workload: those of its pods
	pods   sim.PodGroup   // of a workload: its pods when they are ready; no template for other objects

	alias    manifest.ID    // of an ExternalName Service: the Service that it leads to; zero when that is none
	relay    string         // of a Service: the name of its relay, "" when it has none
	selector *manifest.Node // of a Service
}

// address is a reference by which a Service is called.
type address struct {
	ref    *refs.Reference
	host   string // with what stands before the Service's name
	origin meaningKey
}

// runs reports whether the object is a workload.
func (f *facts) runs() bool { return f != nil && f.pods.Template != nil }

// library holds the facts of all objects of all states. It is filled before the
// states are proved; then it is only read, by several provers side by side.
type library struct {
	scanner *refs.Scanner
	world   *sim.World // reads pod templates, for all worlds that are clones of it
	known   map[*manifest.Object]*facts
}

// fill reads all objects of the states, each once.
func (l *library) fill(states []*render.State, workers int) {
	var all []*facts
	for _, s := range states {
		for _, c := range s.Changes {
			for _, o := range [...]*manifest.Object{c.Before, c.After} {
				if o != nil && l.known[o] == nil {
					f := &facts{object: o}
					l.known[o] = f
					all = append(all, f)
				}
			}
		}
	}
	var group sync.WaitGroup
	for w := range workers {
		part := all[w*len(all)/workers : (w+1)*len(all)/workers]
		group.Go(func() {
			for _, f := range part {
				l.read(f)
			}
		})
	}
	group.Wait()
}

// of returns the facts of an object, nil for none.
func (l *library) of(o *manifest.Object) *facts {
	if o == nil {
		return nil
	}
	if f := l.known[o]; f != nil {
		return f
	}
	f := &facts{object: o}
	l.read(f)
	return f
}

func (l *library) read(f *facts) {
	o := f.object
	found := l.scanner.Object(o)
	f.found = make([]*refs.Reference, len(found))
	for i := range found {
		f.found[i] = &found[i]
	}
	f.readAddresses()
	if template := plan.PodTemplate(o); template != nil {
		f.labels = template.Child("metadata").Child("labels")
		f.pods = l.world.Pods(o, sim.Ready)
	}
	if o.ID.Group == "" && o.ID.Kind == "Service" {
		f.readService()
	}
}

// readAddresses sorts the references: addresses of Services with their place in
// the object as it was read, and configuration.
func (f *facts) readAddresses() {
	last := meaningKey{}
	for _, r := range f.found {
		switch {
		case r.Refers == refs.ToService:
			key := meaningKey{source: f.object.Source(), path: strings.Join(r.Path, "\x00")}
			if key.path == last.path {
				key.nth = last.nth + 1
			}
			last = key
			if r.Certainty == refs.Certain && r.Form != refs.Field {
				f.addresses = append(f.addresses, address{ref: r, host: hostOf(r), origin: key})
			}
		case r.Refers == refs.ToObject && r.Target.Group == "" && (r.Target.Kind == "ConfigMap" || r.Target.Kind == "Secret"):
			f.reads = append(f.reads, r.Target)
		}
	}
}

// readService notes where a Service leads on to: an alias to its target, a
// relayed one to its relay.
func (f *facts) readService() {
	spec := f.object.Root().Child("spec")
	f.selector = spec.Child("selector")
	if spec.Child("type").Value() != "ExternalName" {
		if f.selector.Child(plan.RelayLabel) != nil {
			f.relay = plan.RelayName(f.object)
		}
		return
	}
	for _, r := range f.found {
		if r.Refers == refs.ToService {
			f.alias = r.Target
			return
		}
	}
}
