package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome/hazard"
)

// runExplain runs rehome explain with arguments.
func runExplain(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	var out bytes.Buffer
	cmd := newExplainCommand()
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	cmd.SetArgs(append([]string{}, args...)) // nil would stand for the arguments of the test
	cmd.SetOut(&out)
	err = cmd.Execute()
	return out.String(), err
}

func TestExplainOne(t *testing.T) {
	h, _ := hazard.Lookup("H14")
	for _, code := range []string{"H14", "h14", " H14"} {
		got, err := runExplain(t, code)
		if err != nil {
			t.Fatal(err)
		}
		flat := strings.Join(strings.Fields(got), " ")
		want := strings.Join([]string{
			"H14: " + h.Title, "Severity error", "When " + h.Condition, "What happens " + h.Consequence,
			"What to do " + h.Remedy, "How rehome deals with it: checked " + h.HowHandled(), "Source " + h.Source,
		}, " ")
		if diff := cmp.Diff(want, flat); diff != "" {
			t.Errorf("explain %s (-want +got):\n%s", code, diff)
		}
	}
}

func TestExplainFitsTheTerminal(t *testing.T) {
	for _, h := range hazard.All() {
		text := explain(h)
		if !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
			t.Errorf("%s does not end in one newline: %q", h.Code, text[len(text)-3:])
		}
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if len([]rune(line)) > explainWidth || strings.TrimRight(line, " ") != line {
				t.Errorf("%s: line is too long or ends in a space: %q", h.Code, line)
			}
		}
	}
}

func TestExplainList(t *testing.T) {
	got, err := runExplain(t)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	all := hazard.All()
	if len(lines) != len(all) {
		t.Fatalf("%d lines for %d hazards", len(lines), len(all))
	}
	for i, h := range all {
		if !strings.HasPrefix(lines[i], string(h.Code)+" ") || !strings.HasSuffix(lines[i], "  "+h.Title) {
			t.Errorf("line %d is %q, want %s with its title", i+1, lines[i], h.Code)
		}
	}
}

func TestExplainJSON(t *testing.T) {
	got, err := runExplain(t, "p5", "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	var one map[string]string
	if err := json.Unmarshal([]byte(got), &one); err != nil {
		t.Fatal(err)
	}
	h, _ := hazard.Lookup("P5")
	want := map[string]string{
		"code": "P5", "title": h.Title, "severity": "error", "condition": h.Condition, "consequence": h.Consequence,
		"remedy": h.Remedy, "handled": h.Handled.String(), "how": h.HowHandled(), "source": h.Source,
	}
	if diff := cmp.Diff(want, one); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got, err = runExplain(t, "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	if err := json.Unmarshal([]byte(got), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != len(hazard.All()) {
		t.Errorf("%d entries, want %d", len(all), len(hazard.All()))
	}
}

func TestExplainErrors(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"close", []string{"H144"}, `no hazard or check has the code "H144": did you mean H14?`},
		{"digit left out", []string{"h1"}, `no hazard or check has the code "h1": did you mean H01?`},
		{"far", []string{"frontend"}, `no hazard or check has the code "frontend": run rehome explain to list them all`},
		{"empty", []string{""}, `no hazard or check has the code "": run rehome explain to list them all`},
		{"format", []string{"H14", "-o", "yaml"}, `there is no format "yaml": choose text or json`},
		{"two", []string{"H14", "H15"}, "usage: explain [CODE] [flags]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := runExplain(t, tt.args...)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			if out != "" {
				t.Errorf("printed %q", out)
			}
		})
	}
}

func TestExplainCompletion(t *testing.T) {
	tests := []struct {
		name   string
		args   []string
		prefix string
		want   int
		first  string
	}{
		{"all", nil, "", 100, "H01\tThe virtual IP is given up by the flip"},
		{"prefix", nil, "H9", 2, "H90\tA deletion does not happen"},
		{"lower case", nil, "p", 9, "P1\tA call leads nowhere"},
		{"nothing", nil, "x", 0, ""},
		{"one code is enough", []string{"H01"}, "", 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, directive := completeCode(nil, tt.args, tt.prefix)
			if len(got) != tt.want || directive != cobra.ShellCompDirectiveNoFileComp {
				t.Fatalf("%d completions and directive %d, want %d", len(got), directive, tt.want)
			}
			if tt.want > 0 && got[0] != tt.first {
				t.Errorf("first is %q, want %q", got[0], tt.first)
			}
		})
	}
}
