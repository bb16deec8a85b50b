package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// hostNetworkCheck is H18: on the network of the host, ClusterFirst means the
// DNS of the host.
var hostNetworkCheck = PlanCheck{
	Code: "H18", Severity: diag.Error,
	Summary: "a pod on the host network asks the host's DNS for names of Services",
	Run: func(p *PlanPass) {
		told := map[*manifest.Object]bool{}
		for _, e := range p.Graph.Edges {
			if !e.Callee.Moves() && !e.Caller.Moves() || len(e.Evidence) == 0 {
				continue
			}
			for _, w := range e.Caller.Workloads {
				spec := w.Get(workloadSpec(w)...)
				policy := spec.Text("dnsPolicy")
				if told[w] || !spec.Get("hostNetwork").Bool() || policy != "" && policy != "ClusterFirst" {
					continue
				}
				told[w] = true
				p.Reportf(e.Caller.Name, w, workloadSpec(w).Join("hostNetwork"), "pods of %s use the host's network and with it the host's DNS, which does not know %s: nothing can be said of what they call", w.ID, e.Service.ID).
					WithFix("set dnsPolicy: ClusterFirstWithHostNet").
					WithNote(e.Evidence[0].Pos(), "it calls %s", e.Evidence[0].Written())
			}
		}
	},
}
