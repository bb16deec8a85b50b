package verify

import (
	"slices"
	"testing"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/hazard"
)

// TestChecksAreInTheCatalogue holds that `rehome explain` tells of every check
// what it is, and of which severity.
func TestChecksAreInTheCatalogue(t *testing.T) {
	type entry struct {
		code     diag.Code
		severity diag.Severity
		summary  string
	}
	var all []entry
	for _, c := range checks {
		all = append(all, entry{c.Code, c.Severity, c.Summary})
	}
	for _, c := range planChecks {
		all = append(all, entry{c.Code, c.Severity, c.Summary})
	}
	for _, e := range all {
		h, ok := hazard.Lookup(e.code)
		switch {
		case !ok:
			t.Errorf("%s is not in the catalogue", e.code)
		case h.Handled == hazard.Later:
			t.Errorf("the catalogue says that %s is not looked for", e.code)
		case h.Severity != e.severity && e.code != "H63": // two of its checks differ
			t.Errorf("%s is of severity %s, the catalogue says %s", e.code, e.severity, h.Severity)
		}
		if e.summary == "" {
			t.Errorf("%s has no summary", e.code)
		}
	}
	sorted := func(c PlanCheck, d PlanCheck) int {
		if c.Code < d.Code {
			return -1
		}
		if c.Code > d.Code {
			return 1
		}
		return 0
	}
	if !slices.IsSortedFunc(planChecks[:], sorted) {
		t.Error("the checks of plans are not in the order of their codes")
	}
}
