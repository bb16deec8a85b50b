package verify

import (
	"fmt"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// challengeCheck is H40: a certificate of the ACME challenge HTTP-01 is ordered by
// an answer under the public name, which the old cluster gives until DNS is
// switched (RFC 8555 section 8.3).
var challengeCheck = PlanCheck{
	Code: "H40", Severity: diag.Error,
	Summary: "no certificate of an app that changes cluster is ordered by HTTP-01",
	Run: func(p *PlanPass) {
		issuers := p.issuers()
		for _, a := range p.Moving() {
			if a.From.Cluster == a.To.Cluster {
				continue
			}
			for _, o := range a.Objects {
				at, names := issuerOf(o)
				for _, name := range names {
					if issuer := issuers[issuerKey{plan.ClusterOf(o), name}]; issuer != nil && solvesByHTTP(issuer) {
						p.Reportf(a.Name, o, at, "%s gets its certificate from %s by HTTP-01, and in cluster %s the challenge is asked of cluster %s until the public name is switched", o.ID, issuer.ID, a.To.Cluster, a.From.Cluster).
							WithFix("use a solver of DNS-01, or copy the Secret with the certificate to cluster %s first and accept H40 for app %s", a.To.Cluster, a.Name).
							WithNote(issuer.Pos("spec", "acme", "solvers"), "the solvers of the issuer")
					}
				}
			}
		}
	},
}

// issuerKey names an issuer as certificates do: its kind, its namespace where it
// has one, and its name.
type issuerKey struct{ cluster, name string }

func (p *PlanPass) issuers() map[issuerKey]*manifest.Object {
	out := map[issuerKey]*manifest.Object{}
	for _, o := range p.Graph.Inventory.Objects {
		if o.ID.Group == "cert-manager.io" && (o.ID.Kind == "Issuer" || o.ID.Kind == "ClusterIssuer") {
			out[issuerKey{plan.ClusterOf(o), issuerName(o.ID.Kind, o.ID.Namespace, o.ID.Name)}] = o
		}
	}
	return out
}

func issuerName(kind, namespace, name string) string {
	if kind == "ClusterIssuer" {
		namespace = ""
	}
	return fmt.Sprintf("%s %s/%s", kind, namespace, name)
}

// issuerOf returns the issuers that a Certificate, or an Ingress or Gateway by its
// annotations, names, and where.
func issuerOf(o *manifest.Object) (at manifest.Path, names []string) {
	if o.ID.Group == "cert-manager.io" && o.ID.Kind == "Certificate" {
		at = manifest.P("spec", "issuerRef", "name")
		kind := o.Text("spec", "issuerRef", "kind")
		if kind == "" {
			kind = "Issuer"
		}
		return at, []string{issuerName(kind, o.ID.Namespace, o.Text(at...))}
	}
	for _, a := range [...]struct{ annotation, kind string }{
		{"cert-manager.io/cluster-issuer", "ClusterIssuer"}, {"cert-manager.io/issuer", "Issuer"},
	} {
		path := manifest.P("metadata", "annotations", a.annotation)
		if name := o.Text(path...); name != "" {
			at, names = path, append(names, issuerName(a.kind, o.ID.Namespace, name))
		}
	}
	return at, names
}

// solvesByHTTP reports whether an issuer has a solver of HTTP-01.
func solvesByHTTP(issuer *manifest.Object) bool {
	for _, s := range issuer.Get("spec", "acme", "solvers").Items() {
		if !s.Get("http01").IsNull() {
			return true
		}
	}
	return false
}
