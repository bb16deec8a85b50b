package refs

import "slices"

// gatewayRows are the Gateway API (gateway-api.sigs.k8s.io/reference/spec).
func gatewayRows() []row {
	const group = "gateway.networking.k8s.io"
	const routes = "HTTPRoute|GRPCRoute|TCPRoute|TLSRoute|UDPRoute"
	backend := service("name").of("kind", "group").beside("namespace").at("port")
	secret := object("name", "Secret").of("kind", "group").beside("namespace")
	authority := object("name", "ConfigMap").of("kind", "group").beside("namespace")
	parent := object("name", group+"/Gateway").of("kind", "group").beside("namespace")
	filters := []string{"spec.rules[*].filters[*]", "spec.rules[*].backendRefs[*].filters[*]"}
	return slices.Concat(
		ofKind(group, routes, each([]string{"spec.parentRefs[*]"}, parent)...),
		ofKind(group, routes, each([]string{"spec.rules[*].backendRefs[*]"}, backend)...),
		ofKind(group, routes, each([]string{filters[0] + ".requestMirror.backendRef", filters[1] + ".requestMirror.backendRef"}, backend)...),
		ofKind(group, routes, each(filters, object("extensionRef.name", "Service").of("kind", "group"))...),
		ofKind(group, "Gateway", slices.Concat(
			each([]string{"spec.listeners[*].tls.certificateRefs[*]", "spec.tls.backend.clientCertificateRef", "spec.backendTLS.clientCertificateRef"}, secret),
			each([]string{"spec.listeners[*].tls.frontendValidation.caCertificateRefs[*]"}, authority),
			[]row{
				field("spec.listeners[*].allowedRoutes.namespaces.selector", holdsSelector),
				object("spec.gatewayClassName", group+"/GatewayClass"),
				object("spec.infrastructure.parametersRef.name", "ConfigMap").of("kind", "group"),
			})...),
		ofKind(group, "GatewayClass", object("spec.parametersRef.name", "ConfigMap").of("kind", "group").beside("namespace")),
		ofKind(group, "ReferenceGrant",
			field("spec.from[*].namespace", holdsNamespace),
			object("spec.to[*].name", "Service").of("kind", "group")),
		ofKind(group, "BackendTLSPolicy",
			object("spec.targetRefs[*].name", "Service").of("kind", "group"),
			object("spec.validation.caCertificateRefs[*].name", "ConfigMap").of("kind", "group"),
			field("spec.validation.hostname", holdsHost)),
	)
}

// proxyRows are Contour and Emissary.
func proxyRows() []row {
	const contour, proxy = "projectcontour.io", "projectcontour.io/HTTPProxy"
	backend := service("name").at("port")
	return slices.Concat(
		ofKind(contour, "HTTPProxy", slices.Concat(
			each([]string{"spec.routes[*].services[*]", "spec.tcpproxy.services[*]"}, backend),
			each([]string{"spec.includes[*]", "spec.tcpproxy.include", "spec.tcpproxy.includes[*]"}, object("name", proxy).beside("namespace")),
			[]row{
				object("spec.virtualhost.tls.secretName", "Secret").orJoined(),
				object("spec.virtualhost.authorization.extensionRef.name", contour+"/ExtensionService").beside("namespace"),
			})...),
		ofKind(contour, "ExtensionService", each([]string{"spec.services[*]"}, backend)...),
		ofKind(contour, "TLSCertificateDelegation",
			object("spec.delegations[*].secretName", "Secret"),
			field("spec.delegations[*].targetNamespaces[*]", holdsNamespace)),
		ofKind("getambassador.io|x.getambassador.io", "Mapping|TCPMapping|RateLimitService|LogService|TracingService|AuthService",
			field("spec.service", holdsDestination),
			field("spec.auth_service", holdsDestination)),
		ofKind("getambassador.io|x.getambassador.io", "Host", object("spec.tlsSecret.name", "Secret").beside("namespace")),
	)
}

// meshRows are Istio, Linkerd and the SMI split (istio.io/latest/docs/reference/config/networking).
func meshRows() []row {
	return slices.Concat(istioTraffic(), istioSecurity(), linkerd())
}

