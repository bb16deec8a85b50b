package refs

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
)

func serviceProfile() row {
	return residue("metadata.name", diag.CodeReference, diag.Warning,
		"a ServiceProfile is named after the full name of its Service, namespace included",
		"add a ServiceProfile for the new name; the old one serves the old name until that is deleted")
}

// monitoringRows are the Prometheus operator (prometheus-operator.dev/docs/api-reference).
func monitoringRows() []row {
	const group = "monitoring.coreos.com"
	credentials := []row{
		field("tlsConfig.serverName", holdsHost),
		object("bearerTokenSecret.name", "Secret"),
		object("authorization.credentials.name", "Secret"),
		object("basicAuth.username.name", "Secret"),
		object("basicAuth.password.name", "Secret"),
		object("tlsConfig.ca.secret.name", "Secret"),
		object("tlsConfig.ca.configMap.name", "ConfigMap"),
		object("tlsConfig.cert.secret.name", "Secret"),
		object("tlsConfig.keySecret.name", "Secret"),
	}
	scraped := append(each([]string{"spec.endpoints[*]", "spec.podMetricsEndpoints[*]", "spec"}, credentials...),
		field("spec.namespaceSelector.matchNames[*]", holdsNamespace),
		field("spec.targets.ingress.namespaceSelector.matchNames[*]", holdsNamespace),
		field("spec.prober.url", holdsText),
		field("spec.targets.staticConfig.static[*]", holdsText))
	return slices.Concat(
		ofKind(group, "ServiceMonitor|PodMonitor|Probe", scraped...),
		ofKind(group, "PrometheusRule",
			field("spec.groups[*].rules[*].expr", holdsText),
			field("spec.groups[*].rules[*].labels.*", holdsText),
			field("spec.groups[*].rules[*].annotations.*", holdsText)),
		ofKind(group, "Prometheus|PrometheusAgent|ThanosRuler",
			service("spec.alerting.alertmanagers[*].name").beside("namespace").at("port"),
			object("spec.secrets[*]", "Secret"),
			object("spec.configMaps[*]", "ConfigMap")),
	)
}

// deliveryRows are Argo CD, Argo Rollouts, Flux and Knative.
func deliveryRows() []row {
	return slices.Concat(argoRows(), fluxRows(), knativeRows())
}

func argoRows() []row {
	const group = "argoproj.io"
	return slices.Concat(
		ofKind(group, "Application", field("spec.destination.namespace", holdsNamespace)),
		ofKind(group, "ApplicationSet", field("spec.template.spec.destination.namespace", holdsNamespace)),
		ofKind(group, "AppProject",
			field("spec.destinations[*].namespace", holdsNamespace),
			field("spec.sourceNamespaces[*]", holdsNamespace)),
		ofKind(group, "Rollout",
			service("spec.strategy.canary.stableService"),
			service("spec.strategy.canary.canaryService"),
			service("spec.strategy.canary.pingPong.pingService"),
			service("spec.strategy.canary.pingPong.pongService"),
			service("spec.strategy.blueGreen.activeService"),
			service("spec.strategy.blueGreen.previewService"),
			object("spec.workloadRef.name", "apps/Deployment").of("kind", "apiVersion"),
			object("spec.strategy.canary.trafficRouting.nginx.stableIngress", "networking.k8s.io/Ingress"),
			object("spec.strategy.canary.trafficRouting.istio.virtualService.name", "networking.istio.io/VirtualService")),
	)
}

func fluxRows() []row {
	const kustomize, helm, source = "kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io", "source.toolkit.fluxcd.io"
	from := func(path, target string) row {
		return object(path, target).of("kind", "apiVersion").beside("namespace")
	}
	values := object("spec.valuesFrom[*].name", "ConfigMap").of("kind", "")
	return slices.Concat(
		ofKind(kustomize, "Kustomization",
			field("spec.targetNamespace", holdsNamespace),
			from("spec.sourceRef.name", source+"/GitRepository"),
			from("spec.dependsOn[*].name", kustomize+"/Kustomization"),
			from("spec.healthChecks[*].name", "apps/Deployment"),
			object("spec.postBuild.substituteFrom[*].name", "ConfigMap").of("kind", ""),
			object("spec.decryption.secretRef.name", "Secret"),
			object("spec.serviceAccountName", "ServiceAccount"),
			object("spec.kubeConfig.secretRef.name", "Secret")),
		ofKind(helm, "HelmRelease",
			field("spec.targetNamespace", holdsNamespace),
			field("spec.storageNamespace", holdsNamespace),
			from("spec.chart.spec.sourceRef.name", source+"/HelmRepository"),
			from("spec.chartRef.name", source+"/OCIRepository"),
			from("spec.dependsOn[*].name", helm+"/HelmRelease"),
			values,
			object("spec.serviceAccountName", "ServiceAccount")),
		ofKind(source, "GitRepository|HelmRepository|OCIRepository|Bucket", object("spec.secretRef.name", "Secret")),
		ofKind("notification.toolkit.fluxcd.io", "Alert",
			object("spec.providerRef.name", "notification.toolkit.fluxcd.io/Provider"),
			from("spec.eventSources[*].name", kustomize+"/Kustomization")),
		ofKind("notification.toolkit.fluxcd.io", "Receiver", from("spec.resources[*].name", source+"/GitRepository")),
	)
}

func knativeRows() []row {
	refs := []string{"spec.subscriber.ref", "spec.sink.ref", "spec.reply.ref", "spec.delivery.deadLetterSink.ref"}
	return ofKind("eventing.knative.dev|messaging.knative.dev|sources.knative.dev|flows.knative.dev", "*",
		each(refs, service("name").of("kind", "apiVersion").beside("namespace"))...)
}
