package verify

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// aliases calls visit for every Service that a phase makes an ExternalName one,
// or leads to another name, with what it was and the Service that it stands for
// in that state, nil when there is none.
func (p *PlanPass) aliases(visit func(s *render.State, c render.Change, target *manifest.Object)) {
	services := map[render.Key]*manifest.Object{}
	for _, s := range p.States {
		for _, c := range s.Changes {
			if isServiceKey(c.Key) {
				services[c.Key] = c.After
			}
		}
		if s.Phase == nil {
			continue
		}
		for _, c := range s.Changes {
			if isServiceKey(c.Key) && c.Before != nil && c.After != nil && isAlias(c.After) && c.After.Text("spec", "externalName") != c.Before.Text("spec", "externalName") {
				visit(s, c, services[p.targetOf(c)])
			}
		}
	}
}

// targetOf returns the key of the Service that an alias stands for, the zero key
// when its name is no full name of a Service of the cluster.
func (p *PlanPass) targetOf(c render.Change) render.Key {
	name, ok := strings.CutSuffix(c.After.Text("spec", "externalName"), ".svc."+p.domain(c.Key.Cluster))
	service, namespace, two := strings.Cut(name, ".")
	if !ok || !two || strings.Contains(namespace, ".") {
		return render.Key{}
	}
	return render.Key{Cluster: c.Key.Cluster, ID: manifest.ID{Kind: "Service", Namespace: namespace, Name: service}}
}

// isAlias reports whether a Service is an ExternalName one.
func isAlias(o *manifest.Object) bool { return o.Text("spec", "type") == "ExternalName" }

func (p *PlanPass) domain(cluster string) string { return p.Graph.Plan.Spec.DomainOf(cluster) }

func (p *PlanPass) alias(s *render.State, c render.Change, path manifest.Path, format string, args ...any) *diag.Diagnostic {
	app := ""
	if a := p.Graph.ServiceOwner(c.Key.Cluster, c.Key.ID); a != nil {
		app = a.Name
	}
	return p.Reportf(app, c.After, path, "phase "+s.Phase.Title()+": "+format, args...)
}
