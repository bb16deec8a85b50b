// Command cmd records the goldens of the repository in the current directory,
// or with -check looks at the recorded ones: make golden, make validate.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/internal/golden"
)

func main() {
	validator := flag.String("validate", "kubectl-validate", "the validator's command, split at spaces")
	crds := flag.String("crds", "", "a directory with definitions of custom resources, for the validator")
	check := flag.Bool("check", false, "check what is recorded, record nothing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	report, err := run(ctx, golden.Validator{Command: strings.Fields(*validator), Crds: *crds}, *check)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stdout, "%d recorded outputs, %d objects (%d different ones validated)\n", report.Outputs, report.Objects, report.Different)
	for _, kind := range slices.Sorted(maps.Keys(report.NoSchema)) {
		fmt.Fprintf(os.Stdout, "no schema for %d of %s\n", report.NoSchema[kind], kind)
	}
}

func run(ctx context.Context, validator golden.Validator, check bool) (*golden.Report, error) {
	if check {
		return golden.CheckTree(ctx, ".", validator)
	}
	return golden.Record(ctx, ".", validator, os.Stdout)
}
