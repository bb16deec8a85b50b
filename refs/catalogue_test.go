package refs_test

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// catalogue names every place in which a namespace or a Service is known to
// hide, with what has to be found there. What selects by labels, and an object's
// own namespace, are not texts that name something: grouping and moving show
// them. The objects are in
// testdata/catalogue.txtar, under the same names.
var catalogue = [...]struct {
	name string
	want []string // parts of lines of the case
}{
	{"identity-RoleBinding-subject-namespace", []string{"ServiceAccount other/sa beside=subjects[0].namespace"}},
	{"identity-ClusterRoleBinding-subject-namespace", []string{"ServiceAccount other/sa beside="}},
	{"identity-subject-system-serviceaccounts-group", []string{"\"other\" field Namespace other"}},
	{"identity-subject-system-serviceaccount-user", []string{"joined ServiceAccount other/sa"}},
	{"identity-Role-resourceNames", []string{"ConfigMap shop/cm"}},
	{"identity-FlowSchema-subjects-and-namespaces", []string{"ServiceAccount other/sa", "Namespace other"}},
	{"identity-cloud-IRSA", []string{"[H56]"}},
	{"identity-cloud-GKE", []string{"[H56]"}},
	{"identity-cloud-Azure", []string{"[H56]"}},
	{"identity-Vault-role", []string{"[H56]"}},
	{"api-webhook-service", []string{"Service shop/api"}},
	{"api-webhook-url", []string{"Service shop/api"}},
	{"api-webhook-namespaceSelector", []string{"Namespace shop"}},
	{"api-APIService", []string{"Service shop/api"}},
	{"api-CRD-conversion", []string{"Service shop/api"}},
	{"api-inject-ca-from", []string{"joined Certificate.cert-manager.io other/cert"}},
	{"api-inject-ca-from-secret", []string{"joined Secret other/sec"}},
	{"api-ValidatingAdmissionPolicyBinding", []string{"Namespace shop", "other"}},
	{"api-IngressClass-parameters", []string{"ConfigMap other/p"}},
	{"api-GatewayClass-parametersRef", []string{"ConfigMap other/p"}},
	{"workload-ConfigMap", []string{"ConfigMap shop/cm"}},
	{"workload-Secret", []string{"Secret shop/sec"}},
	{"workload-PVC", []string{"PersistentVolumeClaim shop/pvc"}},
	{"workload-ServiceAccount", []string{"ServiceAccount shop/sa"}},
	{"workload-pull-secrets", []string{"Secret shop/pull"}},
	{"workload-StatefulSet-serviceName", []string{"Service shop/api"}},
	{"workload-HPA-scaleTargetRef", []string{"Deployment shop/d"}},
	{"workload-VPA-targetRef", []string{"Deployment shop/d"}},
	{"workload-KEDA-scaleTargetRef", []string{"Deployment shop/d"}},
	{"workload-env", []string{"Service shop/api"}},
	{"workload-envFrom", []string{"Secret shop/sec"}},
	{"workload-args", []string{"Service shop/api"}},
	{"workload-command", []string{"Service shop/api"}},
	{"workload-probes", []string{"Service shop/api", "scheme=http"}},
	{"workload-lifecycle", []string{"Service shop/api"}},
	{"workload-initContainers", []string{"Service shop/api"}},
	{"workload-sidecars", []string{"Service shop/api"}},
	{"file-nginx", []string{"Service shop/api"}},
	{"file-properties", []string{"Service shop/api"}},
	{"file-JSON", []string{"Service shop/api"}},
	{"file-YAML", []string{"Service shop/api"}},
	{"file-TOML", []string{"Service shop/api"}},
	{"secret-stringData", []string{"Service shop/api"}},
	{"secret-data", []string{"Service shop/api", "base64"}},
	{"workload-SERVICE-HOST", []string{"[H20]"}},
	{"form-svc", []string{"Service shop/api"}},
	{"form-svc-port", []string{"Service shop/api"}},
	{"form-scheme-with-user-and-password", []string{"Service shop/api"}},
	{"form-svc-ns", []string{"svc.ns Service"}},
	{"form-svc-ns-svc", []string{"svc.ns.svc Service"}},
	{"form-svc-ns-svc-domain", []string{"full Service"}},
	{"form-trailing-dot", []string{"dot"}},
	{"form-jdbc", []string{"Service shop/api"}},
	{"form-dns", []string{"Service shop/api"}},
	{"form-multi-host-list", []string{"prefix=api-0.", "prefix=api-1."}},
	{"form-brokers", []string{"Service shop/api", "Service other/web"}},
	{"form-per-pod-name", []string{"prefix=pod-0."}},
	{"form-SRV-name", []string{"prefix=_http._tcp."}},
	{"form-mongodb-srv", []string{"scheme=mongodb+srv"}},
	{"word-URL-authority", []string{"Service shop/api"}},
	{"word-port-of-the-Service", []string{"Service shop/api"}},
	{"word-key", []string{"Service shop/api"}},
	{"word-flag", []string{"Service shop/api"}},
	{"word-possible", []string{"possible"}},
	{"namespace-POD-NAMESPACE", []string{"Namespace shop"}},
	{"namespace-WATCH-NAMESPACE", []string{"Namespace shop"}},
	{"namespace-namespace", []string{"Namespace shop"}},
	{"namespace-leader-election-namespace", []string{"Namespace shop"}},
	{"namespace-kubectl-n", []string{"Namespace shop"}},
	{"namespace-downward-API", []string{"[H22]"}},
	{"pod-dnsConfig-searches", []string{"Namespace shop"}},
	{"pod-subdomain", []string{"Service shop/api"}},
	{"pod-hostAliases", []string{"Service shop/api"}},
	{"pod-affinity-namespaces", []string{"Namespace shop"}},
	{"pod-affinity-namespaceSelector", []string{"Namespace shop"}},
	{"storage-PV-claimRef", []string{"PersistentVolumeClaim other/pvc"}},
	{"storage-VolumeSnapshotContent", []string{"VolumeSnapshot other/s"}},
	{"storage-PVC-dataSourceRef", []string{"VolumeSnapshot other/s"}},
	{"storage-CSI-secretRef", []string{"Secret other/sec"}},
	{"storage-StorageClass-secret", []string{"Secret other/sec"}},
	{"service-externalName", []string{"Service other/web"}},
	{"service-Endpoints-targetRef", []string{"Pod other/p"}},
	{"service-EndpointSlice-targetRef", []string{"Pod other/p"}},
	{"service-ServiceExport", []string{"clusterset.local"}},
	{"service-ServiceImport", []string{"clusterset.local"}},
	{"service-external-dns-target", []string{"Service shop/api"}},
	{"ingress-backend", []string{"Service shop/api"}},
	{"ingress-tls-secret", []string{"Secret shop/sec"}},
	{"ingress-auth-secret", []string{"Secret other/sec"}},
	{"ingress-auth-tls-secret", []string{"Secret other/sec"}},
	{"ingress-auth-url", []string{"Service shop/api"}},
	{"ingress-default-backend", []string{"Service shop/api"}},
	{"ingress-snippet", []string{"Service shop/api"}},
	{"ingress-tcp-services", []string{"joined Service shop/api"}},
	{"traefik-IngressRoute-service", []string{"Service other/web"}},
	{"traefik-IngressRouteTCP-service", []string{"Service other/web"}},
	{"traefik-IngressRouteUDP-service", []string{"Service other/web"}},
	{"traefik-middlewares", []string{"Middleware.traefik.io other/m"}},
	{"traefik-tls-options", []string{"TLSOption.traefik.io other/o"}},
	{"traefik-tls-store", []string{"TLSStore.traefik.io other/o"}},
	{"traefik-TraefikService", []string{"Service other/web"}},
	{"traefik-forwardAuth", []string{"Service shop/api"}},
	{"traefik-kubernetescrd", []string{"Middleware.traefik.io shop/m"}},
	{"gateway-parentRefs", []string{"Gateway other/g"}},
	{"gateway-backendRefs", []string{"Service other/web"}},
	{"gateway-certificateRefs", []string{"Secret other/sec"}},
	{"gateway-allowedRoutes", []string{"Namespace shop"}},
	{"gateway-ReferenceGrant", []string{"Namespace other", "Service shop/api"}},
	{"mesh-Contour-includes", []string{"HTTPProxy.projectcontour.io other/p"}},
	{"mesh-Emissary-Mapping", []string{"Service shop/api"}},
	{"mesh-Istio-VirtualService", []string{"Service shop/api", "Gateway.networking.istio.io other/g", "Namespace other"}},
	{"mesh-Istio-DestinationRule", []string{"Service shop/api"}},
	{"mesh-Istio-ServiceEntry", []string{"Service shop/api", "Namespace other"}},
	{"mesh-Istio-Sidecar", []string{"Namespace other"}},
	{"mesh-Istio-AuthorizationPolicy-namespaces", []string{"Namespace other"}},
	{"mesh-Istio-AuthorizationPolicy-principals", []string{"other"}},
	{"mesh-Linkerd-ServiceProfile", []string{"named after the full name of its Service"}},
	{"policy-namespaceSelector-by-name", []string{"Namespace other"}},
	{"policy-namespaceSelector-by-another-label", []string{"Namespace other possible"}},
	{"policy-AdminNetworkPolicy", []string{"shop"}},
	{"policy-Cilium", []string{"policy"}},
	{"policy-Calico", []string{"polic"}},
	{"certificate-dnsNames-and-commonName", []string{"Service shop/api", "full Service shop/api"}},
	{"certificate-issuerRef", []string{"Issuer.cert-manager.io shop/i"}},
	{"secret-SealedSecret", []string{"seal"}},
	{"secret-ExternalSecret", []string{"SecretStore.external-secrets.io shop/s"}},
	{"secret-ClusterSecretStore", []string{"Namespace shop", "ServiceAccount other/sa"}},
	{"monitoring-matchNames", []string{"Namespace shop"}},
	{"monitoring-PodMonitor-matchNames", []string{"Namespace shop"}},
	{"monitoring-serverName", []string{"Service shop/api"}},
	{"monitoring-PrometheusRule", []string{"Namespace shop"}},
	{"monitoring-KEDA-serverAddress", []string{"Service shop/api"}},
	{"delivery-Argo-CD-destination", []string{"Namespace shop"}},
	{"delivery-Flux-targetNamespace", []string{"Namespace shop"}},
	{"delivery-Flux-sourceRef", []string{"GitRepository.source.toolkit.fluxcd.io other/g"}},
	{"delivery-Flux-dependsOn", []string{"Kustomization.kustomize.toolkit.fluxcd.io other/k"}},
	{"delivery-Flux-healthChecks", []string{"Deployment other/d"}},
	{"delivery-Helm-release-namespace", []string{"[H91]"}},
}

// TestCatalogue walks the catalogue: no row is without a case, no case is without
// a row, and what a row asks for is found.
func TestCatalogue(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/catalogue.txtar")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{"services": true}
	for _, row := range catalogue {
		rows[row.name] = true
		t.Run(row.name, func(t *testing.T) {
			input := section(archive, row.name+".yaml")
			if input == nil {
				t.Fatal("the archive has no such object")
			}
			got := string(scanCase(t, section(archive, "services.yaml"), input))
			for _, want := range row.want {
				if !strings.Contains(got, want) {
					t.Errorf("found is not %s, but:\n%s", want, got)
				}
			}
		})
	}
	for _, f := range archive.Files {
		if name, ok := strings.CutSuffix(f.Name, ".yaml"); ok && !rows[name] {
			t.Errorf("%s is no row of the catalogue", name)
		}
	}
}