func istioTraffic() []row {
	const group = "networking.istio.io"
	var hosts []string
	for _, protocol := range []string{"http", "tcp", "tls"} {
		hosts = append(hosts, "spec."+protocol+"[*].route[*].destination")
	}
	hosts = append(hosts, "spec.http[*].mirror", "spec.http[*].mirrors[*].destination")
	gateways := object("spec.gateways[*]", group+"/Gateway").orJoined()
	matched := func(protocol string) []row {
		return each([]string{"spec." + protocol + "[*].match[*]"},
			object("gateways[*]", group+"/Gateway").orJoined(), field("sourceNamespace", holdsNamespace))
	}
	exports := field("spec.exportTo[*]", holdsNamespace)
	return slices.Concat(
		ofKind(group, "VirtualService", slices.Concat(
			each(hosts, field("host", holdsDestination).at("port.number")),
			matched("http"), matched("tcp"), matched("tls"),
			[]row{
				field("spec.hosts[*]", holdsHost), gateways, exports,
				object("spec.http[*].delegate.name", group+"/VirtualService").beside("namespace"),
			})...),
		ofKind(group, "DestinationRule",
			field("spec.host", holdsDestination), exports,
			field("spec.trafficPolicy.tls.sni", holdsHost),
			field("spec.trafficPolicy.tls.subjectAltNames[*]", holdsHost),
			object("spec.trafficPolicy.tls.credentialName", "Secret")),
		ofKind(group, "ServiceEntry", field("spec.hosts[*]", holdsHost), exports, field("spec.endpoints[*].address", holdsHost)),
		ofKind(group, "Sidecar",
			field("spec.egress[*].hosts[*]", holdsNamespaceHost)),
		ofKind(group, "Gateway",
			field("spec.servers[*].hosts[*]", holdsNamespaceHost),
			object("spec.servers[*].tls.credentialName", "Secret")),
		ofKind(group, "WorkloadEntry|WorkloadGroup", object("spec.serviceAccount", "ServiceAccount"), object("spec.template.serviceAccount", "ServiceAccount")),
	)
}

func istioSecurity() []row {
	source := []string{"spec.rules[*].from[*].source"}
	return slices.Concat(
		ofKind("security.istio.io", "AuthorizationPolicy", slices.Concat(each(source,
			field("namespaces[*]", holdsNamespace),
			field("notNamespaces[*]", holdsNamespace),
			field("principals[*]", holdsPrincipal),
			field("notPrincipals[*]", holdsPrincipal),
			object("serviceAccounts[*]", "ServiceAccount").orJoined(),
			object("notServiceAccounts[*]", "ServiceAccount").orJoined()),
			[]row{
				field("spec.rules[*].to[*].operation.hosts[*]", holdsHost),
				field("spec.rules[*].when[*].values[*]", holdsPrincipal),
				object("spec.targetRefs[*].name", "Service").of("kind", "group"),
				object("spec.targetRef.name", "Service").of("kind", "group"),
			})...),
		ofKind("security.istio.io", "RequestAuthentication", field("spec.jwtRules[*].jwksUri", holdsText), field("spec.jwtRules[*].issuer", holdsText)),
	)
}

func linkerd() []row {
	return slices.Concat(
		ofKind("linkerd.io", "ServiceProfile",
			serviceProfile(),
			field("spec.dstOverrides[*].authority", holdsText)),
		ofKind("policy.linkerd.io", "MeshTLSAuthentication",
			object("spec.identityRefs[*].name", "ServiceAccount").of("kind", "group").beside("namespace")),
		ofKind("policy.linkerd.io", "ServerAuthorization",
			object("spec.client.meshTLS.serviceAccounts[*].name", "ServiceAccount").beside("namespace"),
			object("spec.server.name", "policy.linkerd.io/Server")),
		ofKind("policy.linkerd.io", "AuthorizationPolicy", object("spec.targetRef.name", "policy.linkerd.io/Server").of("kind", "group")),
		ofKind("split.smi-spec.io", "TrafficSplit", service("spec.service"), service("spec.backends[*].service")),
	)
}
