package plan

import "testing"

// Directories of phases are listed by name: a migration of more than 99 phases
// must not put phase 100 before phase 11.
func TestTitlesSortAsPhasesFollow(t *testing.T) {
	before := Phase{Number: 11, Name: "flip", digits: 3}
	after := Phase{Number: 100, Name: "deploy", digits: 3}
	if before.Title() != "011-flip" || before.Title() >= after.Title() {
		t.Errorf("%s does not sort before %s", before.Title(), after.Title())
	}
	if got := (&Phase{Number: 3, Name: "flip", digits: 1}).Title(); got != "03-flip" {
		t.Errorf("Title() = %s, want 03-flip", got)
	}
}
