package verify_test

import (
	"testing"
	"time"

	"github.com/rehome-dev/rehome/verify"
)

// TestWindows holds which cutovers give up an address, and for how long.
func TestWindows(t *testing.T) {
	headless := serviceOf("a", "clusterIP: None", "ports: [{name: http, port: 8080}]") + deploymentOf("a")
	windows := "windows: {dnsTTL: 5s, clientCache: 10s, drain: 60s}"
	tests := []struct {
		name, archive string
		want          time.Duration
	}{
		{"an alias of a virtual IP", archive(with(windows), app("a"), callsA), 15 * time.Second},
		{"a relay", archive(with(windows, "cutover: relay"), app("a"), callsA), 0},
		{"an alias of a headless Service", archive(with(windows), headless, calling("b", "http://a.old.svc.cluster.local:8080")), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, diags := compile(t, tt.archive)
			if diags.HasErrors() {
				t.Fatal(summary(diags))
			}
			got := verify.Windows(r.Schedule)
			if len(got) != 1 || got[0].Edge.Caller.Name != "b" || got[0].Phase.Name != "flip-a" || got[0].Length != tt.want {
				t.Errorf("windows are %+v, want one of b from flip-a on for %s", got, tt.want)
			}
		})
	}
}
