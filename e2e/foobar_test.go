package e2e_test

import (
	"testing"

	"github.com/rehome-dev/rehome/e2e/cluster"
	"github.com/rehome-dev/rehome/e2e/walk"
)

// The example is walked as it is committed, with either cutover.
func TestFoobar(t *testing.T) {
	for _, c := range []struct {
		name, plan string
		mode       cluster.ProxyMode
	}{
		{"foobar", "migration.yaml", cluster.NFTables},
		{"foobar-relay", "migration-relay.yaml", cluster.IPTables},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			j := setOut(t, onCluster(t, c.mode), source{name: c.name, dir: "../examples/foobar", plan: c.plan}, "")
			j.Walker = &walk.Shell{Cluster: j.Cluster, Runbook: j.Runbook}
			j.unchanged(t)
			j.rest("before", baseline)
			for phase := range j.Runbook.Phases {
				j.forward(t, phase)
			}
			j.rest("after", aftermath)
			j.assess(t)
			j.final(t)
		})
	}
}
