package plan

import "github.com/rehome-dev/rehome/diag"

// Flavour is the kind of routes that the ingress of a cluster reads.
type Flavour string

// The flavours.
const (
	TraefikHop Flavour = "traefik" // IngressRoute and IngressRouteTCP
	GatewayHop Flavour = "gateway" // HTTPRoute and GRPCRoute of the Gateway API
	IngressHop Flavour = "ingress" // Ingress of networking.k8s.io/v1
)

// values lists the texts that a plan may hold.
func (Flavour) values() []string {
	return []string{string(TraefikHop), string(GatewayHop), string(IngressHop)}
}

// Hop is the ingress of a cluster as the other clusters reach it: calls that
// cross clusters during the migration pass through it.
type Hop struct {
	Pos diag.Pos `json:"-"`
	// The kind of routes that the ingress reads: traefik (IngressRoute), gateway
	// (HTTPRoute) or ingress (Ingress).
	Flavour Flavour `json:"flavour" plan:"required"`
	// The name of the ingress in the zone of `dns`: old.mycompany.internal. The
	// migration makes its record and removes it at the end.
	Host string `json:"host" plan:"required,format=subdomain"`
	// The IP address that the ingress listens at, which the pods of all clusters
	// reach.
	Address string `json:"address" plan:"required,format=ip"`
	// The ports that the ingress listens on, by the names that it has for them:
	// entry points of Traefik, listeners of a Gateway.
	EntryPoints map[string]EntryPoint `json:"entryPoints" plan:"required,nonempty,keys=label"`
	// The namespace that the pods of the ingress run in, for network policies and
	// for the object that holds the record. When left out it is traefik for traefik,
	// that of the Gateway for gateway, and ingress-nginx for ingress.
	Namespace string `json:"namespace,omitempty" plan:"format=label"`
	// The API group of Traefik's resources: traefik.containo.us for a Traefik before 2.10.
	Group TraefikGroup `json:"group,omitempty" plan:"default=traefik.io"`
	// The IngressClass of the routes; needed for ingress.
	IngressClassName string `json:"ingressClassName,omitempty" plan:"format=subdomain"`
	// The Gateway that routes attach to; needed for gateway.
	Gateway *GatewayRef `json:"gateway,omitempty"`
	// Annotations of the routes, for what the ingress does not do by itself.
	Annotations map[string]string `json:"annotations,omitempty" plan:"keys=labelKey"`
	// The priority of the routes of traefik: higher than that of any other route
	// that may mean the same host.
	Priority int `json:"priority,omitempty" plan:"min=1,default=100000"`
	// Whether callers inside this cluster go through its ingress for a while
	// before anything leaves the cluster: always or never.
	Rehearsal Rehearsal `json:"rehearsal,omitempty" plan:"default=always"`
	// The --txt-owner-id of the external-dns that runs in this cluster, for the
	// provider external-dns. That of each cluster is another one: with the same
	// they would delete each other's records. The cluster's name when left out.
	OwnerID string `json:"ownerID,omitempty" plan:"format=labelValue"`
}

// TraefikGroup is the API group of Traefik's resources.
type TraefikGroup string

// The groups: Traefik 2.10 renamed them, Traefik 3 knows only the new one.
const (
	TraefikIO       TraefikGroup = "traefik.io"
	TraefikContaino TraefikGroup = "traefik.containo.us"
)

// values lists the texts that a plan may hold.
func (TraefikGroup) values() []string { return []string{string(TraefikIO), string(TraefikContaino)} }

// Rehearsal says whether a hop is tried inside its own cluster first.
type Rehearsal string

// The rehearsals.
const (
	RehearseAlways Rehearsal = "always"
	RehearseNever  Rehearsal = "never"
)

// values lists the texts that a plan may hold.
func (Rehearsal) values() []string { return []string{string(RehearseAlways), string(RehearseNever)} }

// EntryPoint is a port that an ingress listens on: its number, or the number with
// what is spoken there.
type EntryPoint struct {
	Pos diag.Pos `json:"-"`
	// The number of the port.
	Port int `json:"port" plan:"required,short,min=1"`
	// What is spoken on the port: http, grpc (cleartext HTTP/2), tls (passed
	// through by its server name) or tcp (anything, for one Service only).
	Protocol Protocol `json:"protocol,omitempty" plan:"default=http"`
}

// Protocol is what is spoken on a port of an ingress.
type Protocol string

// The protocols.
const (
	HTTP Protocol = "http"
	GRPC Protocol = "grpc" // cleartext HTTP/2
	TLS  Protocol = "tls"  // not terminated: the server name of the handshake chooses the route
	TCP  Protocol = "tcp"  // anything: the port alone chooses the route
)

// values lists the texts that a plan may hold.
func (Protocol) values() []string {
	return []string{string(HTTP), string(GRPC), string(TLS), string(TCP)}
}

// GatewayRef is the Gateway that routes attach to.
type GatewayRef struct {
	Pos diag.Pos `json:"-"`
	// The name of the Gateway.
	Name string `json:"name" plan:"required,format=subdomain"`
	// Its namespace.
	Namespace string `json:"namespace" plan:"required,format=label"`
	// Which namespaces its listeners take routes from: with All the routes are made
	// beside their Services; with Same, which is what listeners do by themselves,
	// they are made beside the Gateway, with a ReferenceGrant beside the Services.
	AllowedRoutes AllowedRoutes `json:"allowedRoutes,omitempty" plan:"default=All"`
}

// AllowedRoutes is what the listeners of a Gateway have in
// allowedRoutes.namespaces.from.
type AllowedRoutes string

// The namespaces that listeners take routes from.
const (
	RoutesFromAll  AllowedRoutes = "All"
	RoutesFromSame AllowedRoutes = "Same"
)

// values lists the texts that a plan may hold.
func (AllowedRoutes) values() []string {
	return []string{string(RoutesFromAll), string(RoutesFromSame)}
}

// DNS is the zone in which the ingresses of the clusters get their names.
type DNS struct {
	Pos diag.Pos `json:"-"`
	// The zone, which the DNS servers of all clusters ask: mycompany.internal.
	Zone string `json:"zone" plan:"required,format=subdomain"`
	// Who writes the records: external-dns (DNSEndpoint objects), config-connector
	// (DNSRecordSet objects) or zonefile (a file of RFC 1035 for each state).
	Provider DNSProvider `json:"provider" plan:"required"`
	// How long resolvers keep the records; gates wait for it.
	TTL Duration `json:"ttl,omitempty" plan:"format=duration,default=60s"`
	// The managed zone, by its name in Cloud DNS; needed for config-connector.
	ManagedZone string `json:"managedZone,omitempty" plan:"format=label"`
	// The project of the managed zone, for config-connector; what the namespace
	// of the object says when left out.
	Project string `json:"project,omitempty" plan:"format=label"`
}

// DNSProvider is who writes the records of the zone.
type DNSProvider string

// The providers.
const (
	ExternalDNS     DNSProvider = "external-dns"
	ConfigConnector DNSProvider = "config-connector"
	ZoneFile        DNSProvider = "zonefile"
)

// values lists the texts that a plan may hold.
func (DNSProvider) values() []string {
	return []string{string(ExternalDNS), string(ConfigConnector), string(ZoneFile)}
}
