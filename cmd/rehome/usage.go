package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// takes checks the number of arguments, and says how the command is used when it
// is wrong.
func takes(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if check(cmd, args) != nil {
			return errUsage(cmd)
		}
		return nil
	}
}

// errUsage is the error of a command line that lacks something or has too much.
func errUsage(cmd *cobra.Command) error {
	return fmt.Errorf("usage: %s", cmd.UseLine())
}

// flagError adds to an error in a flag where the flags are listed.
func flagError(cmd *cobra.Command, err error) error {
	return fmt.Errorf("%w\nsee %s --help", err, cmd.CommandPath())
}
