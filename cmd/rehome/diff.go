package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome/deliver"
)

// diffFlags are the flags of rehome diff.
type diffFlags struct {
	compileFlags
	phase  int
	format string
}

func newDiffCommand() *cobra.Command {
	var flags diffFlags
	cmd := &cobra.Command{
		Use:   "diff DIR --phase N",
		Short: "Show what a phase changes in each object",
		Long: `Show the difference of the states before and after a phase, as they lie in an output
that rehome render wrote: each object, and of it the lines of YAML that differ,
whatever their order and style in the files. A copy is compared with the object it is
a copy of. Values of Secrets are never shown.`,
		Example: "  rehome diff out --phase 3",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, args[0])
		},
	}
	flags.bind(cmd)
	cmd.Flags().IntVar(&flags.phase, "phase", 0, "`number` of the phase (required)")
	cobra.CheckErr(cmd.MarkFlagRequired("phase"))
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("phase", completePhases))
	formatFlag(cmd, &flags.format, formatText, formatJSON)
	return cmd
}

func (f *diffFlags) run(cmd *cobra.Command, dir string) error {
	if err := checkFormat(f.format, formatText, formatJSON); err != nil {
		return err
	}
	r, err := f.rendered(dir)
	if err != nil {
		return err
	}
	if r.Proof == nil { // it could not be read; what it proves is not asked here
		return r.sound(cmd, &f.compileFlags)
	}
	if f.phase < 1 || f.phase >= len(r.States) {
		return fmt.Errorf("there is no phase %d: the phases are 1 to %d", f.phase, len(r.States)-1)
	}
	diffs := deliver.Diffs(r.States[f.phase])
	for i := range diffs {
		diffs[i].Like = r.displayPosition(diffs[i].Like)
	}
	if f.format == formatJSON {
		return printJSON(cmd.OutOrStdout(), diffs)
	}
	_, err = cmd.OutOrStdout().Write(printDiffs(diffs, colourful(cmd.OutOrStdout())))
	return err
}

// displayPosition returns a position in a file as the user would type it.
func (r *rendered) displayPosition(position string) string {
	if position == "" {
		return ""
	}
	return r.work.display(position)
}

// The colours of a difference, as git has them.
const (
	red   = "\x1b[31m"
	green = "\x1b[32m"
	bold  = "\x1b[1m"
	plain = "\x1b[0m"
)

// printDiffs writes differences for a person.
func printDiffs(diffs []deliver.ObjectDiff, coloured bool) []byte {
	var b bytes.Buffer
	paint := func(colour, text string) {
		if coloured && colour != "" {
			text = colour + text + plain
		}
		b.WriteString(text + "\n")
	}
	for i, d := range diffs {
		if i > 0 {
			b.WriteByte('\n')
		}
		paint(bold, d.Sign+" "+d.Object)
		b.WriteString("  # " + d.Why + "\n")
		if d.Like != "" {
			b.WriteString("  # as in " + d.Like + "\n")
		}
		for _, l := range d.Lines {
			paint(map[string]string{"-": red, "+": green}[l.Sign], l.Sign+"   "+l.Text)
		}
	}
	return b.Bytes()
}
