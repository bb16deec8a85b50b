package sim

import (
	"slices"
	"strings"
)

// speech is what a caller speaks on a connection, as far as an ingress tells it
// apart.
type speech uint8

const (
	anything  speech = iota // nobody asks: of tables and of requests from outside
	plainHTTP               // HTTP without TLS
	plainGRPC               // HTTP/2 without TLS
	handshake               // TLS: the server name is what an ingress sees
	otherTCP                // bytes of another protocol
	otherUDP
)

// noun names a speech in a sentence.
func (s speech) noun() string {
	switch s {
	case plainHTTP:
		return "HTTP"
	case plainGRPC:
		return "gRPC without TLS"
	case handshake:
		return "TLS"
	case otherTCP:
		return "TCP that is no HTTP"
	case otherUDP:
		return "UDP"
	case anything:
	}
	return "anything"
}

// The schemes whose speech is known. All others are protocols of their own that
// do not begin with a TLS handshake.
var (
	httpSchemes = []string{"http", "ws"}
	grpcSchemes = []string{"grpc", "h2c"}
	tlsSchemes  = []string{"https", "wss", "grpcs", "amqps", "rediss", "ldaps", "tls", "ssl", "mqtts", "smtps", "ftps"}
)

// speechOf tells what a call speaks. Without a scheme it is taken to be what the
// entry point is there for, which ok says is known.
func speechOf(c *Call, e *EntryPoint) (s speech, known bool) {
	scheme := strings.ToLower(c.Scheme)
	switch {
	case c.Protocol != tcp:
		return otherUDP, true
	case e.Speaks == SpeaksAll:
		return anything, true
	case slices.Contains(httpSchemes, scheme):
		if e.Speaks == SpeaksGRPC {
			return plainGRPC, false // URLs of gRPC are often written with http
		}
		return plainHTTP, true
	case slices.Contains(grpcSchemes, scheme):
		return plainGRPC, true
	case slices.Contains(tlsSchemes, scheme):
		return handshake, true
	case scheme != "":
		return otherTCP, true
	}
	switch e.Speaks {
	case SpeaksGRPC:
		return plainGRPC, false
	case SpeaksTLS:
		return handshake, false
	case SpeaksTCP:
		return otherTCP, false
	case SpeaksHTTP, SpeaksAny, SpeaksAll:
	}
	return plainHTTP, false
}

// carries reports whether an ingress of a flavour can pass on what a caller
// speaks: HTTP and TLS all of them; ingress-nginx has HTTP/2 on its TLS port alone
// and takes other TCP by its own configuration, which no route shows.
func (f Flavour) carries(s speech) bool {
	switch s {
	case anything, plainHTTP, handshake:
		return true
	case plainGRPC, otherTCP:
		return f != Nginx
	case otherUDP:
	}
	return false
}

// layer is what a route looks at.
type layer uint8

const (
	httpLayer layer = iota // requests: IngressRoute, Ingress, HTTPRoute
	grpcLayer              // requests of gRPC: GRPCRoute
	tlsLayer               // the server name of a handshake that it passes through or ends: IngressRouteTCP, TLSRoute
	tcpLayer               // connections: IngressRouteTCP, TCPRoute
)

// passes lists, for a request, which routes are asked in which order; the first
// group of which a route means the request decides.
func (req *request) passes() []func(*route) bool {
	plain := func(r *route) bool { return r.layer == httpLayer && !r.secure }
	on := func(l layer) func(*route) bool { return func(r *route) bool { return r.layer == l } }
	switch {
	case req.speaks == anything:
		return []func(*route) bool{func(r *route) bool { return r.layer == httpLayer || r.layer == grpcLayer }}
	case req.flavour == Traefik:
		return req.traefikPasses(plain)
	case req.flavour == Gateway && req.speaks == plainGRPC:
		return []func(*route) bool{func(r *route) bool { return r.layer == httpLayer || r.layer == grpcLayer }}
	case req.flavour == Gateway && req.speaks == plainHTTP:
		return []func(*route) bool{func(r *route) bool { return r.layer == httpLayer || r.layer == grpcLayer }}
	case req.flavour == Gateway && req.speaks == handshake:
		return []func(*route) bool{on(tlsLayer), on(httpLayer)}
	case req.flavour == Gateway && req.speaks == otherTCP:
		return []func(*route) bool{on(tcpLayer)}
	case req.flavour == Nginx && req.speaks == plainHTTP, req.flavour == Nginx && req.speaks == handshake:
		return []func(*route) bool{on(httpLayer)}
	}
	return nil
}

// traefikPasses is the order of Traefik's TCP router (pkg/server/router/tcp,
// Router.ServeTCP): a plain connection goes to a TCP router if one means it,
// whatever it speaks, else to the HTTP routers without TLS. Of handshakes, routers
// with a server name go before those for every name, and HTTPS before TCP.
func (req *request) traefikPasses(plain func(*route) bool) []func(*route) bool {
	tcpRoutes := func(r *route) bool { return r.layer == tcpLayer && r.host == "" } // without TLS nobody names a server
	https := func(named bool) func(*route) bool {
		return func(r *route) bool { return r.layer == httpLayer && r.secure && named == (r.host != "") }
	}
	overTLS := func(named bool) func(*route) bool {
		return func(r *route) bool { return r.layer == tlsLayer && named == (r.host != "") }
	}
	switch req.speaks {
	case plainHTTP, plainGRPC:
		return []func(*route) bool{tcpRoutes, plain}
	case otherTCP:
		return []func(*route) bool{tcpRoutes}
	case handshake:
		return []func(*route) bool{https(true), overTLS(true), https(false), overTLS(false), tcpRoutes}
	case anything, otherUDP:
	}
	return nil
}
