package manifest

// IsService reports whether it names a Service of the core group.
func (id ID) IsService() bool { return id.Group == "" && id.Kind == "Service" }

// IsServiceAccount reports whether it names a ServiceAccount.
func (id ID) IsServiceAccount() bool { return id.Group == "" && id.Kind == "ServiceAccount" }

// IsConfig reports whether the object only holds data for others to read.
func (id ID) IsConfig() bool {
	return id.Group == "" && (id.Kind == "ConfigMap" || id.Kind == "Secret")
}

// IsNetworkPolicy reports whether it names a NetworkPolicy of Kubernetes itself;
// Cilium and Calico have kinds of the same name.
func (id ID) IsNetworkPolicy() bool {
	return id.Group == "networking.k8s.io" && id.Kind == "NetworkPolicy"
}
