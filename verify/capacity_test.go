package verify

import "testing"

// The figures are those of the deployment controller's own documentation and of
// ResolveFenceposts.
func TestRollingUpdate(t *testing.T) {
	for _, tt := range []struct {
		replicas                   int64
		maxSurge, maxUnavailable   string
		wantSurge, wantUnavailable int64
	}{
		{1, "50%", "50%", 1, 0},
		{2, "50%", "50%", 1, 1},
		{3, "50%", "50%", 2, 1},
		{8, "50%", "50%", 4, 4},
		{4, "", "", 1, 1},
		{3, "", "", 1, 0},
		{1, "", "", 1, 0},
		{10, "0", "0", 0, 1},
		{5, "0", "10%", 0, 1}, // rounds down to 0, and both must not be 0
		{2, "1", "5", 1, 2},
	} {
		surge, unavailable := RollingUpdate(tt.replicas, tt.maxSurge, tt.maxUnavailable)
		if surge != tt.wantSurge || unavailable != tt.wantUnavailable {
			t.Errorf("RollingUpdate(%d, %q, %q) = +%d/-%d, want +%d/-%d", tt.replicas, tt.maxSurge, tt.maxUnavailable,
				surge, unavailable, tt.wantSurge, tt.wantUnavailable)
		}
	}
}
