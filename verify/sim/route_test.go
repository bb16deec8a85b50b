package sim

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ingressText writes an Ingress. A path is host path type service, with "-"
// for an absent host.
func ingressText(namespace, name, class string, paths ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: %s, namespace: %s}\nspec:\n  ingressClassName: %q\n  rules:\n", name, namespace, class)
	for _, p := range paths {
		f := strings.Fields(p)
		host := ""
		if f[0] != "-" {
			host = "host: '" + f[0] + "', "
		}
		fmt.Fprintf(&b, "  - {%shttp: {paths: [{path: %q, pathType: %s, backend: {service: {name: %s, port: {number: 80}}}}]}}\n", host, f[1], f[2], f[3])
	}
	return b.String()
}

// ingressRoute writes an IngressRoute. A route is a rule, an arrow, a Service
// and perhaps a priority.
func ingressRoute(namespace, name string, routes ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {name: %s, namespace: %s}\nspec:\n  routes:\n", name, namespace)
	for _, r := range routes {
		rule, rest, _ := strings.Cut(r, " -> ")
		f := strings.Fields(rest)
		priority := "0"
		if len(f) > 1 {
			priority = f[1]
		}
		fmt.Fprintf(&b, "  - {kind: Rule, match: '%s', priority: %s, services: [{name: %s, port: 80}]}\n", rule, priority, f[0])
	}
	return b.String()
}

func httpRoute(namespace, name, hosts, rules string) string {
	return fmt.Sprintf("apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: %s, namespace: %s}\nspec: {parentRefs: [{name: gw, namespace: infra}], hostnames: [%s], rules: [%s]}\n", name, namespace, hosts, rules)
}

// httpRule writes a rule of an HTTPRoute.
func httpRule(match, service string) string {
	return fmt.Sprintf("{matches: [{%s}], backendRefs: [{name: %s, port: 80}]}", match, service)
}

func pathMatch(kind, path string) string {
	return fmt.Sprintf("path: {type: %s, value: %s}", kind, path)
}

