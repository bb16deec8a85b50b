package plan

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// Grant is a binding that gives rights to ServiceAccounts of an app that moves,
// and does not move with it: both the old and the new account are its subjects
// while both copies of the app run.
type Grant struct {
	Binding *manifest.Object
	App     *App
}

// findGrants collects the grants of each moving app, each binding once.
func findGrants(g *Graph) map[*App][]Grant {
	accounts := map[clusterID][]*App{}
	owners := map[*manifest.Object][]*App{}
	for _, a := range g.Apps {
		for _, o := range a.Objects {
			owners[o] = []*App{a}
			if o.ID.Kind == "ServiceAccount" && o.ID.Group == "" {
				accounts[idOf(o)] = []*App{a}
			}
		}
	}
	for _, s := range g.Shared {
		owners[s.Object] = s.Users
		if s.Object.ID.Kind == "ServiceAccount" && s.Object.ID.Group == "" {
			accounts[idOf(s.Object)] = s.Users
		}
	}
	out := map[*App][]Grant{}
	for _, r := range g.References {
		if r.Refers != refs.ToObject || r.Target.Kind != "ServiceAccount" || r.Object.Get("subjects").Len() == 0 {
			continue
		}
		for _, a := range accounts[targetOf(r)] {
			grant := Grant{Binding: r.Object, App: a}
			if a.Moves() && !movesWith(r.Object, owners[r.Object], a) && !slices.Contains(out[a], grant) {
				out[a] = append(out[a], grant)
			}
		}
	}
	return out
}

// movesWith reports whether a binding gets a copy of its own with an app: it is
// namespaced, and the app's alone.
func movesWith(binding *manifest.Object, owners []*App, a *App) bool {
	return binding.ID.Namespace != "" && len(owners) == 1 && owners[0] == a
}
