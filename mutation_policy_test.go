package rehome_test

import (
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// policyFaults get NetworkPolicies wrong.
func policyFaults() []fault {
	p3 := []diag.Code{"P3"}
	return []fault{
		{"opening lost", p3, eachOpening(nil)},
		{"opening for another namespace", p3, eachOpening(peers("namespaceSelector", "kubernetes.io/metadata.name"))},
		{"opening for other pods", p3, eachOpening(func(o *manifest.Object) *manifest.Object {
			return mistypeValues(o, manifest.P("spec", "podSelector", "matchLabels"))
		})},
		{"opening for other ports", p3, eachOpening(otherPorts)},
		{"opening without rules", p3, eachOpening(func(o *manifest.Object) *manifest.Object {
			return o.Without(manifest.P("spec", "ingress")).Without(manifest.P("spec", "egress"))
		})},
		{"policy not copied", p3, lostPolicies},
		{"copy isolated by a new policy", p3, isolated},
		{"old policy taken away early", p3, closedEarly},
	}
}

// openings lists the policies that rehome makes: each lets calls through that
// cross namespaces.
func (f *film) openings() []shot {
	var out []shot
	for _, s := range f.made("NetworkPolicy") {
		if f.original(s.after) == nil {
			out = append(out, s)
		}
	}
	return out
}

func eachOpening(change func(*manifest.Object) *manifest.Object) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, s := range f.openings() {
			needed, harmless := f.opens(s)
			if !needed && harmless == "" {
				continue
			}
			out = append(out, f.mutate(func(f *film) {
				if change == nil {
					f.lose(s)
				} else {
					f.edit(s, change)
				}
			}, "%s at %s", s.key.ID, f.scenes[s.scene].phase.Name).unless(harmless))
		}
		return out
	}
}

// eachRule changes every rule of a policy.
func eachRule(o *manifest.Object, change func(o *manifest.Object, rule manifest.Path) *manifest.Object) *manifest.Object {
	for _, direction := range [...]string{"ingress", "egress"} {
		for i := range o.Get("spec", direction).Items() {
			o = change(o, manifest.P("spec", direction).Index(i))
		}
	}
	return o
}

// peers mistypes a label of every peer.
func peers(selector, label string) func(*manifest.Object) *manifest.Object {
	return func(o *manifest.Object) *manifest.Object {
		return eachRule(o, func(o *manifest.Object, rule manifest.Path) *manifest.Object {
			for _, side := range [...]string{"from", "to"} {
				for i := range o.Get(rule.Join(side)...).Items() {
					at := rule.Join(side).Index(i).Join(selector, "matchLabels", label)
					if value := o.Text(at...); value != "" {
						o = o.With(at, manifest.Str(value+"x"))
					}
				}
			}
			return o
		})
	}
}

// otherPorts moves the ports of every rule but those of lookups.
func otherPorts(o *manifest.Object) *manifest.Object {
	return eachRule(o, func(o *manifest.Object, rule manifest.Path) *manifest.Object {
		for i, p := range o.Get(rule.Join("ports")...).Items() {
			if n, ok := p.Get("port").Int(); !ok || n != 53 {
				o = o.With(rule.Join("ports").Index(i).Join("port"), manifest.Int(n+2))
			}
		}
		return o
	})
}

// lostPolicies leaves out copies of policies. Those whose calls stay within the
// namespace are needed there; those that only deny are not needed by any call.
func lostPolicies(f *film) (out []mutant) {
	for _, s := range f.made("NetworkPolicy") {
		original := f.original(s.after)
		if original == nil {
			continue
		}
		m := f.mutate(func(f *film) { f.lose(s) }, "%s", s.key.ID)
		switch {
		case s.after.Get("spec", "ingress").Len()+s.after.Get("spec", "egress").Len() == 0:
			out = append(out, m.unless("it allows nothing"))
		case f.allowsWithin(s.after):
			out = append(out, m)
		}
	}
	return out
}

// allowsWithin reports whether a policy lets in a call between two apps that
// both end up in its namespace.
func (f *film) allowsWithin(policy *manifest.Object) bool {
	denied := false
	for _, o := range f.end() {
		selects := o.ID.Kind == "NetworkPolicy" && o.ID.Namespace == policy.ID.Namespace && o.Get("spec", "podSelector").Len() == 0
		denied = denied || selects && strings.Contains(string(o.Get("spec", "policyTypes").AppendJSON(nil)), "Ingress")
	}
	for _, e := range f.result.Graph.Edges {
		if !denied || e.Denied || e.Caller.To != e.Callee.To || e.Callee.To.Namespace != policy.ID.Namespace {
			continue
		}
		for _, callee := range e.Callee.Workloads {
			if !plan.Selects(policy.Get("spec", "podSelector"), plan.PodTemplate(callee).Get("metadata", "labels")) {
				continue
			}
			for _, rule := range policy.Get("spec", "ingress").Items() {
				for _, peer := range rule.Get("from").Items() {
					for _, caller := range e.Caller.Workloads {
						if peer.Get("namespaceSelector") == nil && plan.Selects(peer.Get("podSelector"), plan.PodTemplate(caller).Get("metadata", "labels")) {
							return true
						}
					}
				}
			}
		}
	}
	return false
}

