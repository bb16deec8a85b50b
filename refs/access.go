package refs

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// metadataName is the label that the API server gives to every namespace.
const metadataName = "kubernetes.io/metadata.name"

// below runs a function with the walk standing at a descendant of n.
func (w *walk) below(n *manifest.Node, visit func(*manifest.Node), elems ...string) {
	if child := n.Get(elems...); child != nil {
		depth := len(w.path)
		w.path = append(w.path, elems...)
		visit(child)
		w.path = w.path[:depth]
	}
}

// items runs a function at every scalar of a sequence below n.
func (w *walk) items(n *manifest.Node, visit func(*manifest.Node), elems ...string) {
	list := n.Get(elems...)
	for i := range list.Items() {
		w.below(n, visit, append(elems[:len(elems):len(elems)], manifest.Path{}.Index(i)[0])...)
	}
}

// selector records the namespaces that a label selector names: by the label
// that every namespace has beyond doubt, by others where their value is the
// name of a namespace.
func (w *walk) selector(n *manifest.Node) {
	for key := range n.Child("matchLabels").Entries() {
		w.below(n, func(value *manifest.Node) { w.label(key, value.Value()) }, "matchLabels", key)
	}
	for i, e := range n.Child("matchExpressions").Items() {
		key := e.Text("key")
		w.below(n, func(e *manifest.Node) {
			w.items(e, func(value *manifest.Node) { w.label(key, value.Value()) }, "values")
		}, "matchExpressions", manifest.Path{}.Index(i)[0])
	}
}

func (w *walk) label(key, value string) {
	switch {
	case key == metadataName:
		w.namespace(value)
	case w.scanner.services.namespaces[value]:
		w.namespaceAt(value, 0, Possible)
	}
}

// subject records a subject of RBAC or of a FlowSchema. ServiceAccounts are
// users and groups too
// (kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects).
func (w *walk) subject(n *manifest.Node) {
	const user, group = "system:serviceaccount:", "system:serviceaccounts:"
	value := n.Text("name")
	switch {
	case n.Text("kind") == "ServiceAccount":
		w.parents = append(w.parents, n)
		w.below(n, func(*manifest.Node) {
			w.name(&row{target: "ServiceAccount", namespace: "namespace"}, value)
		}, "name")
		w.parents = w.parents[:len(w.parents)-1]
	case strings.HasPrefix(value, group):
		w.below(n, func(*manifest.Node) { w.namespaceAt(value[len(group):], len(group), Certain) }, "name")
	case strings.HasPrefix(value, user):
		if ns, name, ok := strings.Cut(value[len(user):], ":"); ok {
			w.below(n, func(*manifest.Node) { w.join(len(user), ns, ":", name, &row{target: "ServiceAccount"}) }, "name")
		}
	}
}

// resourceNames records the objects that a rule of a Role names.
func (w *walk) resourceNames(n *manifest.Node) {
	resources := n.Child("resources")
	if resources.Len() != 1 {
		return // a name then is of several kinds, and stays what it is
	}
	target := resourceKind(resources.Text("0"))
	if target == "" {
		return
	}
	w.items(n, func(name *manifest.Node) { w.name(&row{target: target}, name.Value()) }, "resourceNames")
}

// resourceKind returns the group and kind of the resources whose objects roles
// name most, "" for others.
func resourceKind(resource string) string {
	resource, _, _ = strings.Cut(resource, "/")
	switch resource {
	case "configmaps":
		return "ConfigMap"
	case "secrets":
		return "Secret"
	case "services":
		return "Service"
	case "endpoints":
		return "Endpoints"
	case "serviceaccounts":
		return "ServiceAccount"
	case "persistentvolumeclaims":
		return "PersistentVolumeClaim"
	case "deployments":
		return "apps/Deployment"
	case "statefulsets":
		return "apps/StatefulSet"
	case "leases":
		return "coordination.k8s.io/Lease"
	}
	return ""
}
