package sim

import "github.com/rehome-dev/rehome/manifest"

// decodeGRPCRoute reads a GRPCRoute. A method is a path of two elements
// (gateway-api apis/v1/grpcroute_types.go, GRPCMethodMatch).
func decodeGRPCRoute(o *manifest.Object) resident {
	d := newGatewayRoute(o, grpcLayer)
	for i, rule := range o.Get("spec", "rules").Items() {
		at, backends := manifest.P("spec", "rules").Index(i), d.backends(rule)
		if rule.Get("matches").Len() == 0 {
			d.method(at, nil, backends)
		}
		for j, m := range rule.Get("matches").Items() {
			d.method(at.Join("matches").Index(j), m, backends)
		}
	}
	return d.set
}

func (d *gatewayRouteDecoder) method(at manifest.Path, m *manifest.Node, backends []RouteBackend) {
	r := route{path: at, backends: backends, kind: PathPrefix, text: "/"}
	service, method := m.Text("method", "service"), m.Text("method", "method")
	switch {
	case m.Text("method", "type") == "RegularExpression", service == "" && method != "":
		r.opaque = "method " + service + "/" + method
	case method != "":
		r.kind, r.text = ExactPath, "/"+service+"/"+method
	case service != "":
		r.text = "/" + service
	}
	r.headers(m)
	d.add(r)
}

// decodeTLSRoute reads a TLSRoute: by the server name of the handshake.
func decodeTLSRoute(o *manifest.Object) resident { return decodeStreams(o, tlsLayer) }

// decodeTCPRoute reads a TCPRoute, which takes every connection of its listener.
func decodeTCPRoute(o *manifest.Object) resident { return decodeStreams(o, tcpLayer) }

func decodeStreams(o *manifest.Object, l layer) resident {
	d := newGatewayRoute(o, l)
	for i, rule := range o.Get("spec", "rules").Items() {
		d.add(route{path: manifest.P("spec", "rules").Index(i), backends: d.backends(rule), kind: RawPrefix, text: "/"})
	}
	return d.set
}
