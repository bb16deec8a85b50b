package verify_test

import (
	"strings"
	"testing"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
)

// TestEarlyRepoint moves callers that name single pods in every order that a
// plan can ask for. They are led to the new pods before the old names go, and no
// call breaks.
func TestEarlyRepoint(t *testing.T) {
	members := func(name, env string) string {
		set := serviceOf(name, "clusterIP: None", "ports: [{name: http, port: 8080}]") + statefulSetOf(name, "")
		if env != "" {
			set = strings.Replace(set, "ports: [{name: http, containerPort", "env: [{name: PEERS, value: \""+env+"\"}]\n          ports: [{name: http, containerPort", 1)
		}
		return set
	}
	caller := calling("b", "http://a-0.a:8080")
	shared := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: urls}\ndata: {A_URL: \"http://a-0.a.old.svc:8080\"}\n---\n" +
		strings.ReplaceAll(caller, "- name: main", "- name: main\n          envFrom: [{configMapRef: {name: urls}}]") +
		strings.ReplaceAll(calling("c", "http://a:8080"), "- name: main", "- name: main\n          envFrom: [{configMapRef: {name: urls}}]")
	tests := []struct {
		name, spec string
		manifests  []string
		order      string // the kinds of the phases
		flips      bool
	}{
		{
			"the caller stays", "  apps: [{name: a, to: {namespace: new}}, {name: b}]\n",
			[]string{members("a", ""), caller},
			"prepare deploy repoint retire unflip", false,
		},
		{
			"another caller is content with the alias", "  apps: [{name: a, to: {namespace: new}}, {name: b}, {name: c}]\n",
			[]string{members("a", ""), caller, calling("c", "http://a:8080")},
			"prepare deploy repoint flip retire repoint unflip", true,
		},
		{
			"the caller moves later", "  apps: [{name: a, to: {namespace: new}}, {name: b, to: {namespace: web}}]\n",
			[]string{members("a", ""), caller},
			"prepare deploy repoint retire unflip prepare deploy retire", false,
		},
		{
			"the caller moves first", "  apps: [{name: a, to: {namespace: new}, wave: 2}, {name: b, to: {namespace: web}, wave: 1}]\n  schedule: {order: explicit}\n",
			[]string{members("a", ""), caller},
			"prepare deploy retire prepare deploy repoint retire unflip", false,
		},
		{
			"both move at once", "  apps: [{name: a, to: {namespace: new}}, {name: b, to: {namespace: web}}]\n  schedule: {order: all-at-once}\n",
			[]string{members("a", ""), caller},
			"prepare deploy deploy repoint retire unflip", false,
		},
		{
			"both name each other", "  apps: [{name: a, to: {namespace: new}}, {name: b, to: {namespace: web}}]\n",
			[]string{members("a", "b-0.b:8080"), members("b", "a-0.a:8080")},
			"prepare deploy repoint retire unflip", false,
		},
		{
			"the caller is a singleton that moves at once", "  apps: [{name: a, to: {namespace: new}}, {name: b, to: {namespace: web}, singleton: true}]\n  schedule: {order: all-at-once}\n",
			[]string{members("a", ""), caller},
			"prepare deploy deploy retire deploy retire unflip", false,
		},
		{
			"several read the name from one ConfigMap", "  apps: [{name: a, to: {namespace: new}}, {name: b}, {name: c, to: {namespace: web}}]\n",
			[]string{members("a", ""), shared},
			"prepare deploy repoint flip retire prepare deploy retire unflip", true,
		},
		{
			"nobody calls, and the pods name each other", "  apps: [{name: a, to: {namespace: new}}]\n",
			[]string{members("a", "a-0.a:8080,a-1.a.old.svc:8080")},
			"prepare deploy retire unflip", false,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, diags := compile(t, archive(tt.spec, tt.manifests...))
			if hits := found(diags, diag.Code("H11")); diags.HasErrors() || len(hits) > 0 {
				t.Fatalf("the plan is refused: %v", summary(diags))
			}
			var order []string
			flips := false
			for _, p := range r.Schedule.Phases {
				order = append(order, p.Kind.String())
				flips = flips || p.Kind == plan.FlipKind
			}
			if got := strings.Join(order, " "); got != tt.order {
				t.Errorf("the phases are %s, want %s", got, tt.order)
			}
			if flips != tt.flips {
				t.Errorf("a Service is flipped: %t, want %t", flips, tt.flips)
			}
		})
	}
}
