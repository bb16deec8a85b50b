package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/hazard"
	"github.com/rehome-dev/rehome/verify"
)

// formatSARIF is what code hosts show beside the lines of a change.
const formatSARIF = "sarif"

// verifyFlags are the flags of rehome verify.
type verifyFlags struct {
	compileFlags
	format string
}

func newVerifyCommand() *cobra.Command {
	var flags verifyFlags
	cmd := &cobra.Command{
		Use:   "verify PLAN|DIR",
		Short: "Prove that no call breaks in any state of a migration",
		Long: `Prove a migration: every call, in every mixture of every phase's changes, and on
the way back. With a plan its phases are computed and proved; with a directory that
rehome render wrote, what lies there is proved as it is, hand edits included.

The table counts the failures of each check (P1 to P9) and the hazards of each phase;
what fails is told below it. The exit code is 1 when anything fails.`,
		Example: "  rehome verify migration.yaml\n  rehome verify out",
		Args:    takes(cobra.ExactArgs(1)),

		ValidArgsFunction: completePlan,
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, args[0])
		},
	}
	flags.bind(cmd)
	formatFlag(cmd, &flags.format, formatText, formatJSON, formatSARIF)
	return cmd
}

func (f *verifyFlags) run(cmd *cobra.Command, target string) error {
	if err := checkFormat(f.format, formatText, formatJSON, formatSARIF); err != nil {
		return err
	}
	work, result, diags, err := f.prove(target)
	if err != nil {
		return err
	}
	if f.quiet {
		diags = errorsOf(diags)
	}
	if err := f.write(cmd, work, result, diags); err != nil {
		return err
	}
	if diags.HasErrors() {
		return errFindings
	}
	return nil
}

// prove compiles a plan, or reads an output, and proves it.
func (f *verifyFlags) prove(target string) (*workspace, *rehome.Result, diag.List, error) {
	workers, err := f.parallel()
	if err != nil {
		return nil, nil, nil, err
	}
	info, statErr := os.Stat(target)
	isOutput := statErr == nil && info.IsDir()
	if !isOutput {
		if err := checkPlanFile(target); err != nil {
			return nil, nil, nil, err
		}
	} else if _, err := os.Stat(filepath.Join(target, rehome.LockFile)); err != nil {
		return nil, nil, nil, fmt.Errorf("%s holds no %s: name a plan, or a directory that rehome render wrote", target, rehome.LockFile)
	}
	work, err := openWorkspace(f.root, target)
	if err != nil {
		return nil, nil, nil, err
	}
	path, err := work.inside(target)
	if err != nil {
		return nil, nil, nil, err
	}
	opts := rehome.Options{Workers: workers}
	if !isOutput {
		result, diags := rehome.Compile(work.disk, path, opts)
		return work, result, diags, nil
	}
	planPath, diags := rehome.PlanOf(work.disk, path)
	if diags.HasErrors() {
		return work, &rehome.Result{}, diags, nil
	}
	result, diags := rehome.CompileOutput(work.disk, planPath, path, opts)
	return work, result, diags, nil
}

// write writes the outcome in the chosen format.
func (f *verifyFlags) write(cmd *cobra.Command, work *workspace, result *rehome.Result, diags diag.List) error {
	out := cmd.OutOrStdout()
	switch f.format {
	case formatJSON:
		return diags.PrintJSON(out, diag.PrintOptions{Rel: work.display})
	case formatSARIF:
		return diags.PrintSARIF(out, diag.PrintOptions{Rel: work.display, Rules: rules(), Version: version()})
	}
	if result.Proof != nil {
		if _, err := out.Write(proofTable(result.Proof)); err != nil {
			return err
		}
	}
	return f.print(cmd.ErrOrStderr(), work, diags)
}

// rules returns what is known of every hazard and check, for SARIF.
func rules() []diag.Rule {
	var out []diag.Rule
	for _, h := range hazard.All() {
		out = append(out, diag.Rule{Code: h.Code, Severity: h.Severity, Summary: h.Title, Help: h.Remedy})
	}
	return out
}

// proofChecks are the columns of the table.
var proofChecks = [...]diag.Code{"P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9"}

// proofTable returns a line for each phase: how many calls it can touch, in how
// many mixtures they were asked, and what failed.
func proofTable(p *verify.Proof) []byte {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row(w, "phase", "calls", "mixtures", func(c diag.Code) string { return string(c) }, "hazards")
	mixtures := 0
	for _, phase := range p.Phases {
		mixtures += phase.States
		row(w, phase.Phase.Title(), strconv.Itoa(phase.Calls), strconv.Itoa(phase.States),
			func(c diag.Code) string { return verdict(phase.Failed[c]) }, verdict(hazards(phase.Failed)))
	}
	row(w, "last state", "", "", func(c diag.Code) string {
		if c == "P8" {
			return verdict(p.Final[c])
		}
		return ""
	}, "")
	row(w, "whole plan", strconv.Itoa(p.Calls), strconv.Itoa(mixtures), func(diag.Code) string { return "" }, verdict(hazards(p.Hazards)))
	if err := w.Flush(); err != nil {
		return nil // a buffer takes everything
	}
	return trimmed(b.Bytes())
}

// trimmed returns lines without the blanks at their ends, which empty cells leave.
func trimmed(text []byte) []byte {
	var out []byte
	for line := range bytes.Lines(text) {
		out = append(append(out, bytes.TrimRight(line, " \n")...), '\n')
	}
	return out
}

// row writes one line of the table.
func row(w io.Writer, name, calls, mixtures string, check func(diag.Code) string, hazards string) {
	fmt.Fprintf(w, "%s\t%s\t%s", name, calls, mixtures)
	for _, c := range proofChecks {
		fmt.Fprintf(w, "\t%s", check(c))
	}
	fmt.Fprintf(w, "\t%s\n", hazards)
}

// verdict is the cell of a check: a dot when nothing fails.
func verdict(failures int) string {
	if failures == 0 {
		return "."
	}
	return strconv.Itoa(failures)
}

// hazards counts what is no check of the proof.
func hazards(found map[diag.Code]int) int {
	n := 0
	for code, count := range found { // the order does not matter to a sum
		if code[0] == 'H' {
			n += count
		}
	}
	return n
}
