package plan

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// assignUnits decides what is written together: a root that one app has to
// itself is written as that app, every other root as itself.
func (g *grouper) assignUnits(graph *Graph) {
	users := map[*manifest.Root]*App{}
	mixed := map[*manifest.Root]bool{}
	for _, o := range g.inv.Objects {
		owners, root := g.owners[o], rootOf(o)
		if len(owners) != 1 || users[root] != nil && users[root] != owners[0] {
			mixed[root] = true
		} else {
			users[root] = owners[0]
		}
	}
	names := map[string]bool{}
	byPath := slices.SortedFunc(slices.Values(g.inv.Roots), func(a, b *manifest.Root) int { return cmp.Compare(a.Path, b.Path) })
	for _, root := range byPath {
		name := strings.TrimSuffix(path.Base(root.Path), path.Ext(root.Path))
		if a := users[root]; a != nil && !mixed[root] {
			name = a.Name
		}
		unit := &Unit{Name: uniqueName(names, name), Root: root}
		graph.Units = append(graph.Units, unit)
		graph.byRoot[root] = unit
	}
}

// uniqueName returns the name, with a number where it is taken already.
func uniqueName(taken map[string]bool, name string) string {
	out := name
	for i := 2; taken[out]; i++ {
		out = name + "-" + strconv.Itoa(i)
	}
	taken[out] = true
	return out
}

// UnitOf returns what an object of the inventory is written with.
func (g *Graph) UnitOf(o *manifest.Object) *Unit {
	return g.byRoot[rootOf(o)]
}
