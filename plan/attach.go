package plan

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// attachBySelectors attaches Services, budgets, policies and monitors to the
// workloads whose pods they select.
func (g *grouper) attachBySelectors() {
	for _, o := range g.inv.Objects {
		if PodTemplate(o) != nil {
			continue
		}
		for _, w := range g.selectedWorkloads(o) {
			g.ownAll(o, w)
		}
	}
}

// selectedWorkloads returns the workloads whose pods an object selects.
func (g *grouper) selectedWorkloads(o *manifest.Object) []*manifest.Object {
	switch {
	case o.ID.IsService():
		return g.pods.selected(PlaceOf(o), o.Get("spec", "selector"))
	case o.ID.Kind == "ServiceAccount" && o.ID.Name == "default":
		return g.pods.withDefaultAccount(PlaceOf(o))
	case o.ID.Kind == "PodDisruptionBudget" && o.Get("spec", "selector") != nil:
		return g.pods.selectedBy(PlaceOf(o), o.Get("spec", "selector"))
	case o.ID.Kind == "NetworkPolicy" && o.ID.Group == "networking.k8s.io":
		return g.pods.selectedBy(PlaceOf(o), o.Get("spec", "podSelector"))
	case o.ID.Kind == "PodMonitor" && o.Get("spec", "selector", "matchLabels").Len() > 0:
		return g.pods.selectedBy(PlaceOf(o), o.Get("spec", "selector"))
	}
	return nil
}

// attachByReferences follows references: what an app's object names belongs to
// the app, and what is attached to an object of the app (a RoleBinding to its
// ServiceAccount, a route to its Service) does too. Each owner passes each
// reference once, however long a chain is and in whatever order it is read.
func (g *grouper) attachByReferences() {
	h := g.heirs()
	for _, o := range g.inv.Objects {
		for _, a := range g.owners[o] {
			h.queue = append(h.queue, owned{o, a})
		}
	}
	for len(h.queue) > 0 {
		next := h.queue[len(h.queue)-1]
		h.queue = h.queue[:len(h.queue)-1]
		for _, o := range h.of[next.object] {
			h.pass(g, o, next.by)
		}
		// What a certificate belongs to is known when it has an owner at all.
		for _, secret := range h.secrets[next.object] {
			for _, a := range g.owners[secret] {
				h.pass(g, next.object, a)
			}
		}
		for _, certificate := range h.certificates[next.object] {
			if len(g.owners[certificate]) > 0 {
				h.pass(g, certificate, next.by)
			}
		}
	}
}

// heirs are the ways along which objects come to belong to an app.
type heirs struct {
	of           map[*manifest.Object][]*manifest.Object // who belongs to whom an object belongs to
	certificates map[*manifest.Object][]*manifest.Object // of a Secret
	secrets      map[*manifest.Object][]*manifest.Object // of a Certificate
	queue        []owned
}

// owned is an object that came to belong to an app.
type owned struct {
	object *manifest.Object
	by     *App
}

// pass makes an app an owner of an object.
func (h *heirs) pass(g *grouper, o *manifest.Object, a *App) {
	if g.own(o, a) {
		h.queue = append(h.queue, owned{o, a})
	}
}

// heirs reads the ways from the references.
func (g *grouper) heirs() *heirs {
	h := &heirs{
		of:           map[*manifest.Object][]*manifest.Object{},
		certificates: map[*manifest.Object][]*manifest.Object{},
		secrets:      map[*manifest.Object][]*manifest.Object{},
	}
	for _, o := range g.inv.Objects {
		for _, r := range g.byRefs[o] {
			if target := g.named(o, r); target != nil {
				h.add(o, target)
			}
		}
	}
	return h
}

// named returns the object that another one names, nil where that says nothing
// of whom they belong to.
func (g *grouper) named(o *manifest.Object, r *refs.Reference) *manifest.Object {
	if !r.Known || r.Form != refs.Field || r.Refers == refs.ToNamespace {
		return nil
	}
	target := g.byID[targetOf(r)]
	if target == nil || target == o || o.ID.Namespace != "" && target.ID.Namespace != "" && o.ID.Namespace != target.ID.Namespace {
		return nil // what is elsewhere does not move along
	}
	return target
}

// add notes what an object that names another says of whom they belong to.
func (h *heirs) add(o, target *manifest.Object) {
	switch {
	case isAnchor(target) && attachesToTarget(o):
		h.of[target] = append(h.of[target], o)
	case target.ID.IsService(), PodTemplate(target) != nil, isHub(target):
	case o.ID.Kind == "Certificate" && target.ID.Kind == "Secret":
		h.certificates[target] = append(h.certificates[target], o)
		h.secrets[o] = append(h.secrets[o], target)
	default:
		h.of[o] = append(h.of[o], target)
	}
}

// isAnchor reports whether other objects are attached to what names an app's
// identity: its workloads, its Services, its ServiceAccounts.
func isAnchor(o *manifest.Object) bool {
	return o.ID.IsService() || PodTemplate(o) != nil || o.ID.Kind == "ServiceAccount"
}

// isHub reports whether an object is named by many that have nothing else in
// common, so that naming it says nothing of who belongs together.
func isHub(o *manifest.Object) bool {
	switch o.ID.Kind {
	case "ClusterRole", "IngressClass", "GatewayClass", "StorageClass", "PriorityClass", "Namespace", "ClusterIssuer", "Gateway":
		return true
	}
	return false
}

// attachesToTarget reports whether an object belongs to what it names, instead
// of the other way round.
func attachesToTarget(o *manifest.Object) bool {
	if IsRoute(o) {
		return true
	}
	switch o.ID.Kind {
	case "RoleBinding", "ClusterRoleBinding", "HorizontalPodAutoscaler", "VerticalPodAutoscaler", "ScaledObject",
		"PodDisruptionBudget", "BackendTLSPolicy", "DestinationRule", "ServiceProfile",
		"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService", "TraefikService", "Endpoints", "EndpointSlice":
		return true
	}
	return false
}

// attachByLabels gives what is left over to the app that its labels name, when
// it is in the namespace of that app's workloads.
func (g *grouper) attachByLabels() {
	byName := make(map[string]*App, len(g.apps))
	for _, a := range g.apps {
		byName[a.Name] = a
	}
	for _, o := range g.inv.Objects {
		if len(g.owners[o]) > 0 || o.ID.Kind == "Namespace" || PodTemplate(o) != nil {
			continue
		}
		a := byName[labelledApp(o)]
		if a == nil && (o.ID.IsService() || o.ID.Kind == "EndpointSlice" || o.ID.Kind == "Endpoints") {
			a = byName[o.ID.Name]
		}
		if a != nil && a.runsIn(PlaceOf(o)) {
			g.own(o, a)
		}
	}
}

// runsIn reports whether the app has a workload at a place; without a namespace it
// stands for all of the cluster.
func (a *App) runsIn(p Place) bool {
	return slices.ContainsFunc(a.Workloads, func(w *manifest.Object) bool {
		return ClusterOf(w) == p.Cluster && (p.Namespace == "" || w.ID.Namespace == p.Namespace)
	})
}
