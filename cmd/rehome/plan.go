package main

import (
	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome/deliver"
)

// planFlags are the flags of rehome plan.
type planFlags struct {
	compileFlags
	format string
}

func newPlanCommand() *cobra.Command {
	flags := planFlags{compileFlags: compileFlags{unproved: true}}
	cmd := &cobra.Command{
		Use:   "plan PLAN",
		Short: "Show the ordered phases of a migration and what each changes",
		Long: `Compile a plan and show its phases in order: what each creates, changes and
deletes, why, and what must be true before the next. Nothing is written, and nothing
proved: rehome verify does that, and rehome render writes no phases without it.`,
		Example: "  rehome plan migration.yaml",
		Args:    takes(cobra.ExactArgs(1)),

		ValidArgsFunction: completePlan,
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, args[0])
		},
	}
	flags.bind(cmd)
	formatFlag(cmd, &flags.format, formatText, formatJSON)
	return cmd
}

func (f *planFlags) run(cmd *cobra.Command, planFile string) error {
	if err := checkFormat(f.format, formatText, formatJSON); err != nil {
		return err
	}
	c, err := f.compile(cmd, planFile)
	if err != nil {
		return err
	}
	if f.format == formatJSON {
		return printJSON(cmd.OutOrStdout(), newPlanReport(c.Result))
	}
	_, err = cmd.OutOrStdout().Write(deliver.Summary(c.Schedule, c.States))
	return err
}