// TestMatch asks routes for "host path", and expects the Services, or the outcome.
func TestMatch(t *testing.T) {
	tests := []struct {
		name    string
		flavour Flavour
		texts   []string
		want    map[string]string
	}{
		{
			"Ingress", Nginx,
			[]string{ingressText("web", "i", "",
				"a.example / Prefix root", "a.example /shop Prefix shop", "a.example /shop/cart Exact cart", "a.example /shop/cart Prefix below",
				"*.example / Prefix wild", "- /any Prefix any", "b.example /only Exact only")},
			map[string]string{
				"a.example /":                "web/root:80",
				"A.Example. /x":              "web/root:80",
				"a.example:8080 /x":          "web/root:80",
				"a.example /shop":            "web/shop:80",
				"a.example /shop/":           "web/shop:80",
				"a.example /shopping":        "web/root:80", // element by element
				"a.example /shop/cart":       "web/cart:80", // Exact before Prefix
				"a.example /shop/cart/1":     "web/below:80",
				"z.example /":                "web/wild:80",
				"y.z.example /":              "unreachable", // a wildcard is one label
				"y.z.example /any/1":         "web/any:80",
				"b.example /only":            "web/only:80",
				"b.example /only/1":          "unreachable", // paths of the wildcard do not count
				"other.test /":               "unreachable",
				"a.example /shop/cart?":      "web/shop:80",
				"a.example /shop/cartwheels": "web/shop:80",
			},
		},
		{
			"ImplementationSpecific compares bytes", Nginx,
			[]string{ingressText("web", "i", "", "a.example /shop ImplementationSpecific shop")},
			map[string]string{"a.example /shopping": "web/shop:80", "a.example /sho": "unreachable"},
		},
		{
			"a slash at the end of a prefix adds nothing", Nginx,
			[]string{ingressText("web", "i", "", "a.example /shop/ Prefix shop")},
			map[string]string{"a.example /shop": "web/shop:80", "a.example /shop/x": "web/shop:80", "a.example /shopx": "unreachable"},
		},
		{
			"regular expressions are not evaluated", Nginx,
			[]string{
				strings.Replace(ingressText("web", "i", "", "a.example /s.*p ImplementationSpecific shop"), "name: i,", "name: i, annotations: {nginx.ingress.kubernetes.io/use-regex: 'true'},", 1),
			},
			map[string]string{"a.example /shop": "unknown"},
		},
		{
			"default backend", Nginx,
			[]string{"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: d, namespace: web}\nspec: {defaultBackend: {service: {name: last, port: {name: http}}}}\n"},
			map[string]string{"any.test /x": "web/last:http"},
		},
		{
			"two objects of one age (H35)", Nginx,
			[]string{ingressText("web", "i", "", "a.example / Prefix root"), ingressText("shop", "i", "", "a.example / Prefix root")},
			map[string]string{"a.example /": "ambiguous"},
		},
		{
			"two objects that agree", Nginx,
			[]string{ingressText("web", "i", "", "a.example / Prefix root"), ingressText("web", "j", "", "a.example / Prefix root")},
			map[string]string{"a.example /": "web/root:80"},
		},
		{"another class", Nginx, []string{ingressText("web", "i", "traefik", "a.example / Prefix root")}, map[string]string{"a.example /": "unreachable"}},

		{
			"IngressRoute", Traefik,
			[]string{ingressRoute("web", "i",
				"Host(`a.example`) -> root", "Host(`a.example`) && PathPrefix(`/shop`) -> shop", "Host(`a.example`) && Path(`/shop/c`) -> cart",
				"Host(`b.example`) || Host(`c.example`) && PathPrefix(`/x`) -> or", "(Host(`d.example`) || Host(`e.example`)) && PathPrefix(`/x`) -> both",
				"Host(`f.example`, `G.example.`) -> two", "PathPrefix(`/health`) -> health")},
			map[string]string{
				"a.example /":         "web/root:80",
				"a.example /shopping": "web/shop:80", // byte by byte
				"a.example /shop/c":   "web/shop:80", // the longer rule goes first, exact or not
				"b.example /":         "web/or:80",
				"c.example /":         "unreachable",
				"c.example /x":        "web/or:80",
				"d.example /x":        "web/both:80",
				"d.example /y":        "unreachable",
				"f.example /":         "web/two:80",
				"g.example /":         "web/two:80",
				"new.test /health":    "web/health:80",
			},
		},
		{
			"explicit priority", Traefik,
			[]string{
				ingressRoute("web", "i", "Host(`a.example`) -> low", "Host(`a.example`) && PathPrefix(`/`) -> high"),
				ingressRoute("web", "j", "Host(`a.example`) -> mine 1000"),
			},
			map[string]string{"a.example /": "web/mine:80"},
		},
		{
			"equal priority is chance (H35)", Traefik,
			[]string{ingressRoute("web", "i", "Host(`a.example`) -> x"), ingressRoute("shop", "i", "Host(`a.example`) -> x")},
			map[string]string{"a.example /": "ambiguous"},
		},
		{
			"matchers that are not evaluated", Traefik,
			[]string{ingressRoute("web", "i", "Host(`a.example`) && !PathPrefix(`/x`) -> not", "HostRegexp(`.*`) && PathPrefix(`/re`) -> re", "Host(`b.example`) -> b")},
			map[string]string{"a.example /": "unknown", "b.example /": "unknown"},
		},
		{
			"a header narrows a rule", Traefik,
			[]string{ingressRoute("web", "i", "Host(`a.example`) -> plain", "Host(`a.example`) && Header(`X`, `y`) -> beta", "Host(`b.example`) && Method(`GET`) -> get")},
			map[string]string{"a.example /": "web/plain:80", "b.example /": "unknown"},
		},
		{
			"a rule that cannot be parsed", Traefik,
			[]string{ingressRoute("web", "i", "Host(`a.example` -> x")},
			map[string]string{"a.example /": "unknown"},
		},
		{
			"Traefik reads Ingress by rule length", Traefik,
			[]string{ingressText("web", "i", "traefik", "a.example /shop Prefix shop", "a.example / Prefix root")},
			map[string]string{"a.example /shopping": "web/shop:80", "a.example /x": "web/root:80", "z.example /": "unreachable"},
		},
		{
			"the rule that Traefik makes of a wildcard host is the longest", Traefik,
			[]string{ingressText("web", "i", "traefik", "a.example /shop Prefix shop", "*.example / Prefix wild")},
			map[string]string{"a.example /shopping": "web/wild:80", "z.example /": "web/wild:80", "y.z.example /": "unreachable"},
		},

		{
			"annotations of Traefik", Traefik,
			[]string{
				strings.Replace(ingressText("web", "i", "traefik", "a.example /x ImplementationSpecific exact"), "name: i,", "name: i, annotations: {traefik.ingress.kubernetes.io/router.pathmatcher: Path},", 1),
				strings.Replace(ingressText("web", "j", "traefik", "b.example /x ImplementationSpecific re"), "name: j,", "name: j, annotations: {traefik.ingress.kubernetes.io/router.pathmatcher: PathRegexp},", 1),
				strings.Replace(ingressText("web", "k", "traefik", "c.example / Prefix first"), "name: k,", "name: k, annotations: {traefik.ingress.kubernetes.io/router.priority: '500'},", 1),
				ingressText("web", "l", "traefik", "c.example /long Prefix second"),
			},
			map[string]string{"a.example /x": "web/exact:80", "a.example /x/y": "unreachable", "b.example /x": "unknown", "c.example /long": "web/first:80"},
		},

		{
			"HTTPRoute", Gateway,
			[]string{
				httpRoute("web", "r", "a.example, '*.example'", httpRule(pathMatch("PathPrefix", "/"), "root")+", "+httpRule(pathMatch("PathPrefix", "/shop"), "shop")+", "+httpRule(pathMatch("Exact", "/shop"), "exact")),
				httpRoute("web", "s", "b.a.example", "{backendRefs: [{name: all, port: 80}]}"),
				httpRoute("web", "t", "'*.z.example'", httpRule(pathMatch("Exact", "/"), "z")),
			},
			map[string]string{
				"a.example /":        "web/root:80",
				"a.example /shop":    "web/exact:80",
				"a.example /shop/":   "web/shop:80",
				"a.example /shops":   "web/root:80",
				"b.a.example /shop":  "web/all:80", // the more specific host goes first
				"x.y.example /":      "web/root:80",
				"y.z.example /":      "web/z:80",
				"y.z.example /other": "web/root:80",
				"example /":          "unreachable",
			},
		},
		{
			"conditions of HTTPRoute", Gateway,
			[]string{httpRoute("web", "r", "a.example", httpRule(pathMatch("PathPrefix", "/")+", headers: [{name: X, value: y}]", "beta")+", "+httpRule(pathMatch("PathPrefix", "/"), "plain"))},
			map[string]string{"a.example /": "web/plain:80"},
		},
		{
			"the first rule of one object goes first", Gateway,
			[]string{httpRoute("web", "r", "a.example", httpRule(pathMatch("PathPrefix", "/"), "one")+", "+httpRule(pathMatch("PathPrefix", "/"), "two"))},
			map[string]string{"a.example /": "web/one:80"},
		},
		{
			"listener for another host", Gateway,
			[]string{gatewayText("hostname: '*.other', allowedRoutes: {namespaces: {from: All}}"), httpRoute("web", "r", "a.example", httpRule(pathMatch("PathPrefix", "/"), "x"))},
			map[string]string{"a.example /": "unreachable"},
		},
		{
			"listener of its own namespace alone (H36)", Gateway,
			[]string{gatewayText("hostname: '*.example'"), httpRoute("web", "r", "a.example", httpRule(pathMatch("PathPrefix", "/"), "x"))},
			map[string]string{"a.example /": "unreachable"},
		},
		{
			"listener that admits by label", Gateway,
			[]string{gatewayText("allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: web}}}}"), httpRoute("web", "r", "a.example", httpRule(pathMatch("PathPrefix", "/"), "x"))},
			map[string]string{"a.example /": "web/x:80"},
		},
		{
			"Service of another namespace (H36)", Gateway,
			[]string{httpRoute("web", "r", "a.example", "{backendRefs: [{name: cart, namespace: shop, port: 80}]}")},
			map[string]string{"a.example /": "unreachable"},
		},
		{
			"Service of another namespace with a grant", Gateway,
			[]string{
				httpRoute("web", "r", "a.example", "{backendRefs: [{name: cart, namespace: shop, port: 80}]}"),
				"apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: {name: g, namespace: shop}\nspec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: web}], to: [{group: '', kind: Service}]}\n",
			},
			map[string]string{"a.example /": "shop/cart:80"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := worldOf(t, tt.texts...)
			for ask, want := range tt.want {
				host, path, _ := strings.Cut(ask, " ")
				backends, r := w.Match(Door{Cluster: "c", Flavour: tt.flavour}, host, path)
				got := r.Outcome.String()
				if r.Outcome == OK {
					got = backends[0].String()
				}
				if got != want {
					t.Errorf("%s: %s, want %s\n%s", ask, got, want, r)
				}
			}
		})
	}
}

