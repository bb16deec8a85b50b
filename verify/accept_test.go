package verify_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/verify"
)

func TestAccept(t *testing.T) {
	at := diag.Pos{File: "plan.yaml", Line: 9, Column: 5}
	found := diag.List{
		{Code: "H63", Severity: diag.Error, App: "a", Message: "a is recreated", Fix: "declare it"},
		{Code: "H63", Severity: diag.Error, App: "b", Message: "b is recreated"},
		{Code: "H01", Severity: diag.Warning, App: "a", Message: "an address"},
		{Code: "H70", Severity: diag.Info, Message: "IPVS"},
	}
	got := verify.Accept(found, []plan.Acceptance{
		{Pos: at, Code: "H63", App: "a", Reason: "two do no harm"},
		{Pos: at, Code: "H01", Reason: "at night"},
		{Pos: at, Code: "H70", Reason: "iptables"},
		{Pos: at, Code: "H64", App: "b", Reason: "no data"},
	})
	want := diag.List{
		{Code: "H63", Severity: diag.Info, App: "a", Message: "a is recreated, accepted: two do no harm"},
		{Code: "H63", Severity: diag.Error, App: "b", Message: "b is recreated"},
		{Code: "H01", Severity: diag.Info, App: "a", Message: "an address, accepted: at night"},
		{Code: "H70", Severity: diag.Info, Message: "IPVS"},
		{
			Code: diag.CodePlan, Severity: diag.Error, Pos: at, App: "b",
			Message: "accept: nothing of code H64 is found for app b", Fix: "remove the entry, or correct its code or app",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if found[0].Severity != diag.Error {
		t.Error("the list itself was changed")
	}
}

// TestAcceptedStages holds that an accepted error of any stage lets the next go on.
func TestAcceptedStages(t *testing.T) {
	accept := func(code, app string) string {
		return with("cutover: externalName", "accept: [{code: "+code+", app: "+app+", reason: because}]")
	}
	balancer := serviceOf("a", "type: LoadBalancer", "ports: [{name: http, port: 80, targetPort: 8080}]") + deploymentOf("a")
	address := serviceOf("a", "clusterIP: 10.96.7.7", "ports: [{name: http, port: 80, targetPort: 8080}]") + deploymentOf("a")
	explicit := strings.Replace(moveA, "to: {namespace: new}", "to: {namespace: new}, cutover: externalName", 1)
	tests := []struct {
		name, code, bad, good string
	}{
		{"the scan", "H19", archive(moveA, address, calling("b", "http://10.96.7.7")), archive(accept("H19", "b"), address, calling("b", "http://10.96.7.7"))},
		{"the schedule", "H26", archive(explicit, balancer, deploymentOf("b")), archive(explicit+"  accept: [{code: H26, app: a, reason: because}]\n", balancer, deploymentOf("b"))},
		{
			"the proof", "H64",
			archive(moveA, statefulSetOf("a", "volumeClaimTemplates: [{metadata: {name: data}}]"), deploymentOf("b")),
			archive(accept("H64", "a"), statefulSetOf("a", "volumeClaimTemplates: [{metadata: {name: data}}]"), deploymentOf("b")),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, diags := compile(t, tt.bad)
			if hits := found(diags, diag.Code(tt.code)); !hits.HasErrors() {
				t.Fatalf("no %s: %v", tt.code, summary(diags))
			}
			r, diags := compile(t, tt.good)
			hits := found(diags, diag.Code(tt.code))
			if diags.HasErrors() || r.Proof == nil {
				t.Fatalf("not accepted: %v", summary(diags))
			}
			if len(hits) == 0 || hits[0].Severity != diag.Info || !strings.HasSuffix(hits[0].Message, ", accepted: because") {
				t.Errorf("the reason is not told: %v", summary(hits))
			}
		})
	}
	_, diags := compile(t, archive(accept("H64", "b"), app("a"), deploymentOf("b")))
	if hits := found(diags, diag.CodePlan); len(hits) != 1 || hits[0].Severity != diag.Error || hits[0].Pos.File != "plan.yaml" {
		t.Errorf("an acceptance of nothing is no error: %v", summary(diags))
	}
}
