package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// hostPortCheck is H68: two pods cannot have one port of a node.
var hostPortCheck = PlanCheck{
	Code: "H68", Severity: diag.Error,
	Summary: "two copies claim one port of a node",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			if a.Spec.Singleton {
				continue
			}
			for _, w := range a.Workloads {
				if path := claimedPort(w); path != nil {
					p.Reportf(a.Name, w, path, "pods of %s take a port of their node, so those of the copy stay Pending on nodes that run one", w.ID).
						WithFix("declare `singleton: true` for app %s: the old copy is stopped first", a.Name)
				}
			}
		}
	},
}

// claimedPort returns where a workload claims a port of the node, nil when it does
// not. On the host's network every port is one
// (k8s.io/kubernetes/pkg/apis/core/v1, SetDefaults_HostNetworkPorts).
func claimedPort(w *manifest.Object) manifest.Path {
	hostNetwork := w.Get(workloadSpec(w).Join("hostNetwork")...).Bool()
	for _, c := range containers(w) {
		for i, port := range w.Get(c.Join("ports")...).Items() {
			if n, ok := port.Get("hostPort").Int(); ok && n > 0 || hostNetwork {
				return c.Join("ports").Index(i)
			}
		}
	}
	return nil
}
