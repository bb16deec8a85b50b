package verify

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
)

// call is one address that a workload uses: in its own manifest, or in
// configuration that it reads.
type call struct {
	seq      int // in the order in which calls are found
	workload render.Key
	object   *manifest.Object // the workload as it is while it makes the call
	ref      *refs.Reference
	config   *manifest.Object // what holds the address, when it is not the workload
	port     string
	origin   meaningKey
}

// service is the identity of a Service.
type service struct {
	cluster, namespace, name string
}

// callsOf returns the calls that a workload makes with the objects that it
// finds in its namespace.
func (p *prover) callsOf(key render.Key, o *manifest.Object, at func(render.Key) *manifest.Object) []*call {
	out := p.callsIn(key, o, nil, nil)
	seen := map[render.Key]bool{}
	for _, config := range p.readsOf(key, o) {
		if object := at(config); object != nil && !seen[config] {
			seen[config] = true
			out = p.callsIn(key, o, object, out)
		}
	}
	return out
}

// callsIn adds the calls that one object shows. A reference without a port is
// called at each port of its Service.
func (p *prover) callsIn(key render.Key, o, config *manifest.Object, out []*call) []*call {
	holder := o
	if config != nil {
		holder = config
	}
	for _, r := range p.referencesOf(holder) {
		if r.Refers == refs.ToService && r.Certainty == refs.Certain && r.Form != refs.Field {
			p.found++
			origin := p.originOf(holder, r)
			origin.workload = o.Source()
			out = append(out, &call{seq: p.found, workload: key, object: o, ref: r, config: config, port: r.Port, origin: origin})
		}
	}
	return out
}

// referencesOf scans an object once, however many states it is in.
func (p *prover) referencesOf(o *manifest.Object) []*refs.Reference {
	if found, ok := p.scanned[o]; ok {
		return found
	}
	found := p.scanner.Object(o)
	out := make([]*refs.Reference, len(found))
	for i := range found {
		out[i] = &found[i]
	}
	p.scanned[o] = out
	return out
}

// readsOf returns the keys of the configuration that a workload reads.
func (p *prover) readsOf(key render.Key, o *manifest.Object) []render.Key {
	var out []render.Key
	for _, r := range p.referencesOf(o) {
		if r.Refers == refs.ToObject && r.Target.Group == "" && (r.Target.Kind == "ConfigMap" || r.Target.Kind == "Secret") {
			out = append(out, render.Key{Cluster: key.Cluster, ID: r.Target})
		}
	}
	return out
}

// servicesOf returns every Service that a call's answer can depend on: those its
// name may mean in the search path, and those that aliases lead on to.
func (p *prover) servicesOf(c *call, versions func(render.Key) []*manifest.Object) []service {
	first := service{c.workload.Cluster, c.ref.Target.Namespace, c.ref.Target.Name}
	out := []service{first}
	seen := map[service]bool{first: true}
	for i := 0; i < len(out); i++ {
		for _, next := range p.nextOf(c, out[i], versions) {
			if !seen[next] {
				seen[next] = true
				out = append(out, next)
			}
		}
	}
	return out
}

// nextOf returns what one Service, or one point on the way to another cluster,
// leads a call on to, in all its versions.
func (p *prover) nextOf(c *call, at service, versions func(render.Key) []*manifest.Object) []service {
	if at.isPoint() {
		return p.routedFrom(at, versions)
	}
	var out []service
	for _, o := range versions(at.key()) {
		out = append(out, p.leadsTo(at, o, versions)...)
		out = append(out, p.crossFrom(c, at, o, versions)...)
	}
	return out
}

func (s service) key() render.Key {
	return render.Key{Cluster: s.cluster, ID: manifest.ID{Kind: "Service", Namespace: s.namespace, Name: s.name}}
}

// leadsTo returns the Services that one version of a Service leads on to: an
// alias to its target, a relay to where it forwards.
func (p *prover) leadsTo(s service, o *manifest.Object, versions func(render.Key) []*manifest.Object) []service {
	if o.Text("spec", "type") == "ExternalName" {
		for _, r := range p.referencesOf(o) {
			if r.Refers == refs.ToService {
				return []service{{s.cluster, r.Target.Namespace, r.Target.Name}}
			}
		}
		return nil
	}
	if o.Get("spec", "selector", plan.RelayLabel) != nil {
		relay := render.Key{Cluster: s.cluster, ID: manifest.ID{Namespace: s.namespace, Name: plan.RelayName(o)}}
		return p.relayServices(relay, versions)
	}
	return nil
}

// isWorkload reports whether an object runs pods.
func isWorkload(o *manifest.Object) bool { return plan.PodTemplate(o) != nil }
