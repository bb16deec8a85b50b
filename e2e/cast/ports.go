package cast

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// portsOf returns the ports to which the app's Services lead by number; a
// manifest need not declare those at the container.
func portsOf(app *plan.App, w *manifest.Object) []traffic.Listen {
	labels := w.Get("spec", "template", "metadata", "labels")
	var out []traffic.Listen
	for _, s := range app.Services {
		if !selects(s, labels) {
			continue
		}
		for _, p := range s.Get("spec", "ports").Items() {
			target := p.Text("targetPort")
			if target == "" {
				target = p.Text("port")
			}
			if n := number(target); n != 0 {
				out = append(out, traffic.Listen{Port: n, Protocol: p.Text("protocol")})
			}
		}
	}
	return out
}

// selects reports whether a Service selects pods of these labels.
func selects(s *manifest.Object, labels *manifest.Node) bool {
	selector := s.Get("spec", "selector")
	for key, value := range selector.Entries() {
		if labels.Text(key) != value.Value() {
			return false
		}
	}
	return selector != nil
}

// listen returns all ports of a container: those it declares, those its probes
// ask, and those of Services, which go to the pod's first container.
func (r *role) listen(c *corev1.Container) []traffic.Listen {
	var out []traffic.Listen
	add := func(l traffic.Listen) {
		if l.Protocol == "" {
			l.Protocol = "TCP"
		}
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	for _, p := range c.Ports {
		add(traffic.Listen{Port: p.ContainerPort, Protocol: string(p.Protocol)})
	}
	for _, p := range []*corev1.Probe{c.StartupProbe, c.ReadinessProbe, c.LivenessProbe} {
		if n := probed(p); n != 0 {
			add(traffic.Listen{Port: n})
		}
	}
	for _, p := range r.ports {
		add(p)
	}
	return out
}

// probed is the port that a probe asks by number, 0 for any other.
func probed(p *corev1.Probe) int32 {
	switch {
	case p == nil:
		return 0
	case p.HTTPGet != nil:
		return p.HTTPGet.Port.IntVal
	case p.TCPSocket != nil:
		return p.TCPSocket.Port.IntVal
	case p.GRPC != nil:
		return p.GRPC.Port
	}
	return 0
}
