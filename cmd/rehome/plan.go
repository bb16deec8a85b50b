package main

import (
	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome/deliver"
)

func newPlanCommand() *cobra.Command {
	var flags compileFlags
	cmd := &cobra.Command{
		Use:     "plan PLAN",
		Short:   "Show the ordered phases of a migration and what each changes",
		Example: "  rehome plan migration.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := flags.compile(cmd, args[0])
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(deliver.Summary(c.Schedule, c.States))
			return err
		},
	}
	flags.bind(cmd)
	return cmd
}
