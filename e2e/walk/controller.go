package walk

import (
	"cmp"
	"slices"
)

// Controller is how a GitOps controller applies what it is pointed at.
type Controller struct {
	Name    string
	Manager string // its field manager
	// PruneFirst says that what is gone from the manifests is deleted before the
	// rest is applied.
	PruneFirst bool
	// Cascade is how it deletes.
	Cascade string
	order   []string // of kinds; others come between these and last
	last    []string
}

// ArgoCD applies as Argo CD does with ServerSideApply=true and its default prune
// policy (gitops-engine, pkg/sync/sync_context.go runTasks, sync_tasks.go).
func ArgoCD() Controller {
	return Controller{
		Name: "Argo CD", Manager: "argocd-controller", PruneFirst: true, Cascade: "foreground",
		order: []string{
			"Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy", "PodDisruptionBudget",
			"ServiceAccount", "Secret", "ConfigMap", "StorageClass", "PersistentVolume", "PersistentVolumeClaim",
			"CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Service",
			"DaemonSet", "Pod", "ReplicationController", "ReplicaSet", "Deployment", "HorizontalPodAutoscaler",
			"StatefulSet", "Job", "CronJob", "IngressClass", "Ingress", "APIService",
		},
	}
}

// Flux applies as the kustomize-controller does (fluxcd/pkg, ssa/sort.go and
// manager_apply.go): everything first, then what is gone is deleted.
func Flux() Controller {
	return Controller{
		Name: "Flux", Manager: "kustomize-controller", Cascade: "background",
		order: []string{
			"CustomResourceDefinition", "Namespace", "ResourceQuota", "StorageClass", "ServiceAccount", "PodSecurityPolicy",
			"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "Service", "LimitRange",
			"PriorityClass", "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
		},
		last: []string{"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"},
	}
}

// sort orders objects as the controller applies them.
func (c *Controller) sort(objects []Object) {
	slices.SortStableFunc(objects, func(a, b Object) int {
		return cmp.Or(
			cmp.Compare(c.rank(a.GetKind()), c.rank(b.GetKind())),
			cmp.Compare(a.GetKind(), b.GetKind()), cmp.Compare(a.GetName(), b.GetName()))
	})
}

// rank is the place of a kind in the order.
func (c *Controller) rank(kind string) int {
	if i := slices.Index(c.order, kind); i >= 0 {
		return i - len(c.order)
	}
	return slices.Index(c.last, kind) + 1
}
