package refs

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
)

// identityRows are RBAC, ServiceAccounts and API priority.
func identityRows() []row {
	const rebind = "let the new namespace's ServiceAccount in at the provider before the app is deployed there"
	cloud := func(annotation, say string) row {
		return residue(`metadata.annotations["`+annotation+`"]`, "H56", diag.Warning, say, rebind)
	}
	return slices.Concat(
		ofKind("rbac.authorization.k8s.io", "RoleBinding|ClusterRoleBinding",
			field("subjects[*]", holdsSubject),
			object("roleRef.name", "rbac.authorization.k8s.io/Role").of("kind", "apiGroup")),
		ofKind("rbac.authorization.k8s.io", "Role", field("rules[*]", holdsNames)),
		ofKind("flowcontrol.apiserver.k8s.io", "FlowSchema",
			object("spec.rules[*].subjects[*].serviceAccount.name", "ServiceAccount").beside("namespace"),
			field("spec.rules[*].subjects[*].user", holdsSubject),
			field("spec.rules[*].subjects[*].group", holdsSubject),
			field("spec.rules[*].resourceRules[*].namespaces[*]", holdsNamespace)),
		ofKind("", "ServiceAccount",
			object("secrets[*].name", "Secret"),
			object("imagePullSecrets[*].name", "Secret"),
			cloud("eks.amazonaws.com/role-arn", "the trust policy of this IAM role names system:serviceaccount:<namespace>:<name>"),
			cloud("iam.gke.io/gcp-service-account", "Workload Identity binds this Google service account to <project>.svc.id.goog[<namespace>/<name>]"),
			cloud("azure.workload.identity/client-id", "the federated credential of this identity names system:serviceaccount:<namespace>:<name>"),
			cloud("vault.hashicorp.com/role", "Vault binds this role to namespaces and ServiceAccounts")),
		ofKind("", "Secret", object(`metadata.annotations["kubernetes.io/service-account.name"]`, "ServiceAccount")),
	)
}

// plumbingRows are the objects by which the API server calls Services.
func plumbingRows() []row {
	client := []row{service("service.name").beside("namespace").at("port"), field("url", holdsText)}
	var webhooks []row
	for _, r := range client {
		if r.holds == holdsName {
			r.path = "clientConfig.service.name"
		} else {
			r.path = "clientConfig.url"
		}
		webhooks = append(webhooks, r)
	}
	webhooks = append(webhooks, field("namespaceSelector", holdsSelector))
	return slices.Concat(
		ofKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration|MutatingWebhookConfiguration", each([]string{"webhooks[*]"}, webhooks...)...),
		ofKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicy|MutatingAdmissionPolicy", field("spec.matchConstraints.namespaceSelector", holdsSelector)),
		ofKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding|MutatingAdmissionPolicyBinding",
			field("spec.matchResources.namespaceSelector", holdsSelector),
			field("spec.paramRef.namespace", holdsNamespace)),
		ofKind("apiregistration.k8s.io", "APIService", service("spec.service.name").beside("namespace").at("port")),
		ofKind("apiextensions.k8s.io", "CustomResourceDefinition",
			each([]string{"spec.conversion.webhook.clientConfig", "spec.conversion.webhookClientConfig"}, client...)...),
	)
}

// policyRows are NetworkPolicies, and the policies that rehome cannot rewrite.
func policyRows() []row {
	custom := func(group, kinds string) []row {
		return ofKind(group, kinds, residue("metadata.name", diag.CodeReference, diag.Warning,
			"rehome does not evaluate or rewrite this kind of policy, which may select by namespace",
			"check by hand that it allows the calls at the new place, and keep the old rules until the end"))
	}
	return slices.Concat(
		ofKind("networking.k8s.io|extensions", "NetworkPolicy",
			field("spec.ingress[*].from[*].namespaceSelector", holdsSelector),
			field("spec.egress[*].to[*].namespaceSelector", holdsSelector)),
		custom("policy.networking.k8s.io", "AdminNetworkPolicy|BaselineAdminNetworkPolicy|ClusterNetworkPolicy"),
		custom("cilium.io", "CiliumNetworkPolicy|CiliumClusterwideNetworkPolicy"),
		custom("crd.projectcalico.org|projectcalico.org", "NetworkPolicy|GlobalNetworkPolicy|StagedNetworkPolicy|StagedGlobalNetworkPolicy|NetworkSet|GlobalNetworkSet|Tier"),
	)
}

// certificateRows are those of cert-manager.
func certificateRows() []row {
	issuer := object("spec.issuerRef.name", "cert-manager.io/Issuer").of("kind", "group")
	return slices.Concat(
		ofKind("cert-manager.io", "Certificate",
			field("spec.dnsNames[*]", holdsHost),
			field("spec.commonName", holdsHost),
			field("spec.uris[*]", holdsText),
			issuer,
			object("spec.secretName", "Secret"),
			object("spec.keystores.*.passwordSecretRef.name", "Secret")),
		ofKind("cert-manager.io", "CertificateRequest", issuer),
		ofKind("cert-manager.io", "Issuer",
			object("spec.ca.secretName", "Secret"),
			object("spec.acme.privateKeySecretRef.name", "Secret"),
			object("spec.acme.solvers[*].dns01.*.*.name", "Secret"),
			object("spec.vault.auth.*.secretRef.name", "Secret"),
			object("spec.vault.auth.kubernetes.serviceAccountRef.name", "ServiceAccount"),
			field("spec.vault.server", holdsText)),
		ofKind("cert-manager.io", "ClusterIssuer", field("spec.vault.server", holdsText)),
	)
}

// secretRows are the operators that make Secrets.
func secretRows() []row {
	const store = "external-secrets.io/SecretStore"
	return slices.Concat(
		ofKind("bitnami.com", "SealedSecret",
			residue("spec.encryptedData", "H57", diag.Warning,
				"unless it is sealed cluster-wide, a SealedSecret can be opened in its namespace and, in the strict scope, under its name only",
				"seal it again for the new namespace (kubeseal --namespace) and add it to the sources there"),
			field("spec.template.metadata.namespace", holdsNamespace)),
		ofKind("external-secrets.io", "ExternalSecret",
			object("spec.secretStoreRef.name", store).of("kind", ""),
			object("spec.data[*].sourceRef.storeRef.name", store).of("kind", ""),
			object("spec.dataFrom[*].sourceRef.storeRef.name", store).of("kind", ""),
			object("spec.target.name", "Secret")),
		ofKind("external-secrets.io", "ClusterExternalSecret",
			field("spec.namespaces[*]", holdsNamespace),
			field("spec.namespaceSelector", holdsSelector),
			field("spec.namespaceSelectors[*]", holdsSelector)),
		ofKind("external-secrets.io", "SecretStore|ClusterSecretStore", append(each(
			[]string{"spec.provider.*.auth.*", "spec.provider.*.auth", "spec.provider.*.auth.*.*"},
			object("secretRef.name", "Secret").beside("namespace"),
			object("tokenSecretRef.name", "Secret").beside("namespace"),
			object("serviceAccountRef.name", "ServiceAccount").beside("namespace")),
			field("spec.provider.vault.server", holdsText),
			field("spec.conditions[*].namespaces[*]", holdsNamespace),
			field("spec.conditions[*].namespaceSelector", holdsSelector))...),
		ofKind("secrets-store.csi.x-k8s.io", "SecretProviderClass",
			object("spec.secretObjects[*].secretName", "Secret"),
			field("spec.parameters.*", holdsText)),
	)
}
