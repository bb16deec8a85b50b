package sim

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// decodeHTTPRoute reads an HTTPRoute: a route for each hostname and match.
func decodeHTTPRoute(o *manifest.Object) resident {
	d := newGatewayRoute(o, httpLayer)
	for i, rule := range o.Get("spec", "rules").Items() {
		d.rule(manifest.P("spec", "rules").Index(i), rule)
	}
	return d.set
}

// gatewayRouteDecoder reads the routes of the Gateway API, of which all kinds
// have hosts, parents and rules with backends.
type gatewayRouteDecoder struct {
	object  *manifest.Object
	set     *routeSet
	hosts   []string
	parents []parentRef
	layer   layer
}

func newGatewayRoute(o *manifest.Object, l layer) gatewayRouteDecoder {
	d := gatewayRouteDecoder{object: o, set: &routeSet{id: o.ID}, hosts: texts(o.Get("spec", "hostnames")), layer: l}
	if len(d.hosts) == 0 {
		d.hosts = []string{""}
	}
	for _, p := range o.Get("spec", "parentRefs").Items() {
		d.parents = append(d.parents, decodeParent(o.ID.Namespace, p))
	}
	return d
}

func decodeParent(namespace string, n *manifest.Node) parentRef {
	return parentRef{
		gateway: manifest.ID{
			Group:     orDefault(n.Text("group"), gatewayGroup),
			Kind:      orDefault(n.Text("kind"), "Gateway"),
			Namespace: orDefault(n.Text("namespace"), namespace),
			Name:      n.Text("name"),
		},
		section: n.Text("sectionName"),
		port:    portNumber(n.Get("port")),
	}
}

func (d *gatewayRouteDecoder) rule(at manifest.Path, rule *manifest.Node) {
	backends := d.backends(rule)
	if rule.Get("matches").Len() == 0 {
		d.match(at, nil, rule, backends) // a rule without matches means every path
	}
	for i, m := range rule.Get("matches").Items() {
		d.match(at.Join("matches").Index(i), m, rule, backends)
	}
}

// backends lists the Services of a rule that get requests.
func (d *gatewayRouteDecoder) backends(rule *manifest.Node) []RouteBackend {
	var out []RouteBackend
	for _, b := range rule.Get("backendRefs").Items() {
		if b.Text("weight") == "0" || orDefault(b.Text("kind"), "Service") != "Service" {
			continue
		}
		out = append(out, RouteBackend{
			Namespace: orDefault(b.Text("namespace"), d.object.ID.Namespace), Name: b.Text("name"), Port: b.Text("port"),
		})
	}
	return out
}

func (d *gatewayRouteDecoder) match(at manifest.Path, m, rule *manifest.Node, backends []RouteBackend) {
	r := route{path: at, backends: backends, kind: PathPrefix, text: orDefault(m.Text("path", "value"), "/"), redirects: redirectsToTLS(rule)}
	switch m.Text("path", "type") {
	case "Exact":
		r.kind = ExactPath
	case "RegularExpression":
		r.opaque = "path " + r.text
	}
	r.conditions(m)
	d.add(r)
}

// add adds a route for each host.
func (d *gatewayRouteDecoder) add(r route) {
	r.object, r.flavour, r.parents, r.layer = d.object, Gateway, d.parents, d.layer
	for _, h := range d.hosts {
		each := r
		each.host, each.order = strings.ToLower(h), len(d.set.all)
		d.set.all = append(d.set.all, &each)
	}
}

// redirectsToTLS reports whether a rule answers with a redirection to https.
func redirectsToTLS(rule *manifest.Node) bool {
	for _, f := range rule.Get("filters").Items() {
		if f.Text("type") == "RequestRedirect" && f.Text("requestRedirect", "scheme") == "https" {
			return true
		}
	}
	return false
}

// conditions notes what a match asks for beyond the path. Its weight orders as
// the API does: a method, then the number of headers, then of query parameters.
func (r *route) conditions(m *manifest.Node) {
	var all []string
	if method := m.Text("method"); method != "" {
		all = append(all, "method "+method)
		r.weight += 1 << 16
	}
	all = append(all, r.headers(m)...)
	for _, q := range m.Get("queryParams").Items() {
		all = append(all, "query "+q.Text("name")+"="+q.Text("value"))
		r.weight++
	}
	r.extra = strings.Join(all, ", ")
}

// headers notes the headers that a match asks for.
func (r *route) headers(m *manifest.Node) []string {
	var all []string
	for _, h := range m.Get("headers").Items() {
		all = append(all, "header "+strings.ToLower(h.Text("name"))+"="+h.Text("value"))
		r.weight += 1 << 8
	}
	r.extra = strings.Join(all, ", ")
	return all
}
