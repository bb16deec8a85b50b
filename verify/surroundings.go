package verify

import (
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// duplicateRouteCheck is H35: while an app moves, its host and path have a route
// in both namespaces.
var duplicateRouteCheck = PlanCheck{
	Code: "H35", Severity: diag.Warning,
	Summary: "one host and path has a route in two namespaces",
	Run: func(p *PlanPass) {
		world := sim.New()
		for _, s := range p.States {
			for _, c := range s.Changes {
				if c.After == nil {
					world.Remove(c.Key.Cluster, c.Key.ID)
				} else if plan.IsRoute(c.After) {
					world.Put(c.Key.Cluster, c.After)
				}
			}
			for _, c := range s.Changes {
				if s.Phase != nil && c.Before == nil && plan.IsRoute(c.After) {
					p.checkDuplicates(s, c, world)
				}
			}
		}
	},
}

// checkDuplicates looks for other routes of the hosts and paths of a new one.
func (p *PlanPass) checkDuplicates(s *render.State, c render.Change, world *sim.World) {
	_, hosts := world.HostsOf(c.After)
	for _, e := range world.Table(c.Key.Cluster, hosts...) {
		mine := slices.ContainsFunc(e.Claims, func(x sim.Claim) bool { return x.Object == c.Key.ID })
		other := slices.IndexFunc(e.Claims, func(x sim.Claim) bool { return x.Object.Namespace != c.Key.Namespace })
		if !mine || other < 0 || e.Flavour == sim.Gateway {
			continue
		}
		d := p.Reportf("", c.After, manifest.P("metadata", "name"), "from phase %s on %s%s has two routes, %s and %s: %s", phaseName(s.Phase), e.Host, e.Path, e.Claims[other].Object, c.Key.ID, settles(e.Flavour))
		d.WithFix("%s", duplicateRemedies[e.Flavour])
		if c.Owner != nil {
			d.App = ""
		}
		return
	}
}

func settles(f sim.Flavour) string {
	if f == sim.Traefik {
		return "Traefik takes either of them, and both lead to the same app"
	}
	return "ingress-nginx obeys the older one, and its admission webhook refuses the newer"
}

// duplicateRemedies say what to do about two routes.
var duplicateRemedies = map[sim.Flavour]string{
	sim.Nginx:   "exempt the new namespace from the admission webhook of ingress-nginx until the old route is deleted",
	sim.Traefik: "nothing has to be done while both lead to the same app",
}

// admissionCheck is H61: what the target namespace does to pods that arrive.
var admissionCheck = PlanCheck{
	Code: "H61", Severity: diag.Warning,
	Summary: "the target namespace admits pods in another way",
	Run: func(p *PlanPass) {
		var told []render.Key
		for _, a := range p.Moving() {
			for _, o := range p.Graph.Inventory.Objects {
				key := render.Key{Cluster: plan.ClusterOf(o), ID: o.ID}
				if key.Cluster != a.To.Cluster || o.ID.Group != "" || slices.Contains(told, key) {
					continue
				}
				switch {
				case o.ID.Kind == "ResourceQuota" && o.ID.Namespace == a.To.Namespace:
					p.Reportf("", o, manifest.P("metadata", "name"), "%s limits what %s may hold: the pods that arrive have to fit", o.ID, a.To).
						WithFix("raise the quota by the requests of the apps that arrive, app %s first", a.Name)
				case o.ID.Kind == "LimitRange" && (o.ID.Namespace == a.To.Namespace || o.ID.Namespace == a.From.Namespace && !p.arrives(o, a.To)):
					p.Reportf("", o, manifest.P("metadata", "name"), "%s gives pods defaults and limits in %s, and those of app %s get others in %s", o.ID, o.ID.Namespace, a.Name, a.To).
						WithFix("state requests and limits in the pods, or have an equal LimitRange in both namespaces")
				case o.ID.Kind == "Namespace" && o.ID.Name == a.To.Namespace:
					p.checkLevels(a, o)
					continue
				default:
					continue
				}
				told = append(told, key)
			}
		}
	},
}

// arrives reports whether some phase makes a copy of an object at a place.
func (p *PlanPass) arrives(o *manifest.Object, at plan.Place) bool {
	id := o.ID.In(at.Namespace)
	for _, s := range p.States {
		for _, c := range s.Changes {
			if c.Key.ID == id && c.Key.Cluster == at.Cluster && c.After != nil {
				return true
			}
		}
	}
	return false
}

// checkLevels compares the labels by which namespaces admit pods: Pod Security
// and the injection of sidecars.
func (p *PlanPass) checkLevels(a *plan.App, to *manifest.Object) {
	var from *manifest.Object
	for _, o := range p.Graph.Inventory.Objects {
		if o.ID.Group == "" && o.ID.Kind == "Namespace" && o.ID.Name == a.From.Namespace && plan.ClusterOf(o) == a.From.Cluster {
			from = o
		}
	}
	for _, label := range [...]string{"pod-security.kubernetes.io/enforce", "istio-injection", "istio.io/rev"} {
		is, was := to.Text("metadata", "labels", label), ""
		if from != nil {
			was = from.Text("metadata", "labels", label)
		}
		if is != was {
			p.Reportf(a.Name, to, manifest.P("metadata", "labels"), "%s has the label %s: %q, and %s, where app %s comes from, has %q: its pods are admitted in another way", to.ID.Name, label, is, a.From, a.Name, was).
				WithFix("give both namespaces the same value, or make sure that the pods pass")
		}
	}
}

// monitoringCheck is H77: what watches the old namespace does not see the new.
var monitoringCheck = PlanCheck{
	Code: "H77", Severity: diag.Warning,
	Summary: "monitoring names the old namespace only",
	Run: func(p *PlanPass) {
		for _, o := range p.Graph.Inventory.Objects {
			if o.ID.Group != "monitoring.coreos.com" {
				continue
			}
			for _, a := range p.Moving() {
				if path := watchesOnly(o, a.From.Namespace, a.To.Namespace); path != nil && !slices.Contains(a.Objects, o) {
					p.Reportf(a.Name, o, path, "%s watches %s and not %s, where app %s moves to", o.ID, a.From.Namespace, a.To.Namespace, a.Name).
						WithFix("let it watch both namespaces until the migration is over")
					break
				}
			}
		}
	},
}

// watchesOnly returns where an object of the Prometheus operator names the old
// namespace, nil when it does not or when it names the new one too.
func watchesOnly(o *manifest.Object, from, to string) manifest.Path {
	var at manifest.Path
	both := false
	o.Get("spec").Scalars(func(path manifest.Path, n *manifest.Node) {
		inNames := slices.Contains(path, "matchNames")
		if inNames && n.Value() == to || strings.Contains(n.Value(), `namespace="`+to+`"`) {
			both = true
		}
		if at == nil && (inNames && n.Value() == from || strings.Contains(n.Value(), `namespace="`+from+`"`)) {
			at = manifest.P("spec").Join(path...)
		}
	})
	if both {
		return nil
	}
	return at
}

// namespaceDeletionCheck is H78: no phase deletes a namespace with what may
// still be in it.
var namespaceDeletionCheck = PlanCheck{
	Code: "H78", Severity: diag.Error,
	Summary: "no phase deletes a namespace",
	Run: func(p *PlanPass) {
		for _, s := range p.States {
			for _, c := range s.Changes {
				if isNamespaceKey(c.Key) && c.After == nil {
					p.Reportf("", c.Before, manifest.P("metadata", "name"), "phase %s deletes the namespace %s with everything that is in it, also what no manifest shows", phaseName(s.Phase), c.Key.Name).
						WithFix("delete it by hand when the migration is over and it is empty")
				}
			}
		}
	},
}

// doubtfulUseCheck is H79: a text that may be the name of a Service whose old
// name goes.
var doubtfulUseCheck = PlanCheck{
	Code: "H79", Severity: diag.Warning,
	Summary: "something may still use an old name that is deleted",
	Run: func(p *PlanPass) {
		for _, phase := range p.Schedule.Phases {
			for _, s := range phase.Steps {
				u, ok := s.(*plan.Unflip)
				if !ok {
					continue
				}
				for _, r := range p.Graph.Possible {
					if r.Target == u.Service.ID {
						p.reportAt(u.App.Name, r.Pos(), "%q may be %s, whose old name phase %s deletes", r.Written(), u.Service.ID, phaseName(phase)).
							WithFix("list it under references.confirm, so that it is rewritten, or under references.ignore")
					}
				}
			}
		}
	},
}

// namespaceTextCheck is H22: values that are made of the old namespace's name.
var namespaceTextCheck = PlanCheck{
	Code: "H22", Severity: diag.Warning,
	Summary: "the name of the old namespace is used as a value",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			for _, o := range a.Objects {
				p.checkNamespaceText(a, o)
			}
		}
	},
}

