package plan

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
)

// Accepts reports whether an acceptance is about a diagnostic: of its code and,
// where it names an app, of that app.
func (a *Acceptance) Accepts(d *diag.Diagnostic) bool {
	return a.Code == d.Code && (a.App == "" || a.App == d.App)
}

// Blocks reports whether a list holds an error that the plan does not accept: a
// stage stops at those only. Before the apps are known a diagnostic names none;
// it does not block when its code is accepted for any app.
func (s *Spec) Blocks(list diag.List) bool {
	return slices.ContainsFunc(list, func(d diag.Diagnostic) bool {
		return d.Severity == diag.Error && !slices.ContainsFunc(s.Accept, func(a Acceptance) bool {
			return a.Accepts(&d) || d.App == "" && a.Code == d.Code
		})
	})
}
