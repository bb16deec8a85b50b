package deliver_test

import (
	"os"
	"strings"
	"testing"
)

// TestClusterBooks looks at the committed example: each cluster's page holds the
// commands for that cluster only, and tells when others come first.
func TestClusterBooks(t *testing.T) {
	books := map[string]string{}
	for _, name := range []string{"old", "new"} {
		data, err := os.ReadFile("../examples/two-clusters/out/clusters/" + name + ".md")
		if err != nil {
			t.Fatal(err)
		}
		books[name] = string(data)
	}
	for name, other := range map[string]string{"old": "new", "new": "old"} {
		if !strings.Contains(books[name], "kubectl --context "+name+" ") {
			t.Errorf("the page of %s has no commands for it", name)
		}
		if strings.Contains(books[name], "kubectl --context "+other+" ") {
			t.Errorf("the page of %s has commands for %s", name, other)
		}
	}
	for _, want := range []string{"deploy-app1", "For app1.", "Then other clusters carry out 02-open-hop-app1-old"} {
		if !strings.Contains(books["new"], want) {
			t.Errorf("the page of new does not tell %q:\n%s", want, books["new"])
		}
	}
}
