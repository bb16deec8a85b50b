package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// routeSecretCheck is H39: the Secret of a route's certificate is looked up in the
// namespace of the route (k8s.io/api/networking/v1, IngressTLS; Traefik
// pkg/provider/kubernetes/crd/kubernetes.go, getTLS).
var routeSecretCheck = PlanCheck{
	Code: "H39", Severity: diag.Error,
	Summary: "the certificate of a route is where the route moves to",
	Run: func(p *PlanPass) {
		held := map[render.Key]bool{}
		for _, s := range p.States {
			for _, c := range s.Changes {
				for _, name := range certificateNames(c.After) {
					held[secretKey(c.Key, name)] = true
				}
			}
		}
		for _, s := range p.States {
			for _, c := range s.Changes {
				if s.Phase != nil && c.Before == nil && plan.IsRoute(c.After) {
					p.checkRouteSecrets(held, s, c)
				}
			}
		}
	},
}

// checkRouteSecrets reports certificates of a new route that nothing brings to its
// place, although something did where it was: a Secret that nobody knows of is
// none that this migration loses.
func (p *PlanPass) checkRouteSecrets(held map[render.Key]bool, s *render.State, c render.Change) {
	for _, r := range routeSecrets(c.After) {
		if held[secretKey(c.Key, r.name)] {
			continue
		}
		d := p.Reportf("", c.After, r.path, "phase %s makes %s in %s, where no Secret %s is: it serves the default certificate of the ingress", s.Phase.Title(), c.Key.ID, c.Key.Place(), r.name)
		d.WithFix("add the Secret, or the Certificate that makes it, to the sources, or make it there first and accept H39")
	}
}

// routeSecret is the name of a Secret in a route, and where it stands.
type routeSecret struct {
	name string
	path manifest.Path
}

// routeSecrets lists the Secrets that hold the certificates of a route.
func routeSecrets(o *manifest.Object) []routeSecret {
	var out []routeSecret
	for i, t := range o.Get("spec", "tls").Items() {
		if name := t.Text("secretName"); name != "" {
			out = append(out, routeSecret{name, manifest.P("spec", "tls").Index(i).Join("secretName")})
		}
	}
	if name := o.Text("spec", "tls", "secretName"); name != "" {
		out = append(out, routeSecret{name, manifest.P("spec", "tls", "secretName")})
	}
	return out
}

// certificateNames lists the Secrets that an object is, or has a controller make:
// cert-manager for a Certificate and for an annotated route, External Secrets and
// Sealed Secrets for theirs.
func certificateNames(o *manifest.Object) []string {
	if o == nil {
		return nil
	}
	switch o.ID.Group + "/" + o.ID.Kind {
	case "/Secret", "bitnami.com/SealedSecret":
		return []string{o.ID.Name}
	case "cert-manager.io/Certificate":
		return []string{o.Text("spec", "secretName")}
	case "external-secrets.io/ExternalSecret":
		if name := o.Text("spec", "target", "name"); name != "" {
			return []string{name}
		}
		return []string{o.ID.Name}
	}
	annotations := o.Get("metadata", "annotations")
	made := slices.ContainsFunc([]string{"cert-manager.io/issuer", "cert-manager.io/cluster-issuer", "kubernetes.io/tls-acme"}, func(a string) bool {
		return annotations.Get(a) != nil
	})
	if !made {
		return nil
	}
	var out []string
	for _, r := range routeSecrets(o) {
		out = append(out, r.name)
	}
	return out
}

func secretKey(at render.Key, name string) render.Key {
	return render.Key{Cluster: at.Cluster, ID: manifest.ID{Kind: "Secret", Namespace: at.Namespace, Name: name}}
}
