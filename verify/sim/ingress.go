package sim

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

const (
	classAnnotation    = "kubernetes.io/ingress.class"
	nginxRegexp        = "nginx.ingress.kubernetes.io/use-regex"
	traefikPriority    = "traefik.ingress.kubernetes.io/router.priority"
	traefikPathMatcher = "traefik.ingress.kubernetes.io/router.pathmatcher"
	traefikEntryPoints = "traefik.ingress.kubernetes.io/router.entrypoints"
	traefikTLS         = "traefik.ingress.kubernetes.io/router.tls"
	traefikMiddlewares = "traefik.ingress.kubernetes.io/router.middlewares"
	nginxRedirect      = "nginx.ingress.kubernetes.io/ssl-redirect"
	nginxForceRedirect = "nginx.ingress.kubernetes.io/force-ssl-redirect"
	nginxProtocol      = "nginx.ingress.kubernetes.io/backend-protocol"
)

// decodeIngress reads an Ingress. Its backends are always Services of its own
// namespace.
func decodeIngress(o *manifest.Object) resident {
	d := ingressDecoder{object: o, set: &routeSet{id: o.ID}}
	d.class = orDefault(o.Text("spec", "ingressClassName"), o.Text("metadata", "annotations", classAnnotation))
	d.flavour = FlavourOfClass(d.class)
	for i, rule := range o.Get("spec", "rules").Items() {
		for j, path := range rule.Get("http", "paths").Items() {
			d.add(manifest.P("spec", "rules").Index(i).Join("http", "paths").Index(j), strings.ToLower(rule.Text("host")), path)
		}
	}
	if backend := o.Get("spec", "defaultBackend", "service"); backend != nil {
		d.addRoute(manifest.P("spec", "defaultBackend"), &route{kind: PathPrefix, text: "/", backends: d.backend(backend)})
	}
	return d.set
}

// FlavourOfClass returns the flavour of the controller that reads Ingress objects
// of a class: Traefik where the class says so, else one that does as
// ingress-nginx does.
func FlavourOfClass(class string) Flavour {
	if strings.Contains(strings.ToLower(class), "traefik") {
		return Traefik
	}
	return Nginx
}

type ingressDecoder struct {
	object  *manifest.Object
	set     *routeSet
	flavour Flavour
	class   string
}

func (d *ingressDecoder) backend(service *manifest.Node) []RouteBackend {
	port := orDefault(service.Text("port", "number"), service.Text("port", "name"))
	scheme := ""
	if d.flavour == Nginx {
		scheme = strings.ToLower(d.object.Text("metadata", "annotations", nginxProtocol))
	}
	return []RouteBackend{{Namespace: d.object.ID.Namespace, Name: service.Text("name"), Port: port, Scheme: scheme}}
}

func (d *ingressDecoder) add(at manifest.Path, host string, path *manifest.Node) {
	r := &route{host: host, text: orDefault(path.Text("path"), "/")}
	if service := path.Get("backend", "service"); service != nil {
		r.backends = d.backend(service)
	}
	d.setKind(r, path.Text("pathType"))
	if d.flavour == Traefik {
		d.setTraefik(r, path.Text("path"))
	} else {
		r.redirects = d.redirects(r.host)
	}
	d.addRoute(at, r)
}

func (d *ingressDecoder) addRoute(at manifest.Path, r *route) {
	r.object, r.path, r.order = d.object, at, len(d.set.all)
	r.flavour, r.class = d.flavour, d.class
	d.set.all = append(d.set.all, r)
}

// setKind reads a pathType. ImplementationSpecific is an nginx location, which
// compares bytes, or a regular expression where the annotation says so.
func (d *ingressDecoder) setKind(r *route, pathType string) {
	switch pathType {
	case "Exact":
		r.kind = ExactPath
	case "Prefix":
		r.kind = PathPrefix
	default:
		r.kind = RawPrefix
	}
	if d.flavour == Nginx && d.object.Text("metadata", "annotations", nginxRegexp) == "true" {
		if regexp.QuoteMeta(r.text) != r.text {
			r.opaque = "regular expression " + r.text
		}
	}
}

// setTraefik gives a path the rule and so the priority that Traefik makes of it
// (pkg/provider/kubernetes/ingress, loadRouter): prefixes compare bytes there,
// and the longer rule wins.
func (d *ingressDecoder) setTraefik(r *route, path string) {
	matcher := "PathPrefix"
	custom := d.object.Text("metadata", "annotations", traefikPathMatcher)
	switch {
	case r.kind == ExactPath:
		matcher = "Path"
	case r.kind == PathPrefix:
		r.kind = RawPrefix
	case custom == "Path":
		matcher, r.kind = custom, ExactPath
	case custom != "" && custom != matcher:
		matcher, r.opaque = custom, custom+" "+r.text
	}
	var rule []string
	if r.host != "" {
		rule = append(rule, traefikHostRule(r.host))
	}
	if path != "" {
		rule = append(rule, matcher+"(`"+path+"`)")
	}
	r.priority = len(strings.Join(rule, " && "))
	if p, err := strconv.Atoi(d.object.Text("metadata", "annotations", traefikPriority)); err == nil && p != 0 {
		r.priority = p
	}
	r.secure = d.object.Text("metadata", "annotations", traefikTLS) == "true"
	r.entryPoints = commaList(d.object.Text("metadata", "annotations", traefikEntryPoints))
	r.middlewares = annotatedMiddlewares(d.object)
}

// commaList splits a list that an annotation holds.
func commaList(text string) []string {
	var out []string
	for _, each := range strings.Split(text, ",") {
		if each = strings.TrimSpace(each); each != "" {
			out = append(out, each)
		}
	}
	return out
}

// redirects reports whether ingress-nginx answers plain HTTP for a host with a
// redirection: by default where it has a certificate for the host
// (internal/ingress/annotations/redirect and the ssl-redirect of its ConfigMap).
func (d *ingressDecoder) redirects(host string) bool {
	if d.object.Text("metadata", "annotations", nginxForceRedirect) == "true" {
		return true
	}
	if d.object.Text("metadata", "annotations", nginxRedirect) == "false" {
		return false
	}
	for _, t := range d.object.Get("spec", "tls").Items() {
		for _, h := range t.Get("hosts").Items() {
			if strings.EqualFold(h.Value(), host) {
				return true
			}
		}
	}
	return false
}

// traefikHostRule writes the matcher that Traefik makes of an Ingress host.
func traefikHostRule(host string) string {
	if rest, ok := strings.CutPrefix(host, "*."); ok {
		return "HostRegexp(`^[a-zA-Z0-9-]+\\." + regexp.QuoteMeta(rest) + "$`)"
	}
	return "Host(`" + host + "`)"
}