// isolated adds a policy that denies everything to the pods of a copy that is
// called, unless policies allow it by themselves.
func isolated(f *film) (out []mutant) {
	if len(f.made("NetworkPolicy")) > 0 {
		return nil
	}
	for _, s := range f.made(longRunning...) {
		original := f.original(s.after)
		if original == nil {
			continue
		}
		policy := manifest.New(manifest.Map(
			manifest.F("apiVersion", manifest.Str("networking.k8s.io/v1")),
			manifest.F("kind", manifest.Str("NetworkPolicy")),
			manifest.F("metadata", manifest.Map(manifest.F("name", manifest.Str("lock-"+strconv.Itoa(s.scene))), manifest.F("namespace", manifest.Str(s.key.Namespace)))),
			manifest.F("spec", manifest.Map(
				manifest.F("podSelector", manifest.Map(manifest.F("matchLabels", plan.PodTemplate(s.after).Get("metadata", "labels")))),
				manifest.F("policyTypes", manifest.Strs("Ingress")),
			)),
		))
		m := f.mutate(func(f *film) {
			key := s.key
			key.ID = policy.ID
			f.scenes[s.scene].after[key] = policy
		}, "%s", s.key.ID)
		out = append(out, m.unless(f.uncalled(original)))
	}
	return out
}

// opens reports whether a call needs an opening, or why none does. It knows two
// kinds for sure: a callee's new pods are called from other namespaces by the
// apps' last copies, or by callers that are still at their old place when the
// alias is made. Of other openings it says nothing.
func (f *film) opens(s shot) (needed bool, harmless string) {
	app := f.selectedBy(s.after)
	if app == nil {
		return false, ""
	}
	if app.From.Cluster != app.To.Cluster {
		return f.letsHopIn(s, app), ""
	}
	if s.key.Namespace == app.From.Namespace {
		for _, w := range app.Workloads {
			if f.at(s.scene+1, keyOf(w)) != nil {
				return false, ""
			}
		}
		return false, "the pods that it selects are gone by then"
	}
	ingress := s.after.Get("spec", "ingress").Len() > 0
	for _, e := range f.result.Graph.Edges {
		if ingress && e.Callee == app && !e.Denied && (e.Caller.To != app.To || f.callsAtFlip(e)) {
			return true, ""
		}
	}
	return false, ""
}

// selectedBy returns the app whose pods a policy selects.
func (f *film) selectedBy(policy *manifest.Object) *plan.App {
	for _, a := range f.result.Graph.Apps {
		for _, w := range a.Workloads {
			if plan.Selects(policy.Get("spec", "podSelector"), plan.PodTemplate(w).Get("metadata", "labels")) {
				return a
			}
		}
	}
	return nil
}

// callsAtFlip reports whether a caller is at its old place when the name that it
// uses becomes an alias for another namespace.
func (f *film) callsAtFlip(e *plan.Edge) bool {
	flip := f.flipOf(e.Service)
	return flip >= 0 && e.Caller.From != e.Callee.To && f.at(flip, keyOf(e.Caller.Workloads[0])) != nil &&
		f.at(flip+1, keyOf(e.Service)).Text("spec", "type") == "ExternalName"
}

// flipOf returns the scene in which a Service is flipped, -1 when none does.
func (f *film) flipOf(service *manifest.Object) int {
	return f.indexOf(plan.FlipKind, func(step plan.Step) bool { return step.(*plan.Flip).Service == service })
}

// closedEarly takes openings away when the alias is made, while callers are
// still at their old place.
func closedEarly(f *film) (out []mutant) {
	for _, s := range f.openings() {
		app := f.selectedBy(s.after)
		if app == nil || s.key.Namespace == app.From.Namespace || app.From.Cluster != app.To.Cluster {
			continue
		}
		for _, e := range f.result.Graph.Edges {
			if e.Callee == app && !e.Denied && f.callsAtFlip(e) {
				flip := f.flipOf(e.Service)
				out = append(out, f.mutate(func(f *film) { f.scenes[flip].after[s.key] = nil }, "%s at %s", s.key.ID, f.scenes[flip].phase.Name))
				break
			}
		}
	}
	return out
}
