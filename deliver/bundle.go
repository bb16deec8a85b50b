package deliver

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// bundle is what a phase does, place by place, and what takes it back. It is
// read off the changes of the phase's state; manifests, gate and runbook are
// three views of it.
type bundle struct {
	state    *render.State
	dir      string
	clusters []clusterBundle // by name
}

// clusterBundle is the part of a phase for one cluster. It may be only a gate.
type clusterBundle struct {
	name   string
	places []placeBundle // cluster-scoped objects first
	gate   plan.Gate
}

// placeBundle is the part of a phase for one place.
type placeBundle struct {
	place   plan.Place
	changes []render.Change
	apply   []*manifest.Object // new or changed
	delete  []*manifest.Object
	restore []*manifest.Object // as they were before: what the way back applies
	back    []*variant         // what holds them, where each is written in full
	remove  []*manifest.Object // what the way back deletes
}

// bundles returns the phases' bundles, in order.
func bundles(states []*render.State, h *history) []*bundle {
	var out []*bundle
	for _, s := range states {
		if s.Phase != nil {
			out = append(out, newBundle(s, h))
		}
	}
	return out
}

func newBundle(s *render.State, h *history) *bundle {
	b := &bundle{state: s, dir: "phases/" + StateName(s)}
	byPlace := map[plan.Place]*placeBundle{}
	for _, c := range s.Changes {
		place := c.Key.Place()
		if byPlace[place] == nil {
			byPlace[place] = &placeBundle{place: place}
		}
		byPlace[place].add(c)
	}
	gates := splitGate(s.Phase.Gate)
	names := map[string]bool{}
	for p := range byPlace {
		names[clusterDir(p.Cluster)] = true
	}
	for name := range gates {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		b.clusters = append(b.clusters, clusterBundle{name: name})
	}
	for _, p := range slices.SortedFunc(maps.Keys(byPlace), plan.Place.Compare) {
		c := b.cluster(p.Cluster)
		byPlace[p].back = h.restored(s, *byPlace[p])
		c.places = append(c.places, *byPlace[p])
	}
	for i := range b.clusters {
		c := &b.clusters[i]
		c.gate = gates[c.name]
		// What no object of a cluster shows has to hold for all of them.
		c.gate.Wait, c.gate.WaitWhy, c.gate.Approvals = s.Phase.Gate.Wait, s.Phase.Gate.WaitWhy, s.Phase.Gate.Approvals
	}
	return b
}

// cluster returns the part for a cluster that is there.
func (b *bundle) cluster(name string) *clusterBundle {
	i, _ := slices.BinarySearchFunc(b.clusters, clusterDir(name), func(c clusterBundle, name string) int { return cmp.Compare(c.name, name) })
	return &b.clusters[i]
}

func (p *placeBundle) add(c render.Change) {
	p.changes = append(p.changes, c)
	if c.After != nil {
		p.apply = append(p.apply, c.After)
	} else {
		p.delete = append(p.delete, c.Before)
	}
	if c.Before != nil {
		p.restore = append(p.restore, c.Before)
	} else {
		p.remove = append(p.remove, c.After)
	}
}

// splitGate returns what a gate waits for in each cluster.
func splitGate(g plan.Gate) map[string]plan.Gate {
	out := map[string]plan.Gate{}
	for _, w := range g.Rollouts {
		part := out[clusterDir(w.Place.Cluster)]
		part.Rollouts = append(part.Rollouts, w)
		out[clusterDir(w.Place.Cluster)] = part
	}
	for _, w := range g.Gone {
		part := out[clusterDir(w.Place.Cluster)]
		part.Gone = append(part.Gone, w)
		out[clusterDir(w.Place.Cluster)] = part
	}
	for _, p := range g.Probes {
		part := out[clusterDir(p.From.Cluster)]
		part.Probes = append(part.Probes, p)
		out[clusterDir(p.From.Cluster)] = part
	}
	return out
}

// path returns the directory of a cluster's part.
func (b *bundle) path(c *clusterBundle) string { return b.dir + "/" + c.name }
