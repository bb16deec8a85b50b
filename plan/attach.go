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
		return g.pods.selected(o.ID.Namespace, o.Get("spec", "selector"))
	case o.ID.Kind == "ServiceAccount" && o.ID.Name == "default":
		return g.pods.withDefaultAccount(o.ID.Namespace)
	case o.ID.Kind == "PodDisruptionBudget" && o.Get("spec", "selector") != nil:
		return g.pods.selectedBy(o.ID.Namespace, o.Get("spec", "selector"))
	case o.ID.Kind == "NetworkPolicy" && o.ID.Group == "networking.k8s.io":
		return g.pods.selectedBy(o.ID.Namespace, o.Get("spec", "podSelector"))
	case o.ID.Kind == "PodMonitor" && o.Get("spec", "selector", "matchLabels").Len() > 0:
		return g.pods.selectedBy(o.ID.Namespace, o.Get("spec", "selector"))
	}
	return nil
}

// attachByReferences follows references until nothing changes: what an app's
// object names belongs to the app, and what is attached to an object of the app
// (a RoleBinding to its ServiceAccount, a route to its Service) does too.
func (g *grouper) attachByReferences() {
	for changed := true; changed; {
		changed = false
		for _, o := range g.inv.Objects {
			for _, r := range g.byRefs[o] {
				changed = g.follow(o, r) || changed
			}
		}
	}
}

// follow attaches along one reference and reports whether that changed anything.
func (g *grouper) follow(o *manifest.Object, r *refs.Reference) bool {
	if !r.Known || r.Form != refs.Field || r.Refers == refs.ToNamespace {
		return false
	}
	target := g.byID[r.Target]
	if target == nil || target == o || o.ID.Namespace != "" && target.ID.Namespace != "" && o.ID.Namespace != target.ID.Namespace {
		return false // what is elsewhere does not move along
	}
	if isAnchor(target) && attachesToTarget(o) {
		return g.ownAll(o, target)
	}
	if target.ID.IsService() || PodTemplate(target) != nil {
		return false
	}
	if isHub(target) || len(g.owners[o]) == 0 {
		return false
	}
	if o.ID.Kind == "Certificate" && target.ID.Kind == "Secret" {
		return g.ownAll(o, target)
	}
	return g.ownAll(target, o)
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
		if a != nil && a.runsIn(o.ID.Namespace) {
			g.own(o, a)
		}
	}
}

// runsIn reports whether the app has a workload in a namespace; "" stands for
// objects of the cluster.
func (a *App) runsIn(namespace string) bool {
	if namespace == "" {
		return true
	}
	return slices.ContainsFunc(a.Workloads, func(w *manifest.Object) bool { return w.ID.Namespace == namespace })
}
