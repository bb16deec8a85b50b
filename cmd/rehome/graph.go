package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome/deliver"
)

// graphFlags are the flags of rehome graph.
type graphFlags struct {
	compileFlags
	format string
	phase  int
}

func newGraphCommand() *cobra.Command {
	flags := graphFlags{compileFlags: compileFlags{unproved: true}}
	cmd := &cobra.Command{
		Use:     "graph PLAN",
		Short:   "Draw the apps, their places and who calls whom",
		Example: "  rehome graph migration.yaml -o mermaid",
		Args:    takes(cobra.ExactArgs(1)),

		ValidArgsFunction: completePlan,
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, args[0])
		},
	}
	flags.bind(cmd)
	formatFlag(cmd, &flags.format, graphFormats()...)
	cmd.Flags().IntVar(&flags.phase, "phase", 0, "draw what is there after the phase of this `number`, 0 for today")
	return cmd
}

func graphFormats() []string {
	return []string{string(deliver.Mermaid), string(deliver.DOT), string(deliver.SVG)}
}

func (f *graphFlags) run(cmd *cobra.Command, planFile string) error {
	if err := checkFormat(f.format, graphFormats()...); err != nil {
		return err
	}
	c, err := f.compile(cmd, planFile)
	if err != nil {
		return err
	}
	if f.phase < 0 || f.phase > len(c.Schedule.Phases) {
		return fmt.Errorf("there is no phase %d: the plan has phases 1 to %d, and 0 is today", f.phase, len(c.Schedule.Phases))
	}
	data, err := deliver.Graph(c.Schedule, f.phase, deliver.GraphFormat(f.format))
	if err != nil {
		return err
	}
	_, err = cmd.OutOrStdout().Write(data)
	return err
}
