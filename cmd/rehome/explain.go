package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/hazard"
)

// explainWidth is where lines of explanations are broken.
const explainWidth = 80

// explainFlags are the flags of rehome explain.
type explainFlags struct {
	format string
}

func newExplainCommand() *cobra.Command {
	var flags explainFlags
	cmd := &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Explain a hazard: when it occurs, what happens, what to do",
		Long: `Explain what a code in a diagnostic means: when the hazard occurs, what happens
then and why, what to do about it, and how rehome deals with it. Without a code
all are listed.`,
		Example:           "  rehome explain H14",
		Args:              takes(cobra.MaximumNArgs(1)),
		ValidArgsFunction: completeCode,
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd.OutOrStdout(), args)
		},
	}
	formatFlag(cmd, &flags.format, formatText, formatJSON)
	return cmd
}

// completeCode completes the code of a hazard, with its title beside it.
func completeCode(_ *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	for _, h := range hazard.All() {
		if len(args) == 0 && strings.HasPrefix(string(h.Code), strings.ToUpper(prefix)) {
			out = append(out, cobra.CompletionWithDesc(string(h.Code), h.Title))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func (f *explainFlags) run(w io.Writer, args []string) error {
	if err := checkFormat(f.format, formatText, formatJSON); err != nil {
		return err
	}
	if len(args) == 0 {
		return f.list(w)
	}
	h, err := findHazard(args[0])
	if err != nil {
		return err
	}
	if f.format == formatJSON {
		return printJSON(w, newExplanation(h))
	}
	_, err = io.WriteString(w, explain(h))
	return err
}

// findHazard returns the hazard of a code as a person types it.
func findHazard(word string) (hazard.Hazard, error) {
	code := strings.ToUpper(strings.TrimSpace(word))
	if h, ok := hazard.Lookup(diag.Code(code)); ok {
		return h, nil
	}
	var codes []string
	for _, h := range hazard.All() {
		codes = append(codes, string(h.Code))
	}
	hint := "run rehome explain to list them all"
	if nearest := diag.Nearest(code, codes); nearest != "" {
		hint = "did you mean " + nearest + "?"
	}
	return hazard.Hazard{}, fmt.Errorf("no hazard or check has the code %q: %s", word, hint)
}

// list prints all hazards, a line each.
func (f *explainFlags) list(w io.Writer) error {
	if f.format == formatJSON {
		var all []explanation
		for _, h := range hazard.All() {
			all = append(all, newExplanation(h))
		}
		return printJSON(w, all)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, h := range hazard.All() {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", h.Code, h.Severity, h.Handled, h.Title)
	}
	return table.Flush()
}

// explain returns one hazard for a person to read.
func explain(h hazard.Hazard) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", h.Code, h.Title)
	for _, part := range []struct{ heading, text string }{
		{"Severity", h.Severity.String()},
		{"When", h.Condition},
		{"What happens", h.Consequence},
		{"What to do", h.Remedy},
		{"How rehome deals with it: " + h.Handled.String(), h.HowHandled()},
		{"Source", h.Source},
	} {
		fmt.Fprintf(&b, "%s\n%s\n", part.heading, indented(part.text))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// indented breaks a text into indented lines that fit a terminal.
func indented(text string) string {
	const indent = "  "
	var b strings.Builder
	width := 0
	for _, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case width == 0:
			b.WriteString(indent)
			width = len(indent)
		case width+1+n > explainWidth:
			b.WriteString("\n" + indent)
			width = len(indent)
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += n
	}
	b.WriteByte('\n')
	return b.String()
}

// explanation is a hazard as programs read it.
type explanation struct {
	Code        diag.Code `json:"code"`
	Title       string    `json:"title"`
	Severity    string    `json:"severity"`
	Condition   string    `json:"condition"`
	Consequence string    `json:"consequence"`
	Remedy      string    `json:"remedy"`
	Handled     string    `json:"handled"`
	How         string    `json:"how"`
	Source      string    `json:"source"`
}

func newExplanation(h hazard.Hazard) explanation {
	return explanation{
		Code: h.Code, Title: h.Title, Severity: h.Severity.String(),
		Condition: h.Condition, Consequence: h.Consequence, Remedy: h.Remedy,
		Handled: h.Handled.String(), How: h.HowHandled(), Source: h.Source,
	}
}