// checkNamespaceText looks at the texts of pods and of ConfigMaps. What is read
// as a reference is rewritten, and is none of these.
func (p *PlanPass) checkNamespaceText(a *plan.App, o *manifest.Object) {
	known := map[string]bool{}
	for _, r := range p.Graph.ReferencesOf(o) {
		known[r.Path.Pointer()] = true
	}
	look := func(under manifest.Path) {
		o.Get(under...).Scalars(func(path manifest.Path, n *manifest.Node) {
			at := under.Join(path...)
			if namesWord(n.Value(), a.From.Namespace) && !known[at.Pointer()] {
				p.Reportf(a.Name, o, at, "%s holds the name of the namespace %s, which app %s leaves: a key, topic or lock that is made of it stays the old one", o.ID, a.From.Namespace, a.Name).
					WithFix("check what the program does with it")
			}
		})
	}
	if isWorkload(o) {
		for _, c := range containers(o) {
			for i := range o.Get(c.Join("env")...).Items() {
				look(c.Join("env").Index(i).Join("value"))
			}
			look(c.Join("args"))
			look(c.Join("command"))
		}
	}
	if o.ID.Group == "" && o.ID.Kind == "ConfigMap" {
		look(manifest.P("data"))
	}
}

// namesWord reports whether a text of one line is a word, or has it between
// separators of keys, topics and paths.
func namesWord(text, word string) bool {
	if strings.Contains(text, "\n") {
		return false
	}
	for part := range strings.FieldsFuncSeq(text, func(c rune) bool { return strings.ContainsRune("/:.=,@ \"'", c) }) {
		if part == word {
			return true
		}
	}
	return false
}