func gatewayText(listener string) string {
	return "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: gw, namespace: infra}\nspec: {listeners: [{name: web, port: 80, " + listener + "}]}\n"
}

// TestOlderRouteWins covers ingress-nginx and the Gateway API: of two objects
// the one of the earlier phase goes first.
func TestOlderRouteWins(t *testing.T) {
	for _, flavour := range []Flavour{Nginx, Gateway} {
		texts := []string{ingressText("web", "i", "", "a.example / Prefix x"), ingressText("shop", "i", "", "a.example / Prefix x")}
		if flavour == Gateway {
			texts = []string{httpRoute("web", "r", "a.example", httpRule(pathMatch("PathPrefix", "/"), "x")), httpRoute("shop", "r", "a.example", httpRule(pathMatch("PathPrefix", "/"), "x"))}
		}
		all := objects(t, texts...)
		w := New()
		w.Put("c", all[0])
		w.SetEpoch(1)
		w.Put("c", all[1])
		door := Door{Cluster: "c", Flavour: flavour}
		expect := func(want string) {
			t.Helper()
			if b, r := w.Match(door, "a.example", "/"); r.Outcome != OK || b[0].String() != want {
				t.Errorf("%s: %v %v, want %s", flavour, b, r.Outcome, want)
			}
		}
		expect("web/x:80")
		w.Remove("c", all[0].ID)
		expect("shop/x:80")
		w.Put("c", all[0]) // taken back within the phase: as old as before
		expect("web/x:80")
		w.Remove("c", all[0].ID)
		w.SetEpoch(2)
		w.Put("c", all[0]) // made again: the younger one now
		expect("shop/x:80")
	}
}

