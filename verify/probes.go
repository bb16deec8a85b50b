package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// probeCheck is the part of P5 that is about readiness: pods whose probe names a
// port that their container does not have never become ready
// (k8s.io/kubernetes/pkg/probe.ResolveContainerPort).
var probeCheck = Check{
	Code: "P5", Severity: diag.Error,
	Summary: "the probes of workloads name ports that their containers have",
	Run: func(p *Pass) {
		for _, c := range p.Changes() {
			if c.After == nil || !isWorkload(c.After) {
				continue
			}
			for _, container := range containers(c.After) {
				p.checkProbes(c.After, container)
			}
		}
	},
}

// checkProbes looks at the probes that decide about readiness. What is wrong
// today is no fault of the migration.
func (p *Pass) checkProbes(o *manifest.Object, container manifest.Path) {
	for _, probe := range [...]string{"startupProbe", "readinessProbe"} {
		for _, handler := range [...]string{"httpGet", "tcpSocket"} {
			path := manifest.P(probe, handler, "port")
			name := missingPort(o.Get(container...), path)
			if name == "" || missingPort(o.Base().Get(container...), path) == name {
				continue
			}
			p.Reportf("P5", o, container.Join(path...), "%s of %s asks at the port %q, which its container does not have: the pods never become ready", probe, o.ID, name)
		}
	}
}

// missingPort returns the name of the port at a path of a container when none of
// its ports has that name, else "".
func missingPort(container *manifest.Node, at manifest.Path) string {
	port := container.Get(at...)
	if _, number := port.Int(); number || port.Value() == "" {
		return ""
	}
	for _, p := range container.Get("ports").Items() {
		if p.Text("name") == port.Value() {
			return ""
		}
	}
	return port.Value()
}
