package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/render"
)

// touched returns the calls of the current state that a transition can change
// the answer of, each once, by workload and place.
func (p *prover) touched(t *transition) []*call {
	var out []*call
	p.round++
	add := func(calls []*call) {
		for _, c := range calls {
			if c.round != p.round {
				c.round = p.round
				out = append(out, c)
			}
		}
	}
	for _, it := range t.decided {
		add(it.calls)
		add(it.calling())
		for _, r := range it.readBy() {
			add(r.reader.calls)
		}
		if isNamespaceKey(it.Key) {
			for _, w := range p.around(it.Name) {
				add(w.calls)
			}
		}
	}
	if len(t.everywhere) > 0 {
		for _, it := range p.items { // put into order below
			if t.everywhere[it.Cluster] != nil {
				add(it.calls)
			}
		}
	}
	slices.SortFunc(out, compareCalls)
	return out
}

// arriving returns the calls that workloads make after a transition and did not
// make before.
func (p *prover) arriving(t *transition) []*call {
	var workloads []*item
	for i, it := range t.items {
		if t.after[i].runs() {
			workloads = append(workloads, it)
		}
		for _, r := range it.readBy() {
			workloads = append(workloads, r.reader)
		}
	}
	slices.SortFunc(workloads, compareItems)
	var out []*call
	for _, it := range slices.Compact(workloads) {
		if f := t.next(it); f != nil {
			out = append(out, p.callsOf(it, f, t.next)...)
		}
	}
	return out
}

// relevant returns the positions of the changes that can decide about a call:
// the Services on its way, the pods behind them, the policies of both ends. They
// are found by what is on the call's way, not by going through the phase. The
// change of the caller itself is left out: it calls as it was before or as it is
// after it. Own says that the caller's pods may be at the other end too.
func (p *prover) relevant(t *transition, c *call) (out []int, own bool) {
	mine := -1
	if c.workload.seen == t {
		mine = c.workload.change
	}
	out = slices.Clone(t.everywhere[c.workload.Cluster])
	if c.workload.seen == t {
		out = append(out, c.workload.deciding...)
	}
	if len(t.byNamespace) > 0 {
		out = append(out, t.byNamespace[c.workload.Namespace]...)
	}
	for _, s := range p.ways(c, t) {
		// A relay has read its configuration when it started: what becomes of it in
		// the phase is asked when the phase is complete.
		if s.seen == t && s.Kind != "ConfigMap" {
			out = append(out, s.deciding...)
			own = own || mine >= 0 && slices.Contains(s.deciding, mine)
		}
		if len(t.byNamespace) > 0 && !s.isPoint() {
			out = append(out, t.byNamespace[s.Namespace]...)
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(i int) bool { return i == mine }), own
}

// ways returns every place that a call's answer can depend on: the Services that
// its name may mean in the search path, and those that aliases and relays lead
// on to, now or, where a transition is given, after it. The result is valid
// until the next call.
func (p *prover) ways(c *call, t *transition) []*item {
	out := append(p.way[:0], c.targets...)
	add := func(key render.Key) {
		if next := p.item(key); !slices.Contains(out, next) {
			out = append(out, next)
		}
	}
	for i := 0; i < len(out); i++ {
		it := out[i]
		if it.isPoint() {
			p.routedFrom(it, t, add)
			continue
		}
		p.leads(c, it, it.now, add)
		if t != nil && it.seen == t && it.change >= 0 {
			p.leads(c, it, t.after[it.change], add)
		}
	}
	p.way = out
	return out
}

// relayed reports whether a relay, or the ingress of a cluster, may be on a call's
// way.
func (p *prover) relayed(c *call, t *transition) bool {
	return slices.ContainsFunc(p.ways(c, t), func(it *item) bool { return it.Kind == "ConfigMap" || it.isPoint() })
}

// leads adds the places that one version of a Service leads on to: an alias to
// its target, a relay to its configuration, and that to where it forwards.
func (p *prover) leads(c *call, it *item, f *facts, add func(render.Key)) {
	switch {
	case f == nil:
	case f.alias.Name != "":
		add(render.Key{Cluster: it.Cluster, ID: f.alias})
		p.crossFrom(c, f, add)
	case f.relay != "":
		add(relayConfigKey(it.Key, f.relay))
	case it.Kind == "ConfigMap":
		for _, r := range f.found {
			add(service{it.Cluster, r.Target.Namespace, r.Target.Name}.key())
		}
		p.crossFrom(c, f, add)
	case isServiceKey(it.Key):
		p.crossFrom(c, f, add)
	}
}

func serviceOf(key render.Key) service { return service{key.Cluster, key.Namespace, key.Name} }

func isServiceKey(k render.Key) bool { return k.IsService() }

func isPolicyKey(k render.Key) bool { return k.IsNetworkPolicy() }

func isNamespaceKey(k render.Key) bool { return k.Group == "" && k.Kind == "Namespace" }
