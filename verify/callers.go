package verify

import (
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
			for _, r := range e.Evidence {
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
			if plan.Headless(f.Service) || !resolvedOnce(r) {
				return
			}
			p.reportAt(e.Caller.Name, r.Pos(), "%s resolves %s once, when it reads its configuration: after phase %s it dials an address that nobody serves until its pods are restarted",
				e.Caller.Name, r.Written(), f.phase.Title()).
				WithFix("restart the pods of %s when that phase is complete, or use `cutover: relay` for %s", e.Caller.Name, f.Service.ID.Name)
		})
	},
}

// nginxDirectives are those that take an address that is resolved once.
var nginxDirectives = [...]string{"proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "server"}

// resolvedOnce reports whether a reference is the literal address of an nginx
// directive.
func resolvedOnce(r *refs.Reference) bool {
	value := r.Object.Text(r.Path...)
	if r.Base64 || r.Start > len(value) {
		return false
	}
	line := value[strings.LastIndexByte(value[:r.Start], '\n')+1:]
	if end := strings.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	if !strings.Contains(line, ";") || strings.Contains(line, "$") || strings.Contains(line, " resolve;") {
		return false
	}
	for _, statement := range strings.FieldsFunc(line, func(c rune) bool { return c == ';' || c == '{' || c == '}' }) {
		fields := strings.Fields(statement)
		for _, directive := range nginxDirectives {
			if len(fields) > 1 && fields[0] == directive && strings.Contains(statement, r.Text()) {
				return true
			}
		}
	}
	return false
}

// serviceRecordCheck is H10: an ExternalName Service has no SRV records (CoreDNS
// plugin kubernetes, which answers them for named ports of other Services only).
var serviceRecordCheck = PlanCheck{
	Code: "H10", Severity: diag.Error,
	Summary: "callers use SRV records of a Service that becomes an alias",
	Run: func(p *PlanPass) {
		p.evidence(func(f flip, e *plan.Edge, r *refs.Reference) {
			if !strings.HasPrefix(r.Prefix, "_") && !strings.HasSuffix(r.Scheme, "+srv") {
				return
			}
			p.reportAt(e.Caller.Name, r.Pos(), "%s asks for SRV records of %s, which an ExternalName Service does not have: they are gone from phase %s on", e.Caller.Name, f.Service.ID, f.phase.Title()).
				WithFix("configure %s with names and ports before the migration, or move it in the same wave and accept H10 for it", e.Caller.Name)
		})
	},
}

// podNameCheck is H11: the names of single pods are gone with the alias.
var podNameCheck = PlanCheck{
	Code: "H11", Severity: diag.Error,
	Summary: "callers use names of single pods of a Service that becomes an alias",
	Run: func(p *PlanPass) {
		p.evidence(func(f flip, e *plan.Edge, r *refs.Reference) {
			if r.Prefix == "" || r.Prefix == "*." || strings.HasPrefix(r.Prefix, "_") {
				return
			}
			p.reportAt(e.Caller.Name, r.Pos(), "%s calls the pod %s of %s by name, and an ExternalName Service has no names of pods: it is gone from phase %s on",
				e.Caller.Name, strings.TrimSuffix(r.Prefix, "."), f.Service.ID, f.phase.Title()).
				WithFix("let %s call the Service instead of its pods, or move both in one wave with %s calling the new names", e.Caller.Name, e.Caller.Name)
		})
	},
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
