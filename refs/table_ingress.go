package refs

import "slices"

// ingressRows are the Ingress API and the annotations of ingress-nginx and
// Traefik (kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations).
func ingressRows() []row {
	nginx := func(name string) string {
		return `metadata.annotations["nginx.ingress.kubernetes.io/` + name + `"]`
	}
	traefik := func(name string) string {
		return `metadata.annotations["traefik.ingress.kubernetes.io/` + name + `"]`
	}
	backends := each([]string{"spec.defaultBackend", "spec.backend", "spec.rules[*].http.paths[*].backend"},
		service("service.name").at("port.number|port.name"),
		service("serviceName").at("servicePort"), // the beta APIs
		object("resource.name", "Service").of("kind", "apiGroup"))
	rows := append(backends,
		object("spec.tls[*].secretName", "Secret"),
		object("spec.ingressClassName", "networking.k8s.io/IngressClass"),
		object(nginx("auth-secret"), "Secret").orJoined(),
		joined(nginx("auth-tls-secret"), "Secret"),
		joined(nginx("proxy-ssl-secret"), "Secret"),
		joined(nginx("auth-proxy-set-headers"), "ConfigMap"),
		joined(nginx("custom-headers"), "ConfigMap"),
		object(nginx("fastcgi-params-configmap"), "ConfigMap").orJoined(),
		service(nginx("default-backend")),
		object(traefik("router.middlewares"), "traefik.io/Middleware").middleware(),
		object(traefik("router.tls.options"), "traefik.io/TLSOption").middleware(),
		field(nginx("upstream-vhost"), holdsHost),
		field(nginx("proxy-ssl-name"), holdsHost),
	)
	for _, name := range []string{
		"auth-url", "auth-signin", "permanent-redirect", "temporal-redirect", "mirror-target", "app-root",
		"configuration-snippet", "server-snippet", "auth-snippet", "modsecurity-snippet",
	} {
		rows = append(rows, field(nginx(name), holdsText))
	}
	return slices.Concat(
		ofKind("networking.k8s.io|extensions", "Ingress", rows...),
		ofKind("networking.k8s.io", "IngressClass", object("spec.parameters.name", "ConfigMap").of("kind", "apiGroup").beside("namespace")),
		ofKind("externaldns.k8s.io", "DNSEndpoint", field("spec.endpoints[*].targets[*]", holdsHost)),
	)
}

// traefikRows are Traefik's custom resources, under both of its API groups
// (doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd).
func traefikRows() []row {
	const groups = "traefik.io|traefik.containo.us"
	backend := service("name").of("kind", "").beside("namespace").at("port")
	transport := func(kind string) row { return object("serversTransport", "traefik.io/"+kind).middleware() }
	tls := []row{
		object("spec.tls.secretName", "Secret"),
		object("spec.tls.options.name", "traefik.io/TLSOption").beside("namespace"),
		object("spec.tls.store.name", "traefik.io/TLSStore").beside("namespace"),
	}
	route := func(kind, middleware, serversTransport string) []row {
		return ofKind(groups, kind, slices.Concat(slices.Clone(tls),
			each([]string{"spec.routes[*].services[*]"}, backend, transport(serversTransport)),
			each([]string{"spec.routes[*].middlewares[*]"}, object("name", "traefik.io/"+middleware).beside("namespace")))...)
	}
	return slices.Concat(
		route("IngressRoute", "Middleware", "ServersTransport"),
		route("IngressRouteTCP", "MiddlewareTCP", "ServersTransportTCP"),
		ofKind(groups, "IngressRouteUDP", each([]string{"spec.routes[*].services[*]"}, backend)...),
		ofKind(groups, "TraefikService", each([]string{
			"spec.weighted.services[*]", "spec.mirroring", "spec.mirroring.mirrors[*]", "spec.highestRandomWeight.services[*]",
			"spec.failover.service", "spec.failover.fallback",
		}, backend, transport("ServersTransport"))...),
		ofKind(groups, "Middleware",
			field("spec.forwardAuth.address", holdsText),
			object("spec.forwardAuth.tls.caSecret", "Secret"),
			object("spec.forwardAuth.tls.certSecret", "Secret"),
			service("spec.errors.service.name").of("kind", "").beside("namespace").at("port"),
			object("spec.chain.middlewares[*].name", "traefik.io/Middleware").beside("namespace"),
			object("spec.basicAuth.secret", "Secret"),
			object("spec.digestAuth.secret", "Secret"),
			object("spec.rateLimit.redis.secret", "Secret"),
			field("spec.rateLimit.redis.endpoints[*]", holdsText)),
		ofKind(groups, "ServersTransport|ServersTransportTCP", each([]string{"spec", "spec.tls"},
			field("serverName", holdsHost),
			object("rootCAsSecrets[*]", "Secret"),
			object("rootCAs[*].secret", "Secret"),
			object("rootCAs[*].configMap", "ConfigMap"),
			object("certificatesSecrets[*]", "Secret"))...),
		ofKind(groups, "TLSOption", object("spec.clientAuth.secretNames[*]", "Secret")),
		ofKind(groups, "TLSStore",
			object("spec.defaultCertificate.secretName", "Secret"),
			object("spec.certificates[*].secretName", "Secret")),
	)
}