func TestTable(t *testing.T) {
	w := worldOf(t,
		ingressText("web", "i", "nginx", "a.example / Prefix root", "a.example /x Exact x"),
		ingressText("shop", "i", "nginx", "a.example / Prefix root"),
		ingressText("shop", "j", "internal", "a.example / Prefix other"),
		ingressRoute("web", "low", "Host(`b.example`) -> low"), ingressRoute("web", "high", "Host(`b.example`) -> high 99"))
	if d := cmp.Diff([]string{"a.example", "b.example"}, w.Hosts("c")); d != "" {
		t.Error(d)
	}
	var got []string
	for _, e := range w.Table("c", w.Hosts("c")...) {
		line := fmt.Sprintf("%s %s %s%s:", e.Flavour, e.Class, e.Host, e.Path)
		for _, m := range e.Meanings() {
			line += " " + m[0].String()
		}
		got = append(got, fmt.Sprintf("%s of %d", line, len(e.Claims)))
	}
	want := []string{
		"ingress-nginx internal a.example/: shop/other:80 of 1",
		"ingress-nginx nginx a.example/: shop/root:80 web/root:80 of 2",
		"ingress-nginx nginx a.example/x: web/x:80 of 1",
		"Traefik  b.example/: web/high:80 of 2",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	object := w.Object("c", objects(t, ingressRoute("web", "low", "Host(`b.example`) -> low"))[0].ID)
	if f, hosts := w.HostsOf(object); f != Traefik || len(hosts) != 1 || hosts[0] != "b.example" {
		t.Errorf("hosts of the route: %v %v", f, hosts)
	}
}

func FuzzParseRule(f *testing.F) {
	for _, s := range []string{"Host(`a`)", "Host(`a`) || Host(`b`) && PathPrefix(`/x`)", "!(Path(\"/\"))", "((Host(`a`)))", "Host(`a`", "&&", "Header(`a`, 'b')"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, rule string) {
		clauses, err := parseRule(rule)
		if err == nil && len(clauses) == 0 {
			t.Errorf("%q has no alternatives and no error", rule)
		}
	})
}
