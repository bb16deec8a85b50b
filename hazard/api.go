package hazard

import "github.com/rehome-dev/rehome/diag"

// api is what the API server and server-side rules do to objects in transition.
var api = []Hazard{
	{
		Code: "H23", Title: "An alias still has the fields of a virtual IP", Severity: diag.Error, Handled: Prevented,
		Condition:   "The manifest of an ExternalName Service carries `clusterIP`, `clusterIPs`, `ipFamilies` or `ipFamilyPolicy`.",
		Consequence: "A new Service like that is refused with 422. On one that exists the fields are cleared in silence, and a GitOps tool then reports a difference that never goes away.",
		Remedy:      "Remove these fields from the alias. Servers that do not clear them on a change of type need `clusterIP: \"\"`.",
		Source:      "k8s.io/kubernetes pkg/registry/core/service/strategy.go (dropTypeDependentFields), pkg/apis/core/validation; measured on Kubernetes 1.36",
		How:         "A flip removes all fields that belong to a virtual IP; an alias that carries one is refused.",
	},
	{
		Code: "H24", Title: "Stale endpoints stay behind", Severity: diag.Error, Handled: Prevented,
		Condition:   "A Service loses its `selector`, or an alias is turned into a ClusterIP Service without one.",
		Consequence: "The endpoints controller ignores Services without a selector, so it never removes the slices it made before. Addresses of dead pods are served as soon as the Service has an IP again, and a mirrored second slice may join them.",
		Remedy:      "Keep the selector on the alias. Delete Endpoints and EndpointSlices before you make a Service selectorless, or take a new name.",
		Source:      "k8s.io/kubernetes pkg/controller/endpointslice; measured on Kubernetes 1.36",
		How:         "An alias keeps its selector, and a relay gets another one: no Service is ever left without, and one that is is refused.",
	},
	{
		Code: "H25", Title: "The way back gives another virtual IP", Severity: diag.Warning, Handled: Checked,
		Condition:   "An alias is turned back into a ClusterIP Service.",
		Consequence: "The old IP was released by the flip; the Service gets a new one. Callers that resolve the name work, anything that remembers the old address does not.",
		Remedy:      "Before the flip write down the `clusterIP`, and set it explicitly on the way back. That works while nobody else has been given it; `cutover: relay` never gives it up.",
		Source:      "k8s.io/kubernetes pkg/registry/core/service/storage/alloc.go; measured on Kubernetes 1.36",
		How:         "It is a warning for each phase that flips Services which some app calls; a relay keeps the address.",
	},
	{
		Code: "H26", Title: "A load balancer or node port is given up", Severity: diag.Error, Handled: Checked,
		Condition:   "A Service of type LoadBalancer or NodePort becomes an ExternalName Service.",
		Consequence: "The cloud's load balancer is deleted, node ports are released, and clients outside of the cluster lose their address. With `loadBalancerSourceRanges` set the API server refuses the change.",
		Remedy:      "Use `cutover: relay` for it, or lead the clients outside to another entry point first.",
		Source:      "k8s.io/kubernetes pkg/registry/core/service, pkg/apis/core/validation; cloud-provider service controller",
		How:         "A plan that says `externalName` for such a Service is refused; where the plan leaves the choice, the relay is taken. The old name goes only after an approval.",
	},
	{
		Code: "H27", Title: "One port number with TCP and UDP", Severity: diag.Warning, Handled: Checked,
		Condition:   "A Service has the same port number twice, for TCP and for UDP, and is changed with client-side `kubectl apply`.",
		Consequence: "Client-side apply tells the entries of that list apart by `port` alone, so that it mixes them up and one of the two may be lost.",
		Remedy:      "Use `kubectl apply --server-side`, which tells them apart by port and protocol.",
		Source:      "k8s.io/api core/v1 ServiceSpec.Ports (patchMergeKey port, listMapKey port and protocol)",
	},
	{
		Code: "H28", Title: "Another manager owns the fields", Severity: diag.Warning, Handled: Later,
		Condition:   "Phases are applied by a field manager, or in a way, other than the one that made the object: `kubectl create` first and `apply` later, another GitOps tool, server-side apply under another name.",
		Consequence: "Either the change is refused with a conflict on fields such as `spec.type`, or it is accepted and fields that you removed stay: on a cluster, `selector`, `ports` and `sessionAffinity` of a flipped Service did.",
		Remedy:      "Apply every phase with the tool that owns the objects, or move the ownership first. Look at `metadata.managedFields` when a field will not go.",
		Source:      "Kubernetes documentation, Server-Side Apply; measured on Kubernetes 1.36",
	},
	{
		Code: "H29", Title: "A field that cannot be changed is changed", Severity: diag.Error, Handled: Checked,
		Condition:   "A phase changes the selector of a Deployment, DaemonSet or ReplicaSet, most fields of a StatefulSet, the template of a Job, the `roleRef` of a binding, or the source of a PersistentVolume.",
		Consequence: "The API server answers 422 and the phase stops half applied. Force options that delete and recreate the object make an outage out of it.",
		Remedy:      "Use a new name for the changed object, and delete the old one later. Never force.",
		Source:      "k8s.io/kubernetes pkg/apis/apps/validation, pkg/apis/batch/validation, pkg/apis/rbac/validation",
		How:         "A moved app is made of new objects, so none of these fields is changed in place for it. What is changed in place is compared field by field, forward and back: a Job that stays and would get new addresses is refused.",
	},
	{
		Code: "H30", Title: "The target has an object of that name already", Severity: diag.Error, Handled: Checked,
		Condition:   "An object moves to a namespace in which one of its kind and name exists, or an object that exists once in a cluster (a ClusterRoleBinding, a webhook) is given to the new copy while the old still runs.",
		Consequence: "The move overwrites somebody else's object. Lists such as `subjects` are replaced as a whole, so the old copy loses its rights.",
		Remedy:      "Rename one of the two or choose another namespace. Let bindings name both copies until the old one is gone.",
		Source:      "k8s.io/api rbac/v1 (subjects is an atomic list); derived",
		How:         "A collision with any object of the sources is an error, and bindings carry the old and the new subject until the finish phase. Objects of the cluster that are in no source are unknown to rehome.",
	},
	{
		Code: "H31", Title: "One Service selects several apps", Severity: diag.Error, Handled: Checked,
		Condition:   "The selector of a Service matches the pods of several apps of which at least one moves.",
		Consequence: "A flip moves everything behind the Service at once, apps that have not been moved yet included.",
		Remedy:      "List these workloads as one app, or give each its own Service first.",
		Source:      "derived from k8s.io/kubernetes pkg/controller/endpointslice",
	},
	{
		Code: "H32", Title: "Moving apps call each other in a circle", Severity: diag.Warning, Handled: Checked,
		Condition:   "Apps that move form a circle of calls, so that none of them can be the first with final addresses.",
		Consequence: "Some are configured twice, and an alias that is deleted before the last of them has moved breaks a call.",
		Remedy:      "Move the whole circle in one wave; raise `maxAppsPerWave` where it does not fit.",
		Source:      "derived from the graph of calls",
		How:         "A circle moves in one wave and its old names stay until it has moved. Where the plan's own waves divide it, or `maxAppsPerWave` is too small for it, rehome says so.",
	},
}
