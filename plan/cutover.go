package plan

import (
	"fmt"

	"github.com/rehome-dev/rehome/manifest"
)

// RelaySuffix is what the names of a relay's objects add to its Service's.
const RelaySuffix = "-relay"

// RelayName returns the name of the relay's objects for a Service.
func RelayName(service *manifest.Object) string { return service.ID.Name + RelaySuffix }

// RelayLabel marks the pods of a relay; its value is the Service's name.
const RelayLabel = "rehome.dev/relay"

// RelayLabels returns the labels that the pods of a Service's relay have and that
// the flipped Service selects.
func RelayLabels(service string) *manifest.Node {
	return manifest.Map(manifest.F(RelayLabel, manifest.Str(service)))
}

// cutover returns the cutover of a Service.
func (m *mover) cutover(a *App, s *manifest.Object) Cutover {
	c, _ := m.chooseCutover(a, s)
	return c
}

// chooseCutover decides how the old name of a Service keeps working: as the
// plan says for the Service, else the app, else all; and why, where the plan
// leaves the choice.
func (m *mover) chooseCutover(a *App, s *manifest.Object) (c Cutover, why string) {
	c, explicit := m.planned(a, s)
	switch {
	case c == CutoverAuto:
		return m.autoCutover(a, s)
	case c == CutoverExternalName && ExposedOutside(s) && !explicit:
		return CutoverRelay, fmt.Sprintf("an ExternalName Service would give up the %s address that clients outside use", s.Text("spec", "type"))
	}
	return c, ""
}

// planned returns what the plan says, and whether it says it for this Service
// or app in particular.
func (m *mover) planned(a *App, s *manifest.Object) (c Cutover, explicit bool) {
	for _, spec := range a.Spec.Services {
		if spec.Name == s.ID.Name {
			return spec.Cutover, true
		}
	}
	if a.Spec.Cutover != "" {
		return a.Spec.Cutover, true
	}
	if c := m.graph.Plan.Spec.Cutover; c != "" {
		return c, false
	}
	return CutoverExternalName, false
}

// autoCutover picks the relay where an alias would lose requests: the flip to
// ExternalName gives up the ClusterIP, and callers that hold it fail until they
// resolve the name again (measured: as long as they cache).
func (m *mover) autoCutover(a *App, s *manifest.Object) (Cutover, string) {
	switch {
	case ExposedOutside(s):
		return CutoverRelay, "clients outside of the cluster use its address"
	case Headless(s):
		return CutoverExternalName, "it is headless: no virtual IP is given up"
	case hasUDP(s):
		return CutoverExternalName, "it has UDP ports, which a relay cannot carry"
	}
	users := m.holdersOf(callee{a, s})
	if len(users) == 0 {
		return CutoverExternalName, "no app of the plan calls it"
	}
	return CutoverRelay, fmt.Sprintf("%s may hold its ClusterIP when it is flipped", users[0].name())
}

// hasUDP reports whether a Service has a port that is not TCP.
func hasUDP(s *manifest.Object) bool {
	for _, p := range s.Get("spec", "ports").Items() {
		if protocol := p.Text("protocol"); protocol != "" && protocol != "TCP" {
			return true
		}
	}
	return false
}

// checkCutover reports what a cutover cannot do for a Service.
func (m *mover) checkCutover(a *App, s *manifest.Object, c Cutover) {
	switch {
	case c == CutoverExternalName && ExposedOutside(s):
		m.diags.Errorf("H26", s.Pos("spec", "type"), "%s is of type %s: an ExternalName Service would give up the address that clients outside use", s.ID, s.Text("spec", "type")).
			WithFix("use `cutover: relay` for it").WithApp(a.Name)
	case c == CutoverRelay && hasUDP(s):
		m.diags.Errorf("H71", s.Pos("spec", "ports"), "%s has a port that is not TCP, which a relay cannot carry", s.ID).
			WithFix("use `services: [{name: %s, cutover: externalName}]` and redeploy its callers, or split the port off into a Service of its own", s.ID.Name).WithApp(a.Name)
	case c == CutoverRelay && s.Get("spec", "ports").Len() == 0:
		m.diags.Errorf("H14", s.Pos("spec"), "%s has no ports: there is nothing that a relay could forward", s.ID).
			WithFix("use `cutover: externalName` for it").WithApp(a.Name)
	case c == CutoverRelay && Headless(s):
		m.diags.Errorf("H12", s.Pos("spec", "clusterIP"), "%s is headless: its callers dial pod addresses, which a relay cannot keep", s.ID).
			WithFix("use `cutover: externalName` for it: without a virtual IP nothing is given up").WithApp(a.Name)
	}
}
