package bench

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// copyPlan is a render that does next to nothing.
func copyPlan(source fs.FS, plan, dir string) (*Outcome, error) {
	data, err := fs.ReadFile(source, plan)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return &Outcome{Files: 1, Bytes: int64(len(data))}, os.WriteFile(filepath.Join(dir, "plan.yaml"), data, 0o644)
}

func TestRunMeasuresEverything(t *testing.T) {
	var out strings.Builder
	cfg := Config{Render: copyPlan, Sizes: []int{5}, Rounds: 1, Dir: t.TempDir(), OneRoot: 3}
	if _, err := Run(t.Context(), &out, cfg); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"N = 5: 56 objects", "copy bound", "kustomize API, app by app", "render --flat of kustomizations", "memory per app",
		"one root of 3 apps", "ahead of one kustomize build of everything at N = 3",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing from:\n%s", want, out.String())
		}
	}
	left, err := os.ReadDir(cfg.Dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestRunStopsAtAnError(t *testing.T) {
	broken := errors.New("broken")
	cfg := Config{Sizes: []int{2}, Rounds: 1, Dir: t.TempDir(), Render: func(fs.FS, string, string) (*Outcome, error) { return nil, broken }}
	if _, err := Run(t.Context(), &strings.Builder{}, cfg); !errors.Is(err, broken) {
		t.Errorf("got %v, want the render's error", err)
	}
}

func TestTargets(t *testing.T) {
	sizes := []*Size{
		{N: 1000, Copy: 100 * time.Millisecond, KustomizeLoop: 4 * time.Second, Flat: 900 * time.Millisecond, Kustomizations: 3 * time.Second, Proof: 500 * time.Millisecond, Retained: 100e6},
		{N: 10000, Flat: 9 * time.Second, Retained: 1500e6},
	}
	want := map[string]bool{
		"render --flat":                              true,  // 9x
		"ahead of the kustomize API":                 true,  // 4.4x
		"render --flat of kustomizations":            false, // 0.75x
		"the proof alone":                            false, // 0.5 s against 0.4 s
		"memory retained per app":                    true,  // 100 KB
		"growth of time per app":                     true,  // 1x
		"growth of memory per app":                   false, // 1.5x
		"ahead of one kustomize build of everything": true,  // 8 s against 0.1 s
	}
	got := targets(sizes, 9*time.Second, 100)
	if len(got) != len(want) {
		t.Errorf("%d targets, want %d", len(got), len(want))
	}
	for _, target := range got {
		if target.Met() != want[target.Name] {
			t.Errorf("%s: met is %t", target, target.Met())
		}
	}
}
