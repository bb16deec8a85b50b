package plan

import (
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// needs are what an app finds in its cluster today and has to find in the one
// that it moves to.
type needs struct {
	copied []*manifest.Object // objects of the cluster that are made there too
	asked  []manifest.ID      // what somebody else has to see to
}

// needsOf returns what the objects of an app name that does not move along with
// it, in a move between clusters.
func (m *mover) needsOf(a *App) needs {
	var n needs
	if a.From.Cluster == a.To.Cluster {
		return n
	}
	own := slices.Clone(a.Objects)
	for _, s := range a.Shared {
		own = append(own, s.Object)
		if s.Object.ID.Namespace == "" && s.Object.Get("subjects").Len() == 0 {
			n.copy(s.Object)
		}
	}
	for _, o := range own {
		for _, r := range m.graph.ReferencesOf(o) {
			if r.Refers == refs.ToObject && r.Certainty == refs.Certain && r.Target.Namespace != a.From.Namespace {
				m.need(&n, a, r)
			}
		}
	}
	return n
}

// need notes what one reference names, unless it is there.
func (m *mover) need(n *needs, a *App, r *refs.Reference) {
	target := m.exists[targetOf(r)]
	switch {
	case m.exists[clusterID{a.To.Cluster, r.Target}] != nil || builtIn(r.Target) || target != nil && slices.Contains(a.Objects, target):
	case target != nil && portable(target):
		n.copy(target)
	case !slices.Contains(n.asked, r.Target):
		n.asked = append(n.asked, r.Target)
	}
}

func (n *needs) copy(o *manifest.Object) {
	if !slices.Contains(n.copied, o) {
		n.copied = append(n.copied, o)
	}
}

// portable reports whether an object of a cluster means the same in another one.
func portable(o *manifest.Object) bool {
	return o.ID.Kind == "ClusterRole" || o.ID.Kind == "PriorityClass"
}

// builtIn reports whether every cluster has an object
// (k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy).
func builtIn(id manifest.ID) bool {
	switch id.Kind {
	case "ClusterRole":
		return strings.HasPrefix(id.Name, "system:") || slices.Contains([]string{"cluster-admin", "admin", "edit", "view"}, id.Name)
	case "PriorityClass":
		return strings.HasPrefix(id.Name, "system-")
	}
	return false
}

// travels reports whether an object of an app is made in another cluster with its
// deployment. Volumes hold data of the cluster that they are in; bindings of the
// cluster are widened and narrowed like those that apps share.
func travels(o *manifest.Object) bool {
	return o.ID.Namespace != "" || o.ID.Kind != "PersistentVolume" && o.ID.Kind != "Namespace" && o.Get("subjects").Len() == 0
}

// deletable reports whether an object of an app goes from the cluster that the
// app has left. With a definition all objects of its kind would go.
func deletable(o *manifest.Object) bool {
	return travels(o) && o.ID.Kind != "CustomResourceDefinition"
}
