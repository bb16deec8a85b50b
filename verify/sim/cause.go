package sim

// Cause is a rule of an ingress or of a zone that broke a call. Each has a remedy
// of its own.
type Cause uint8

// The causes.
const (
	NoCause     Cause = iota
	NoRoute           // no route means the Host header
	SameRank          // several routes mean it, and chance decides
	NotAttached       // the Gateway does not take the route
	NotGranted        // no ReferenceGrant opens the Service to the route
	Foreign           // Traefik takes nothing from another namespace
	AliasBehind       // the ingress does not lead to ExternalName Services
	Redirected        // plain HTTP is answered with a redirection to https
	PortShut          // the ingress does not listen on the port
	NotSpoken         // no route is there for what the caller speaks
	UpstreamTLS       // TLS to the addresses of pods cannot be verified
	Circle            // the call comes back to an ingress that it has passed
	RecordClash       // several records of one name say different things
)

// blame notes why a call fails. The first cause counts: what comes later follows
// from it.
func (q *query) blame(c Cause) {
	if q.result.Cause == NoCause {
		q.result.Cause = c
	}
}
