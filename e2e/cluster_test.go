package e2e_test

import (
	"testing"

	"github.com/rehome-dev/rehome/e2e/cluster"
)

// A cluster of each mode comes up and resolves names.
func TestCluster(t *testing.T) {
	for _, mode := range []cluster.ProxyMode{cluster.NFTables, cluster.IPTables} {
		t.Run(string(mode), func(t *testing.T) {
			c := onCluster(t, mode)
			out, err := c.Kubectl(t.Context(), "get", "nodes,pods,endpointslices", "-A", "-o", "wide")
			if err != nil {
				t.Fatal(err)
			}
			t.Log(out)
			if err := c.Err(); err != nil {
				t.Fatal(err)
			}
		})
	}
}
