package sim

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// middleware names a Middleware of Traefik.
type middleware struct{ namespace, name string }

// middlewareObject is a decoded Middleware: what the simulator knows of it is
// whether it sends callers to https.
type middlewareObject struct {
	object *manifest.Object
	https  bool // redirectScheme to https
}

func decodeMiddleware(o *manifest.Object) resident {
	return &middlewareObject{object: o, https: o.Text("spec", "redirectScheme", "scheme") == "https"}
}

func (m *middlewareObject) key() middleware {
	return middleware{m.object.ID.Namespace, m.object.ID.Name}
}

func (m *middlewareObject) enter(c *cluster) {
	c.namespace(m.object.ID.Namespace).population++
	c.routes.middlewares[m.key()] = m
}

func (m *middlewareObject) leave(c *cluster) {
	c.namespace(m.object.ID.Namespace).population--
	delete(c.routes.middlewares, m.key())
}

// routeMiddlewares lists those of a route of an IngressRoute.
func routeMiddlewares(namespace string, rule *manifest.Node) []middleware {
	var out []middleware
	for _, m := range rule.Get("middlewares").Items() {
		out = append(out, middleware{orDefault(m.Text("namespace"), namespace), m.Text("name")})
	}
	return out
}

// annotatedMiddlewares reads traefik.ingress.kubernetes.io/router.middlewares, a
// list of <namespace>-<name>@kubernetescrd. Where the namespace ends is not
// written: it is tried to be that of the Ingress.
func annotatedMiddlewares(o *manifest.Object) []middleware {
	var out []middleware
	for _, text := range strings.Split(o.Text("metadata", "annotations", traefikMiddlewares), ",") {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		name, _ := strings.CutSuffix(text, "@kubernetescrd")
		if own, ok := strings.CutPrefix(name, o.ID.Namespace+"-"); ok {
			out = append(out, middleware{o.ID.Namespace, own})
			continue
		}
		out = append(out, middleware{"", text})
	}
	return out
}

// checkMiddleware ends the call when a middleware does not let it through. Of a
// namespace that is not the route's, Traefik takes none by default and drops the
// route (pkg/provider/kubernetes/crd/kubernetes_http.go, makeMiddlewareKeys).
func (q *query) checkMiddleware(d *Door, r *route, m middleware) {
	known := q.cluster.routes.middlewares[m]
	switch {
	case m.namespace != "" && m.namespace != r.object.ID.Namespace && !d.CrossNamespace:
		q.sayForeignMiddleware(r, m)
		q.blame(Foreign)
		q.end(Unreachable)
	case known == nil:
		q.sayNoMiddleware(r, m)
		q.end(Unknown)
	case known.https && !r.secure:
		q.sayRedirect(r, known.object)
		q.blame(Redirected)
		q.end(Unreachable)
	case !known.https:
		q.result.Assumed = true
		q.sayMiddleware(r, known.object)
	}
}
