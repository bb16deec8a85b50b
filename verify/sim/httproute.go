package sim

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// decodeHTTPRoute reads an HTTPRoute: a route for each hostname and match.
func decodeHTTPRoute(o *manifest.Object) resident {
	d := httpRouteDecoder{object: o, set: &routeSet{id: o.ID}, hosts: texts(o.Get("spec", "hostnames"))}
	if len(d.hosts) == 0 {
		d.hosts = []string{""}
	}
	for _, p := range o.Get("spec", "parentRefs").Items() {
		d.parents = append(d.parents, decodeParent(o.ID.Namespace, p))
	}
	for i, rule := range o.Get("spec", "rules").Items() {
		d.rule(manifest.P("spec", "rules").Index(i), rule)
	}
	return d.set
}

type httpRouteDecoder struct {
	object  *manifest.Object
	set     *routeSet
	hosts   []string
	parents []parentRef
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

func (d *httpRouteDecoder) rule(at manifest.Path, rule *manifest.Node) {
	var backends []RouteBackend
	for _, b := range rule.Get("backendRefs").Items() {
		if b.Text("weight") == "0" || orDefault(b.Text("kind"), "Service") != "Service" {
			continue
		}
		backends = append(backends, RouteBackend{
			Namespace: orDefault(b.Text("namespace"), d.object.ID.Namespace), Name: b.Text("name"), Port: b.Text("port"),
		})
	}
	if rule.Get("matches").Len() == 0 {
		d.match(at, nil, backends) // a rule without matches means every path
	}
	for i, m := range rule.Get("matches").Items() {
		d.match(at.Join("matches").Index(i), m, backends)
	}
}

func (d *httpRouteDecoder) match(at manifest.Path, m *manifest.Node, backends []RouteBackend) {
	r := route{
		object: d.object, path: at, flavour: Gateway, parents: d.parents, backends: backends,
		kind: PathPrefix, text: orDefault(m.Text("path", "value"), "/"),
	}
	switch m.Text("path", "type") {
	case "Exact":
		r.kind = ExactPath
	case "RegularExpression":
		r.opaque = "path " + r.text
	}
	r.conditions(m)
	for _, h := range d.hosts {
		each := r
		each.host, each.order = strings.ToLower(h), len(d.set.all)
		d.set.all = append(d.set.all, &each)
	}
}

// conditions notes what a match asks for beyond the path. Its weight orders as
// the API does: a method, then the number of headers, then of query parameters.
func (r *route) conditions(m *manifest.Node) {
	var all []string
	if method := m.Text("method"); method != "" {
		all = append(all, "method "+method)
		r.weight += 1 << 16
	}
	for _, h := range m.Get("headers").Items() {
		all = append(all, "header "+strings.ToLower(h.Text("name"))+"="+h.Text("value"))
		r.weight += 1 << 8
	}
	for _, q := range m.Get("queryParams").Items() {
		all = append(all, "query "+q.Text("name")+"="+q.Text("value"))
		r.weight++
	}
	r.extra = strings.Join(all, ", ")
}
