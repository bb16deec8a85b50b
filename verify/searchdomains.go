package verify

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// searchCheck is H17: with a search domain of its own a pod asks for a full name
// below that domain first, and a wildcard record there captures it
// (resolv.conf(5): fewer dots than ndots).
var searchCheck = PlanCheck{
	Code: "H17", Severity: diag.Warning,
	Summary: "a search domain is tried before a full name",
	Run: func(p *PlanPass) {
		for _, e := range p.Graph.Edges {
			for _, w := range e.Caller.Workloads {
				searches := workloadSpec(w).Join("dnsConfig", "searches")
				if w.Get(searches...).Len() == 0 || !e.Callee.Moves() && !e.Caller.Moves() {
					continue
				}
				for _, r := range e.Evidence {
					if r.Form == refs.Full && !r.Dot && strings.Count(r.Text(), ".") < ndots(w) {
						p.reportAt(e.Caller.Name, r.Pos(), "%s is looked up below the search domain %s first: a wildcard record there answers instead of the Service",
							r.Text(), w.Text(searches.Index(0)...)).
							WithFix("write the name with a dot at its end, or set the option ndots: 2 in dnsConfig").
							WithNote(w.Pos(searches...), "the search domains of %s", w.ID)
					}
				}
			}
		}
	},
}

// ndots returns the option of a pod's resolver: 5 unless dnsConfig says
// otherwise (k8s.io/kubernetes/pkg/kubelet/network/dns).
func ndots(w *manifest.Object) int {
	for _, option := range w.Get(workloadSpec(w).Join("dnsConfig", "options")...).Items() {
		if n, ok := option.Get("value").Int(); ok && option.Text("name") == "ndots" {
			return int(n)
		}
		if option.Text("name") == "ndots" && len(option.Text("value")) == 1 {
			return int(option.Text("value")[0] - '0')
		}
	}
	return 5
}
