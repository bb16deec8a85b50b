package manifest

// ClusterScoped reports whether a built-in kind has no namespace. Of custom
// resources only their definition knows.
//
// The table is what `kubectl api-resources --namespaced=false` lists.
func ClusterScoped(group, kind string) bool {
	switch group {
	case "":
		switch kind {
		case "ComponentStatus", "Namespace", "Node", "PersistentVolume":
			return true
		}
	case "admissionregistration.k8s.io":
		return true
	case "apiextensions.k8s.io":
		return kind == "CustomResourceDefinition"
	case "apiregistration.k8s.io":
		return kind == "APIService"
	case "authentication.k8s.io":
		return true
	case "authorization.k8s.io":
		return kind == "SelfSubjectAccessReview" || kind == "SelfSubjectRulesReview" || kind == "SubjectAccessReview"
	case "certificates.k8s.io":
		return kind == "CertificateSigningRequest" || kind == "ClusterTrustBundle"
	case "flowcontrol.apiserver.k8s.io":
		return true
	case "internal.apiserver.k8s.io":
		return kind == "StorageVersion"
	case "networking.k8s.io":
		return kind == "IngressClass" || kind == "IPAddress" || kind == "ServiceCIDR"
	case "node.k8s.io":
		return kind == "RuntimeClass"
	case "policy":
		return kind == "PodSecurityPolicy"
	case "rbac.authorization.k8s.io":
		return kind == "ClusterRole" || kind == "ClusterRoleBinding"
	case "resource.k8s.io":
		return kind == "DeviceClass" || kind == "ResourceSlice" || kind == "DeviceTaintRule"
	case "scheduling.k8s.io":
		return kind == "PriorityClass"
	case "storage.k8s.io":
		return kind != "CSIStorageCapacity"
	case "storagemigration.k8s.io":
		return kind == "StorageVersionMigration"
	}
	return false
}
