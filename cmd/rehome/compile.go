package main

import (
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/diag"
)

// compileFlags are the flags of every command that compiles a plan.
type compileFlags struct {
	root    string
	quiet   bool
	all     bool
	printed string // the format of diagnostics
	workers int

	unproved bool // the command has no use for the proof
}

func (f *compileFlags) bind(cmd *cobra.Command) {
	rootFlag(cmd, &f.root)
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "print errors only, no warnings and no information")
	cmd.Flags().BoolVar(&f.all, "all", false, "print every warning, also when many are alike")
	cmd.Flags().StringVar(&f.printed, "diagnostics", formatText, "`format` of errors and warnings on standard error: text, json, sarif")
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("diagnostics", cobra.FixedCompletions(diagnosticFormats[:], cobra.ShellCompDirectiveNoFileComp)))
	cmd.Flags().IntVar(&f.workers, "workers", 0, "how many objects are worked on at a time, 0 for one per CPU")
}

// diagnosticFormats are the formats in which errors and warnings are printed.
var diagnosticFormats = [...]string{formatText, formatJSON, formatSARIF}

// alike is how many warnings of one code are printed before they are counted.
const alike = 5

// parallel returns how many objects are worked on at a time.
func (f *compileFlags) parallel() (int, error) {
	if err := checkFormat(f.printed, diagnosticFormats[:]...); err != nil {
		return 0, err
	}
	switch {
	case f.workers < 0:
		return 0, fmt.Errorf("--workers %d: the number cannot be negative", f.workers)
	case f.workers == 0:
		return runtime.GOMAXPROCS(0), nil
	}
	return f.workers, nil
}

// compiled is a plan that was compiled without errors.
type compiled struct {
	*rehome.Result
	work     *workspace
	findings diag.List
	workers  int
}

// compile compiles a plan and prints what it found. It returns [errFindings]
// when there were errors.
func (f *compileFlags) compile(cmd *cobra.Command, planFile string) (*compiled, error) {
	workers, err := f.parallel()
	if err != nil {
		return nil, err
	}
	if err := checkPlanFile(planFile); err != nil {
		return nil, err
	}
	work, err := openWorkspace(f.root, planFile)
	if err != nil {
		return nil, err
	}
	path, err := work.inside(planFile)
	if err != nil {
		return nil, err
	}
	result, diags := rehome.Compile(work.disk, path, rehome.Options{Workers: workers, NoProof: f.unproved})
	if err := f.print(cmd.ErrOrStderr(), work, diags); err != nil {
		return nil, err
	}
	if diags.HasErrors() {
		return nil, errFindings
	}
	return &compiled{Result: result, work: work, findings: diags, workers: workers}, nil
}

// print writes diagnostics in the format of the flags. Only what a person reads is
// cut short.
func (f *compileFlags) print(w io.Writer, work *workspace, diags diag.List) error {
	if f.quiet {
		diags = errorsOf(diags)
	}
	switch f.printed {
	case formatJSON:
		return diags.PrintJSON(w, diag.PrintOptions{Rel: work.display})
	case formatSARIF:
		return diags.PrintSARIF(w, diag.PrintOptions{Rel: work.display, Rules: rules(), Version: version()})
	}
	opts := diag.PrintOptions{Colour: colourful(w), Rel: work.display, Most: alike, More: ", which --all prints"}
	if f.all {
		opts.Most = 0
	}
	if err := diags.Print(w, opts); err != nil {
		return err
	}
	if errors, warnings := diags.Count(diag.Error), diags.Count(diag.Warning); errors+warnings > 0 {
		fmt.Fprintf(w, "%d error%s, %d warning%s\n", errors, plural(errors), warnings, plural(warnings))
	}
	return nil
}

func errorsOf(diags diag.List) diag.List {
	var out diag.List
	for _, d := range diags {
		if d.Severity == diag.Error {
			out = append(out, d)
		}
	}
	return out
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// colourful reports whether a stream is a terminal that wants colours
// (https://no-color.org).
func colourful(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}
