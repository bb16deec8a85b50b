package walk

import (
	"strings"
	"testing"
)

// The committed example is read whole: every phase has commands, a way back and
// what a GitOps controller is pointed at, and nothing but commands is a command.
func TestRead(t *testing.T) {
	r, err := Read("../../examples/foobar/out-relay")
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Phases) != 7 {
		t.Errorf("%d phases, want 7", len(r.Phases))
	}
	for _, p := range r.Phases {
		if len(p.Commands) == 0 || len(p.Back) == 0 || len(p.Live) == 0 {
			t.Errorf("phase %s: %d commands, %d back, %d lines under live", p.Name, len(p.Commands), len(p.Back), len(p.Live))
		}
		for _, line := range append(p.Commands, p.Back...) {
			if !strings.HasPrefix(line, "kubectl ") && !strings.HasPrefix(line, "sleep ") {
				t.Errorf("phase %s: %q is no command", p.Name, line)
			}
		}
	}
	flip := r.Phases[3]
	if !strings.HasPrefix(flip.Name, "flip") || len(flip.Gate) != 1 || !strings.HasPrefix(flip.Gate[0], "sleep 60") {
		t.Errorf("phase %s has the gate %q", flip.Name, flip.Gate)
	}
}
