package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome/plan"
)

// release is set by the linker in released binaries.
var release string

// version returns the version of this binary: the released one, or that of the
// module that it was installed from. A build of a working copy has none, so that
// what it writes does not change with every commit.
func version() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Sum != "" {
		return info.Main.Version
	}
	return "development"
}

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "rehome", version())
			return err
		},
	}
}

func newSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of migration plans",
		Long: `Print the JSON Schema of migration plans. Editors that run the YAML language server
check a plan against it when the plan begins with

  # yaml-language-server: $schema=<path of the schema>`,
		Args: takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(plan.Schema())
			return err
		},
	}
}
