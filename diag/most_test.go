package diag

import (
	"strings"
	"testing"
)

// TestPrintMost holds that errors are always written out, and of what is alike
// the first, with the number of the others.
func TestPrintMost(t *testing.T) {
	var list List
	for range 4 {
		list.Warnf("H69", Pos{}, "no hook")
		list.Errorf("H64", Pos{}, "data")
		list.Infof("H22", Pos{}, "a topic")
	}
	list.Warnf("H01", Pos{}, "one")
	for _, c := range []struct {
		most int
		want map[string]int // lines
	}{
		{0, map[string]int{"warning[H69]: no hook": 4, "error[H64]: data": 4, "info[H22]: a topic": 4, "warning[H01]: one": 1}},
		{2, map[string]int{"warning[H69]: no hook": 2, "warning[H69]: and 2 more like these (--all)": 1, "error[H64]: data": 4, "info[H22]: a topic": 2, "info[H22]: and 2 more like these (--all)": 1, "warning[H01]: one": 1}},
		{3, map[string]int{"warning[H69]: no hook": 4, "error[H64]: data": 4, "info[H22]: a topic": 4, "warning[H01]: one": 1}}, // the fourth takes no more room
	} {
		var b strings.Builder
		if err := list.Print(&b, PrintOptions{Most: c.most, More: " (--all)"}); err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for line := range strings.Lines(b.String()) {
			got[strings.TrimSuffix(line, "\n")]++
		}
		for line, n := range c.want {
			if got[line] != n {
				t.Errorf("of %d: %q is there %d times, want %d", c.most, line, got[line], n)
			}
			delete(got, line)
		}
		if len(got) > 0 {
			t.Errorf("of %d: also %v", c.most, got)
		}
	}
}
