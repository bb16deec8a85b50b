package refs

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
)

// workloadRows says where built-in kinds have a pod template. Kinds of other
// groups are searched for pod templates by their shape, see walk.shape.
func workloadRows() []row {
	const vault = `metadata.annotations["vault.hashicorp.com/role"]`
	const networks = `metadata.annotations["k8s.v1.cni.cncf.io/networks"]`
	return slices.Concat(
		ofKind("", "Pod", field("spec", holdsPod), vaultRole(vault), attached(networks)),
		ofKind("", "PodTemplate|ReplicationController", podTemplates("template", "spec.template", vault, networks)...),
		ofKind("apps|batch|extensions", "Deployment|StatefulSet|DaemonSet|ReplicaSet|Job", podTemplates("spec.template", "", vault, networks)...),
		ofKind("batch", "CronJob", podTemplates("spec.jobTemplate.spec.template", "", vault, networks)...),
		ofKind("apps", "StatefulSet", append([]row{service("spec.serviceName")}, claimRows("spec.volumeClaimTemplates[*].spec")...)...),
		ofKind("autoscaling", "HorizontalPodAutoscaler",
			object("spec.scaleTargetRef.name", "apps/Deployment").of("kind", "apiVersion"),
			object("spec.metrics[*].object.describedObject.name", "Service").of("kind", "apiVersion"),
			object("spec.metrics[*].object.target.name", "Service").of("kind", "apiVersion")),
		ofKind("autoscaling.k8s.io", "VerticalPodAutoscaler", object("spec.targetRef.name", "apps/Deployment").of("kind", "apiVersion")),
		ofKind("keda.sh", "ScaledObject|ScaledJob",
			object("spec.scaleTargetRef.name", "apps/Deployment").of("kind", "apiVersion"),
			object("spec.triggers[*].authenticationRef.name", "keda.sh/TriggerAuthentication").of("kind", ""),
			field("spec.triggers[*].metadata.*", holdsText)),
		ofKind("keda.sh", "TriggerAuthentication",
			object("spec.secretTargetRef[*].name", "Secret"),
			object("spec.configMapTargetRef[*].name", "ConfigMap")),
	)
}

func podTemplates(path, other, vault, networks string) []row {
	paths := []string{path}
	if other != "" {
		paths = append(paths, other)
	}
	return each(paths, field("spec", holdsPod), vaultRole(vault), attached(networks))
}

func vaultRole(path string) row {
	return residue(path, "H56", diag.Warning,
		"Vault binds this role to namespaces and ServiceAccounts", "bind the role to the new namespace before the app is deployed there")
}

func attached(path string) row {
	return residue(path, diag.CodeReference, diag.Warning,
		"networks are attached by name, some as namespace/name", "make the NetworkAttachmentDefinition available in the new namespace")
}

// podRows is the table of a pod's spec; its paths begin there.
func podRows() []row {
	return slices.Concat(
		volumeRows(),
		each([]string{"containers[*]", "initContainers[*]", "ephemeralContainers[*]"}, containerRows()...),
		[]row{
			object("serviceAccountName", "ServiceAccount"),
			object("serviceAccount", "ServiceAccount"),
			object("imagePullSecrets[*].name", "Secret"),
			object("priorityClassName", "scheduling.k8s.io/PriorityClass"),
			object("runtimeClassName", "node.k8s.io/RuntimeClass"),
			object("resourceClaims[*].resourceClaimName", "resource.k8s.io/ResourceClaim"),
			object("resourceClaims[*].resourceClaimTemplateName", "resource.k8s.io/ResourceClaimTemplate"),
			service("subdomain"),
			field("hostAliases[*].hostnames[*]", holdsHost),
			field("hostAliases[*].ip", holdsAddress),
			field("dnsConfig.searches[*]", holdsSearch),
			field("dnsConfig.nameservers[*]", holdsAddress),
		},
		each([]string{
			"affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[*]",
			"affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[*].podAffinityTerm",
			"affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[*]",
			"affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[*].podAffinityTerm",
		}, field("namespaces[*]", holdsNamespace), field("namespaceSelector", holdsSelector)),
	)
}

func volumeRows() []row {
	return slices.Concat(each([]string{"volumes[*]"},
		object("configMap.name", "ConfigMap"),
		object("secret.secretName", "Secret"),
		object("persistentVolumeClaim.claimName", "PersistentVolumeClaim"),
		object("projected.sources[*].configMap.name", "ConfigMap"),
		object("projected.sources[*].secret.name", "Secret"),
		field("projected.sources[*].downwardAPI.items[*].fieldRef.fieldPath", holdsFieldPath),
		field("downwardAPI.items[*].fieldRef.fieldPath", holdsFieldPath),
		object("csi.nodePublishSecretRef.name", "Secret"),
		object("csi.volumeAttributes.secretProviderClass", "secrets-store.csi.x-k8s.io/SecretProviderClass"),
		object("azureFile.secretName", "Secret"),
		object("glusterfs.endpoints", "Endpoints"),
		field("nfs.server", holdsHost),
	),
		each([]string{"volumes[*].cephfs", "volumes[*].cinder", "volumes[*].flexVolume", "volumes[*].iscsi", "volumes[*].rbd", "volumes[*].scaleIO", "volumes[*].storageos"},
			object("secretRef.name", "Secret")),
		claimRows("volumes[*].ephemeral.volumeClaimTemplate.spec"))
}

// containerRows is the table of a container; its paths begin there.
func containerRows() []row {
	return slices.Concat([]row{
		field("env[*].value", holdsText).called("name"),
		object("env[*].valueFrom.configMapKeyRef.name", "ConfigMap"),
		object("env[*].valueFrom.secretKeyRef.name", "Secret"),
		field("env[*].valueFrom.fieldRef.fieldPath", holdsFieldPath),
		object("envFrom[*].configMapRef.name", "ConfigMap"),
		object("envFrom[*].secretRef.name", "Secret"),
		field("command", holdsArguments),
		field("args", holdsArguments),
	}, each([]string{"livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"},
		field("exec.command", holdsArguments),
		field("httpGet.host", holdsHost),
		field("httpGet.httpHeaders[*].value", holdsText).called("name"),
		field("tcpSocket.host", holdsHost),
	))
}

// claimRows is the table of a PersistentVolumeClaim's spec at a path.
func claimRows(path string) []row {
	const snapshot = "snapshot.storage.k8s.io/VolumeSnapshot"
	return each([]string{path},
		object("volumeName", "PersistentVolume"),
		object("storageClassName", "storage.k8s.io/StorageClass"),
		object("dataSource.name", snapshot).of("kind", "apiGroup"),
		object("dataSourceRef.name", snapshot).of("kind", "apiGroup").beside("namespace"))
}
