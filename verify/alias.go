package verify

import (
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// aliases calls visit for every Service that a phase makes an ExternalName one,
// with what it was and the Service that it stands for in that state, nil when
// there is none.
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
			if isServiceKey(c.Key) && c.Before != nil && c.After != nil && c.After.Text("spec", "type") == "ExternalName" && c.Before.Text("spec", "type") != "ExternalName" {
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

func (p *PlanPass) domain(cluster string) string { return p.Graph.Plan.Spec.DomainOf(cluster) }

func (p *PlanPass) alias(s *render.State, c render.Change, path manifest.Path, format string, args ...any) *diag.Diagnostic {
	app := ""
	if a := p.Graph.ServiceOwner(c.Key.ID); a != nil {
		app = a.Name
	}
	return p.Reportf(app, c.After, path, "phase "+s.Phase.Title()+": "+format, args...)
}

// fullNameCheck is H06: the answer of an alias is an absolute name.
var fullNameCheck = PlanCheck{
	Code: "H06", Severity: diag.Error,
	Summary: "an alias states the full name of its Service",
	Run: func(p *PlanPass) {
		p.aliases(func(s *render.State, c render.Change, _ *manifest.Object) {
			if p.targetOf(c) == (render.Key{}) {
				p.alias(s, c, manifest.P("spec", "externalName"), "%s stands for %q, which is not the full name of a Service below svc.%s", c.Key.ID, c.After.Text("spec", "externalName"), p.domain(c.Key.Cluster))
			}
		})
	},
}

// loopCheck is H08: an alias stands for a Service with pods, not for an alias.
var loopCheck = PlanCheck{
	Code: "H08", Severity: diag.Error,
	Summary: "an alias leads to a Service and not to another alias",
	Run: func(p *PlanPass) {
		p.aliases(func(s *render.State, c render.Change, target *manifest.Object) {
			if target != nil && target.Text("spec", "type") == "ExternalName" && target.Base().Text("spec", "type") != "ExternalName" {
				p.alias(s, c, manifest.P("spec", "externalName"), "%s stands for %s, which is an alias itself", c.Key.ID, target.ID)
			}
		})
	},
}

// headlessCheck is H13: clients of a headless Service see all pods, those of a
// virtual IP one address.
var headlessCheck = PlanCheck{
	Code: "H13", Severity: diag.Warning,
	Summary: "the Service at the target is headless like the old one",
	Run: func(p *PlanPass) {
		p.aliases(func(s *render.State, c render.Change, target *manifest.Object) {
			if target != nil && plan.Headless(c.Before) != plan.Headless(target) {
				p.alias(s, c, manifest.P("spec"), "one of %s and its copy %s is headless and the other is not: clients that balance for themselves see other addresses than before", c.Key.ID, target.ID)
			}
		})
	},
}

// portCheck is H14: every port of the old Service is one of the new.
var portCheck = PlanCheck{
	Code: "H14", Severity: diag.Error,
	Summary: "the Service at the target has every port and protocol of the old one",
	Run: func(p *PlanPass) {
		p.aliases(func(s *render.State, c render.Change, target *manifest.Object) {
			if target == nil {
				return
			}
			have := map[string]bool{}
			for _, port := range target.Get("spec", "ports").Items() {
				have[portKey(port)] = true
			}
			for i, port := range c.Before.Get("spec", "ports").Items() {
				if !have[portKey(port)] {
					p.alias(s, c, manifest.P("spec", "ports").Index(i), "%s has no port %s, which %s had", target.ID, portKey(port), c.Key.ID).
						WithFix("add the port to the Service at the target, or use `cutover: relay`")
				}
			}
		})
	},
}

// portKey is the number and the protocol of a port.
func portKey(port *manifest.Node) string {
	protocol := port.Text("protocol")
	if protocol == "" {
		protocol = "TCP"
	}
	return port.Text("port") + "/" + protocol
}

// aliasPortCheck is H15: ingress controllers read the ports of an alias; the
// target port is dialled as it stands.
var aliasPortCheck = PlanCheck{
	Code: "H15", Severity: diag.Error,
	Summary: "an alias keeps its ports, each with the number of the target's port",
	Run: func(p *PlanPass) {
		p.aliases(func(s *render.State, c render.Change, _ *manifest.Object) {
			ports := c.After.Get("spec", "ports")
			if ports.Len() == 0 && c.Before.Get("spec", "ports").Len() > 0 {
				p.alias(s, c, manifest.P("spec", "ports"), "the alias %s has no ports", c.Key.ID)
			}
			for i, port := range ports.Items() {
				number, _ := port.Get("port").Int()
				if port.Text("targetPort") != strconv.FormatInt(number, 10) {
					p.alias(s, c, manifest.P("spec", "ports").Index(i).Join("targetPort"), "targetPort of the alias %s is %q, which is not the port %d of the Service it stands for", c.Key.ID, port.Text("targetPort"), number)
				}
			}
		})
	},
}

// leftoverIPCheck is H23 and H24: an alias has no field of a virtual IP, and
// keeps its selector.
var leftoverIPCheck = PlanCheck{
	Code: "H23", Severity: diag.Error,
	Summary: "an alias carries no field of a virtual IP",
	Run: func(p *PlanPass) {
		p.aliases(func(s *render.State, c render.Change, _ *manifest.Object) {
			for _, field := range [...]string{"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"} {
				if n := c.After.Get("spec", field); n != nil && n.Value() != "" {
					p.alias(s, c, manifest.P("spec", field), "the alias %s carries spec.%s, with which it is refused or drifts for good", c.Key.ID, field)
				}
			}
		})
	},
}

// selectorCheck is H24: a Service that loses its selector keeps its endpoints
// for good (k8s.io/kubernetes/pkg/controller/endpointslice, which leaves Services
// without selector alone).
var selectorCheck = PlanCheck{
	Code: "H24", Severity: diag.Error,
	Summary: "a Service that is changed in place keeps a selector",
	Run: func(p *PlanPass) {
		for _, s := range p.States {
			for _, c := range s.Changes {
				if isServiceKey(c.Key) && c.Before != nil && c.After != nil && c.Before.Get("spec", "selector").Len() > 0 && c.After.Get("spec", "selector").Len() == 0 {
					p.alias(s, c, manifest.P("spec"), "%s loses its selector: its endpoints stay as they are, and are dead addresses soon", c.Key.ID)
				}
			}
		}
	},
}
