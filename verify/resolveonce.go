package verify

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

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
