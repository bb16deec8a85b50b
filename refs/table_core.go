package refs

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
)

// anyRows are fields that objects of every kind can have.
func anyRows() []row {
	return ofKind("*", "*",
		joined(`metadata.annotations["cert-manager.io/inject-ca-from"]`, "cert-manager.io/Certificate"),
		joined(`metadata.annotations["cert-manager.io/inject-ca-from-secret"]`, "Secret"),
		object(`metadata.annotations["cert-manager.io/issuer"]`, "cert-manager.io/Issuer"),
		object(`metadata.annotations["cert-manager.io/cluster-issuer"]`, "cert-manager.io/ClusterIssuer"),
		field(`metadata.annotations["external-dns.alpha.kubernetes.io/target"]`, holdsHost),
		field(`metadata.annotations["external-dns.alpha.kubernetes.io/hostname"]`, holdsHost),
		field(`metadata.annotations["external-dns.alpha.kubernetes.io/internal-hostname"]`, holdsHost),
		residue(`metadata.annotations["meta.helm.sh/release-namespace"]`, "H91", diag.Warning,
			"a Helm release owns this object, and uninstalling or upgrading the release changes it",
			"take the object over from Helm first: helm.sh/resource-policy: keep, then drop the meta.helm.sh annotations"),
	)
}

// coreRows are the built-in kinds that carry configuration or addresses.
func coreRows() []row {
	return slices.Concat(
		ofKind("", "ConfigMap", field("data", holdsData), field("binaryData", holdsEncoded)),
		ofKind("", "Secret", field("stringData", holdsData), field("data", holdsEncoded)),
		ofKind("", "Service",
			field("spec.externalName", holdsHost),
			object(`metadata.annotations["traefik.ingress.kubernetes.io/service.serverstransport"]`, "traefik.io/ServersTransport").middleware()),
		ofKind("", "Endpoints", each([]string{"subsets[*].addresses[*]", "subsets[*].notReadyAddresses[*]"},
			object("targetRef.name", "Pod").of("kind", "apiVersion").beside("namespace"))...),
		ofKind("discovery.k8s.io", "EndpointSlice",
			object("endpoints[*].targetRef.name", "Pod").of("kind", "apiVersion").beside("namespace"),
			service(`metadata.labels["kubernetes.io/service-name"]`)),
		ofKind("multicluster.x-k8s.io", "ServiceExport|ServiceImport",
			residue("metadata.name", diag.CodeReference, diag.Warning,
				"other clusters call this Service as <name>.<namespace>.svc.clusterset.local, which changes with its namespace",
				"export the Service from the new namespace first and reconfigure the callers in the other clusters")),
	)
}

// storageRows are volumes, claims, snapshots and storage classes.
func storageRows() []row {
	out := slices.Concat(
		ofKind("", "PersistentVolumeClaim", claimRows("spec")...),
		ofKind("", "PersistentVolume", persistentVolumeRows()...),
		ofKind("snapshot.storage.k8s.io", "VolumeSnapshot",
			object("spec.source.persistentVolumeClaimName", "PersistentVolumeClaim"),
			object("spec.source.volumeSnapshotContentName", "snapshot.storage.k8s.io/VolumeSnapshotContent"),
			object("spec.volumeSnapshotClassName", "snapshot.storage.k8s.io/VolumeSnapshotClass")),
		ofKind("snapshot.storage.k8s.io", "VolumeSnapshotContent",
			object("spec.volumeSnapshotRef.name", "snapshot.storage.k8s.io/VolumeSnapshot").beside("namespace")),
	)
	return append(out, storageClassRows()...)
}

func persistentVolumeRows() []row {
	out := []row{
		object("spec.claimRef.name", "PersistentVolumeClaim").beside("namespace"),
		object("spec.storageClassName", "storage.k8s.io/StorageClass"),
		object("spec.azureFile.secretName", "Secret").beside("secretNamespace"),
		object("spec.glusterfs.endpoints", "Endpoints").beside("endpointsNamespace"),
		field("spec.nfs.server", holdsHost),
	}
	return append(out, each([]string{
		"spec.csi.nodePublishSecretRef", "spec.csi.nodeStageSecretRef", "spec.csi.nodeExpandSecretRef",
		"spec.csi.controllerPublishSecretRef", "spec.csi.controllerExpandSecretRef",
		"spec.cephfs.secretRef", "spec.cinder.secretRef", "spec.flexVolume.secretRef", "spec.iscsi.secretRef",
		"spec.rbd.secretRef", "spec.scaleIO.secretRef", "spec.storageos.secretRef",
	}, object("name", "Secret").beside("namespace"))...)
}

// storageClassRows are the parameters that external provisioners read
// (kubernetes-csi.github.io/docs/secrets-and-credentials-storage-class.html) and
// those of the former in-tree plugins.
func storageClassRows() []row {
	var classes []row
	for _, use := range []string{"provisioner", "node-publish", "node-stage", "node-expand", "controller-publish", "controller-expand"} {
		classes = append(classes, secretParameter("csi.storage.k8s.io/"+use))
	}
	classes = append(classes,
		object("parameters.adminSecretName", "Secret").beside("adminSecretNamespace"),
		object("parameters.userSecretName", "Secret").beside("userSecretNamespace"),
		object("parameters.secretName", "Secret").beside("secretNamespace"),
		object("parameters.restsecretname", "Secret").beside("restsecretnamespace"))
	return slices.Concat(
		ofKind("storage.k8s.io", "StorageClass", classes...),
		ofKind("snapshot.storage.k8s.io", "VolumeSnapshotClass",
			secretParameter("csi.storage.k8s.io/snapshotter"), secretParameter("csi.storage.k8s.io/snapshotter-list")),
	)
}

func secretParameter(prefix string) row {
	return object(`parameters["`+prefix+`-secret-name"]`, "Secret").beside(prefix + "-secret-namespace")
}
