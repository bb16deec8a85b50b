package deliver

import (
	"slices"
	"strconv"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// variant is what has a directory of its own: objects of a group at a place that
// come and go together, or all that a group with a base has there at a time.
type variant struct {
	group   *group
	place   plan.Place
	objects []*manifest.Object // by key
	life    life
	state   *render.State // with which it comes
	until   *render.State // with which it goes for good; nil when it stays
	dir     string        // relative to the output directory
}

// nameVariants gives each variant its directory, apps/GROUP/NAME. The name is
//
//	WORD[-PLACE][-until-WORD][-NUMBER]
//
// WORD says which kind of step brings the content about. PLACE is "_cluster"
// for cluster-scoped objects. For others it is the namespace, and only there where
// the group has variants of that word in several namespaces; behind the cluster
// where two clusters have a namespace of that name. Of the variants that a group
// gets with one state, those that go before the others have the word of the state
// with which they go. NUMBER counts the variants of the same name: from the first
// on where there usually are several, from the second on elsewhere.
func nameVariants(h *history) {
	places := map[wordKey][]plan.Place{}
	for _, v := range h.variants {
		k := wordKey{v.group, word(v)}
		if !slices.Contains(places[k], v.place) {
			places[k] = append(places[k], v.place)
		}
	}
	taken := map[string]bool{}
	var last *variant
	for _, v := range h.variants {
		w := word(v)
		stem := "apps/" + v.group.name + "/" + w + placeSuffix(v.place, places[wordKey{v.group, w}])
		if last != nil && last.group == v.group && last.place == v.place && last.state == v.state && v.until != nil {
			stem += "-until-" + stateWord(v.until)
		}
		n := 1
		for v.dir = numbered(stem, w, n); taken[v.dir]; v.dir = numbered(stem, w, n) {
			n++
		}
		taken[v.dir] = true
		last = v
	}
}

// numbered adds the number of a variant where it has one.
func numbered(stem, word string, n int) string {
	if n == 1 && word != "repointed" && word != "finished" {
		return stem
	}
	return stem + "-" + strconv.Itoa(n)
}

type wordKey struct {
	group *group
	word  string
}

// word names what a variant is the result of.
func word(v *variant) string {
	if p := v.state.Phase; p != nil && (p.Kind == plan.FlipKind || p.Kind == plan.RetireKind) && onlyAliases(v) {
		return "alias"
	}
	return stateWord(v.state)
}

// stateWord names what a state is the result of.
func stateWord(s *render.State) string {
	if s.Phase == nil {
		return "source"
	}
	switch s.Phase.Kind {
	case plan.PrepareKind:
		return "prepared"
	case plan.DeployKind:
		return "target"
	case plan.RelayKind:
		return "relay"
	case plan.RouteKind:
		return "routed"
	case plan.UnrouteKind:
		return "unrouted"
	case plan.FlipKind:
		return "flipped"
	case plan.RetireKind:
		return "retired"
	case plan.RepointKind:
		return "repointed"
	case plan.UnflipKind:
		return "unflipped"
	case plan.OpenHopKind:
		return "hop"
	case plan.RehearseKind:
		return "rehearsed"
	case plan.ReachBackKind:
		return "reached-back"
	case plan.LocalizeKind:
		return "localized"
	case plan.CloseHopKind:
		return "closed"
	case plan.FinishKind:
		return "finished"
	}
	return s.Phase.Kind.String()
}

// onlyAliases reports whether nothing is left but names that stand for objects
// elsewhere: aliases, and relays with what they need.
func onlyAliases(v *variant) bool {
	return !slices.ContainsFunc(v.objects, func(o *manifest.Object) bool {
		return o.Base() != nil && !standsForAnother(o)
	})
}

// standsForAnother reports whether a Service is an alias or leads to a relay.
func standsForAnother(o *manifest.Object) bool {
	return o.ID.IsService() &&
		(o.Text("spec", "type") == "ExternalName" || o.Get("spec", "selector", plan.RelayLabel) != nil)
}

// placeSuffix tells a place apart from the others that have variants of a word.
func placeSuffix(p plan.Place, among []plan.Place) string {
	sameName, namespaces := 0, 0
	for _, o := range among {
		if o.Namespace == p.Namespace {
			sameName++
		}
		if o.Namespace != "" {
			namespaces++
		}
	}
	suffix := ""
	if sameName > 1 {
		suffix += "-" + clusterDir(p.Cluster)
	}
	if sameName > 1 || p.Namespace == "" || namespaces > 1 {
		suffix += "-" + namespaceDir(p.Namespace)
	}
	return suffix
}
