package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/e2e/scenario"
	"github.com/rehome-dev/rehome/plan"
)

// realVariable names a directory of real manifests, which are not part of the
// repository; without it they are looked for beside the repository.
const realVariable = "REHOME_REAL"

// The Online Boutique moves at once, with the plan that init writes for it. Its
// programs are stand-ins; names, ports, probes and pods are its own.
func TestOnlineBoutique(t *testing.T) {
	t.Parallel()
	real := os.Getenv(realVariable)
	if real == "" {
		real = filepath.Join("..", "..", "shared", "real")
	}
	base := filepath.Join(real, "online-boutique", "base")
	if _, err := os.Stat(base); err != nil {
		t.Skipf("no real manifests: set %s", realVariable)
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "base"), os.DirFS(base)); err != nil {
		t.Fatal(err)
	}
	text, diags := rehome.Discover(os.DirFS(dir), []string{"base"}, rehome.DiscoverOptions{
		Name: "boutique", Sources: []plan.Source{{Path: "base", Namespace: "boutique"}},
	})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "migration.yaml"), moveAll(string(text)), 0o644); err != nil {
		t.Fatal(err)
	}
	tour{Source: scenario.Source{Name: "boutique", Dir: dir, Plan: "migration.yaml", Rate: 5}}.run(t)
}

// moveAll gives every app of a plan a target, and has all move together behind
// relays.
func moveAll(text string) []byte {
	var out strings.Builder
	for _, line := range strings.Split(text, "\n") {
		out.WriteString(line + "\n")
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		if strings.HasPrefix(strings.TrimSpace(line), "- name: ") {
			out.WriteString(indent + "  to: {namespace: mall}\n")
		}
	}
	out.WriteString("  cutover: relay\n  schedule: {order: all-at-once}\n  windows: {dnsTTL: 1s, clientCache: 30s, drain: 10s}\n")
	return []byte(out.String())
}
