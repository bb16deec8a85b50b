package hazard

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/diag"
)

func TestCatalogueIsComplete(t *testing.T) {
	var want, got []diag.Code
	for i := 1; i <= 91; i++ {
		want = append(want, diag.Code(fmt.Sprintf("H%02d", i)))
	}
	for i := 1; i <= 9; i++ {
		want = append(want, diag.Code(fmt.Sprintf("P%d", i)))
	}
	for _, h := range All() {
		got = append(got, h.Code)
	}
	// Equal lists are sorted, too, and name nothing twice.
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
	if !slices.IsSorted(got) {
		t.Error("All is not sorted by code")
	}
}

func TestEntriesAreWhole(t *testing.T) {
	titles := map[string]diag.Code{}
	for _, h := range All() {
		sentences := map[string]string{"Condition": h.Condition, "Consequence": h.Consequence, "Remedy": h.Remedy, "HowHandled": h.HowHandled()}
		for field, text := range sentences {
			if !strings.HasSuffix(text, ".") || strings.TrimSpace(text) != text {
				t.Errorf("%s: %s is no sentence: %q", h.Code, field, text)
			}
			if strings.Count(text, "`")%2 != 0 {
				t.Errorf("%s: %s has an odd number of backticks", h.Code, field)
			}
		}
		for field, text := range map[string]string{"Title": h.Title, "Source": h.Source} {
			if text == "" || strings.HasSuffix(text, ".") || strings.ContainsAny(text, "\n|") {
				t.Errorf("%s: %s must be a line without a full stop: %q", h.Code, field, text)
			}
		}
		if len(h.Title) > 70 {
			t.Errorf("%s: the title is too long for a list: %q", h.Code, h.Title)
		}
		if other, ok := titles[h.Title]; ok {
			t.Errorf("%s and %s have the same title", other, h.Code)
		}
		titles[h.Title] = h.Code
		if h.Severity.String() == "unknown" || h.Handled.String() == "unknown" {
			t.Errorf("%s: severity %s, handled %s", h.Code, h.Severity, h.Handled)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, want := range All() {
		got, ok := Lookup(want.Code)
		if !ok || got != want {
			t.Errorf("Lookup(%s) = %+v, %v", want.Code, got, ok)
		}
	}
	for _, code := range []diag.Code{"", "H00", "H92", "h14", "P0", diag.CodePlan} {
		if h, ok := Lookup(code); ok {
			t.Errorf("Lookup(%q) = %s, want none", code, h.Code)
		}
	}
}

func TestAllIsTheCallers(t *testing.T) {
	All()[0].Title = "changed"
	if h, _ := Lookup("H01"); h.Title == "changed" {
		t.Error("a change to the result of All changes the catalogue")
	}
}

func TestHandling(t *testing.T) {
	tests := []struct {
		handling Handling
		word     string
		explains bool
	}{
		{Checked, "checked", true},
		{Prevented, "prevented", true},
		{Later, "not yet", true},
		{0, "unknown", false},
	}
	for _, tt := range tests {
		if got := tt.handling.String(); got != tt.word {
			t.Errorf("Handling(%d).String() = %q, want %q", tt.handling, got, tt.word)
		}
		if got := tt.handling.Explain() != ""; got != tt.explains {
			t.Errorf("Handling(%d) explains itself: %v", tt.handling, got)
		}
	}
	if got := (Hazard{Handled: Later, How: "So."}).HowHandled(); got != "So." {
		t.Errorf("How is not preferred: %q", got)
	}
	if got := (Hazard{Handled: Later}).HowHandled(); got != Later.Explain() {
		t.Errorf("HowHandled without How = %q", got)
	}
}
