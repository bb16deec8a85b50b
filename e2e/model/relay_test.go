package model

import "testing"

// The configuration that relays run tells where their ports lead.
func TestTargets(t *testing.T) {
	got := targets("defaults\n  mode tcp\n\nlisten port-8080\n  bind :::8080 v4v6\n  server target cart.shop.svc.cluster.local:80\n\nlisten port-9090\n  bind :::9090 v4v6\n  server target cart.shop.svc.cluster.local:9000\n\nfrontend health\n")
	for port, want := range map[int32]string{8080: "cart.shop.svc.cluster.local.:80", 9090: "cart.shop.svc.cluster.local.:9000"} {
		if q := got[port]; len(got) != 2 || q.Question.String() != want {
			t.Errorf("port %d leads to %s, want %s", port, q.Question, want)
		}
	}
}
