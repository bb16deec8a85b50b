package hazard

import "github.com/rehome-dev/rehome/diag"

// policy is who may talk to whom, and as whom an app is known.
var policy = []Hazard{
	{
		Code: "H53", Title: "A NetworkPolicy blocks the new path", Severity: diag.Error, Handled: Prevented,
		Condition:   "A policy names its peers by `podSelector` alone or by the old namespace, the target namespace denies by default, or the egress rules of callers do not list the target.",
		Consequence: "A bare `podSelector` means pods of the policy's own namespace, so calls that cross namespaces after the move are dropped. They time out, and no manifest shows an error.",
		Remedy:      "Before anything moves, add policies that allow both places by the label `kubernetes.io/metadata.name`, on both sides, DNS included. `ports` in a policy are ports of pods, not of Services. Narrow them at the end.",
		Source:      "networking.k8s.io/v1 API; Kubernetes documentation, Network Policies",
		How:         "Policies of an app are in force at the target before its pods start, and what crosses namespaces meanwhile is opened by additive policies, which Finish narrows. Check P3 proves every call in every mixture.",
	},
	{
		Code: "H54", Title: "Istio rules name the old place", Severity: diag.Error, Handled: Later,
		Condition:   "A DestinationRule names the host that became an alias, or an AuthorizationPolicy names principals of the old namespace.",
		Consequence: "With strict mutual TLS the alias is called without it and the answer is 503. Principals contain the namespace, so the moved app is refused with 403.",
		Remedy:      "Write the rules for the real host, and list both principals during the transition.",
		Source:      "Istio documentation, DestinationRule and AuthorizationPolicy",
	},
	{
		Code: "H55", Title: "Linkerd does not split traffic through an alias", Severity: diag.Warning, Handled: Later,
		Condition:   "A Linkerd traffic split or route is attached to an ExternalName Service.",
		Consequence: "It has no effect: such Services have no endpoints that the proxy could balance.",
		Remedy:      "Attach the route to the Service that has the pods.",
		Source:      "Linkerd documentation, HTTPRoute and traffic split",
	},
	{
		Code: "H56", Title: "A cloud identity is bound to the old namespace", Severity: diag.Error, Handled: Checked,
		Condition:   "A ServiceAccount is known outside of the cluster by its namespace and name: AWS IRSA and Pod Identity, GKE Workload Identity, Azure Workload Identity, Vault roles.",
		Consequence: "The moved pod presents another subject and is denied access to buckets, queues and secrets.",
		Remedy:      "Bind the new subject at the provider before the app is deployed at its target, and remove the old one at the end.",
		Source:      "AWS, Google Cloud, Azure and Vault documentation of workload identity",
		How:         "ServiceAccounts and pods with the annotations of these systems are reported as warnings. EKS Pod Identity keeps its bindings outside of the manifests, where rehome cannot see them.",
	},
	{
		Code: "H57", Title: "Something that the app needs is missing at the target", Severity: diag.Error, Handled: Checked,
		Condition:   "A Secret, ConfigMap, ServiceAccount, pull secret, Role or middleware that a moved object names does not exist in its new namespace.",
		Consequence: "Pods wait in ContainerCreating or CreateContainerConfigError, images cannot be pulled, or the app runs without its rights.",
		Remedy:      "Add the missing objects to the sources, or make them at the target by hand before the deploy phase.",
		Source:      "Kubernetes documentation, Secrets and ConfigMaps (same namespace as the pod); sealed-secrets scopes",
		How:         "What a workload mounts or names and is in no source is reported; what is in the sources is carried along, and its absence in any state is check P4.",
	},
	{
		Code: "H58", Title: "Rights are bound to the old namespace", Severity: diag.Error, Handled: Prevented,
		Condition:   "The subjects of a binding name the ServiceAccount in its old namespace, or the app reads objects that stay in the old namespace.",
		Consequence: "The API server answers 403 to the moved app.",
		Remedy:      "Add the new subject beside the old one until the old copy is gone. Give the app a Role in the namespace whose objects it still reads.",
		Source:      "rbac.authorization.k8s.io/v1 API (subjects[].namespace); derived",
		How:         "Bindings that do not move carry the old and the new ServiceAccount until the finish phase. The proof compares the rights of every copy with those of its original.",
	},
	{
		Code: "H59", Title: "Tokens of the other cluster are not trusted", Severity: diag.Warning, Handled: Later,
		Condition:   "Services verify ServiceAccount tokens, and caller and callee are in different clusters.",
		Consequence: "Each cluster signs with its own issuer and keys, so the token is refused.",
		Remedy:      "Let the verifier trust both issuers during the migration.",
		Source:      "Kubernetes documentation, service account issuer discovery; derived, not confirmed on a cluster",
		How:         elsewhere,
	},
	{
		Code: "H60", Title: "A policy forbids ExternalName Services", Severity: diag.Warning, Handled: Later,
		Condition:   "An admission policy or the rules of a shared cluster refuse ExternalName Services, as defences against traffic led across namespaces do.",
		Consequence: "The flip is refused when it is applied.",
		Remedy:      "Try the phase with `kubectl apply --dry-run=server` first. Use `cutover: relay`, which needs no alias.",
		Source:      "CVE-2021-25740; policy libraries of Gatekeeper and Kyverno",
	},
	{
		Code: "H61", Title: "The target namespace admits pods differently", Severity: diag.Warning, Handled: Checked,
		Condition:   "The namespaces differ in Pod Security labels, ResourceQuota, LimitRange, injection labels of a mesh, or a PriorityClass is missing.",
		Consequence: "Pods are refused, get other limits, or run with or without a sidecar, and the copy behaves differently from the original. During the overlap the quota must hold both copies where they share it.",
		Remedy:      "Give the target the same labels, and check quota, LimitRange and classes before the deploy phase.",
		Source:      "Kubernetes documentation, Pod Security Admission, Resource Quotas, Limit Ranges; not confirmed case by case",
		How:         "Quotas and LimitRanges of the target, LimitRanges that stay behind, and labels for Pod Security and injection that differ are warnings. A PriorityClass belongs to the cluster and is the same for both namespaces. What is in no source is unknown to rehome.",
	},
}
