package verify

import (
	"fmt"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// evidence calls visit for every reference by which a Service is called that
// becomes an alias.
func (p *PlanPass) evidence(visit func(f flip, e *plan.Edge, r *refs.Reference)) {
	for _, f := range p.flips {
		if f.Cutover != plan.CutoverExternalName {
			continue
		}
		for _, e := range p.Callers(f.Service) {
			for _, r := range p.stillCalls(f, e) {
				visit(f, e, r)
			}
		}
	}
}

// resolveOnceCheck is H02: nginx resolves a literal host once, when it reads its
// configuration (ngx_http_proxy_module; a variable in proxy_pass is resolved for
// every request).
var resolveOnceCheck = PlanCheck{
	Code: "H02", Severity: diag.Warning,
	Summary: "a caller resolves the name only once",
	Run: func(p *PlanPass) {
		p.evidence(func(f flip, e *plan.Edge, r *refs.Reference) {
			if !r.ResolvedOnce() {
				return
			}
			p.reportAt(e.Caller.Name, r.Pos(), "%s resolves %s once, when it reads its configuration: after phase %s it dials an address that nobody serves until its pods are restarted",
				e.Caller.Name, r.Written(), f.phase.Title()).
				WithFix("%s, or restart its pods when that phase is complete%s", p.thaw(e, r), orRelay(f))
		})
	},
}

// thaw is the fix of what only concerns callers that must not be changed: all
// others are repointed before the flip.
func (p *PlanPass) thaw(e *plan.Edge, r *refs.Reference) string {
	frozen := e.Caller
	for _, s := range p.Graph.Shared {
		if s.Object == r.Object && !frozen.Spec.Frozen {
			for _, a := range s.Users {
				if a.Spec.Frozen {
					frozen = a
				}
			}
		}
	}
	return fmt.Sprintf("remove `frozen` from %s, so that it is led to the new copy before the flip", frozen.Name)
}

// orRelay offers the relay where there is a virtual IP for it to keep.
func orRelay(f flip) string {
	if plan.Headless(f.Service) {
		return ""
	}
	return fmt.Sprintf(", or use `cutover: relay` for %s", f.Service.ID.Name)
}

// serviceRecordCheck is H10: an ExternalName Service has no SRV records (CoreDNS
// plugin kubernetes, which answers them for named ports of other Services only).
var serviceRecordCheck = PlanCheck{
	Code: "H10", Severity: diag.Error,
	Summary: "callers use SRV records of a Service that becomes an alias",
	Run: func(p *PlanPass) {
		p.evidence(func(f flip, e *plan.Edge, r *refs.Reference) {
			if !r.AsksSRV() {
				return
			}
			p.reportAt(e.Caller.Name, r.Pos(), "%s asks for SRV records of %s, which an ExternalName Service does not have: they are gone from phase %s on", e.Caller.Name, f.Service.ID, f.phase.Title()).
				WithFix("%s, or configure it with names and ports before the migration%s", p.thaw(e, r), orRelay(f))
		})
	},
}

// podNameCheck is H11: the names of single pods are gone with the alias.
var podNameCheck = PlanCheck{
	Code: "H11", Severity: diag.Error,
	Summary: "callers use names of single pods of a Service that becomes an alias",
	Run: func(p *PlanPass) {
		p.evidence(func(f flip, e *plan.Edge, r *refs.Reference) {
			if !r.NamesPod() {
				return
			}
			p.reportAt(e.Caller.Name, r.Pos(), "%s calls the pod %s of %s by name, and an ExternalName Service has no names of pods: it is gone from phase %s on",
				e.Caller.Name, strings.TrimSuffix(r.Prefix, "."), f.Service.ID, f.phase.Title()).
				WithFix("%s, or let it call the Service instead of its pods before the migration", p.thaw(e, r))
		})
		for _, f := range p.flips {
			p.checkPeers(f)
		}
	},
}

// checkPeers reports pods that call each other by name at the old place when
// somebody needs the alias there. With nobody left who does there is no flip.
func (p *PlanPass) checkPeers(f flip) {
	callers := p.callersAt(f)
	if f.Cutover != plan.CutoverExternalName || len(callers) == 0 {
		return
	}
	for _, o := range f.App.Objects {
		for _, r := range p.Graph.ReferencesOf(o) {
			if r.Target != f.Service.ID || !r.NamesPod() {
				continue
			}
			who := strings.Join(callerNames(callers), ", ")
			d := p.reportAt(f.App.Name, r.Pos(), "the old pods of %s call each other by name, which they cannot from phase %s on: %s becomes an alias then, as long as %s uses the old name",
				f.App.Name, f.phase.Title(), f.Service.ID, who).
				WithFix("let %s be repointed before (no `frozen`, no dependency that is only declared), or give the pods a headless Service of their own", who)
			for _, e := range callers {
				if len(e.Evidence) > 0 {
					d.WithNote(e.Evidence[0].Pos(), "%s calls %s", e.Caller.Name, e.Evidence[0].Written())
				}
			}
			return
		}
	}
}

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
