// Command rehome compiles migration plans into ordered, proved phases of
// Kubernetes manifests. It is also a kubectl plugin when it is installed as
// kubectl-rehome. This package is the only code that touches disk, terminal and
// signals.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitClean    = 0
	exitFindings = 1 // the plan or its sources are wrong, or the proof failed
	exitFailure  = 2 // wrong usage, or the tool could not do its work
)

// errFindings is returned by commands that have printed what they found.
var errFindings = errors.New("findings")

func main() {
	tuneCollector()
	os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// run executes the command line and returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRootCommand(commandName(args[0]))
	root.SetArgs(args[1:])
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(context.Background())
	switch {
	case err == nil:
		return exitClean
	case errors.Is(err, errFindings):
		return exitFindings
	}
	fmt.Fprintf(stderr, "%s: %v\n", root.DisplayName(), err)
	return exitFailure
}

// commandName returns how the program was called: kubectl runs plugins by their
// file name.
func commandName(arg0 string) string {
	if strings.HasPrefix(filepath.Base(arg0), "kubectl-") {
		return "kubectl rehome"
	}
	return "rehome"
}

func newRootCommand(name string) *cobra.Command {
	root := &cobra.Command{
		Use:   "rehome",
		Short: "Move applications between namespaces while everything that calls them keeps working",
		Long: `rehome compiles a migration plan into ordered phases of Kubernetes manifests that
move applications while everything that calls them keeps working. It reads local
files only: it never talks to a cluster, runs no program and opens no connection.`,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: name},
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		newInitCommand(),
		newPlanCommand(),
		newRenderCommand(),
		newVerifyCommand(),
		newGraphCommand(),
		newDiffCommand(),
		newPromoteCommand(),
		newStatusCommand(),
		newExplainCommand(),
		newSchemaCommand(),
		newVersionCommand(),
	)
	return root
}
