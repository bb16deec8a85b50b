package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome/deliver"
)

// renderFlags are the flags of rehome render.
type renderFlags struct {
	compileFlags
	output    string
	flat      bool
	overwrite bool
	report    bool
}

func newRenderCommand() *cobra.Command {
	var flags renderFlags
	cmd := &cobra.Command{
		Use:   "render PLAN -o DIR",
		Short: "Write the phases of a migration as kustomize overlays and manifests",
		Long: `Compile a plan and write its phases: complete states of every namespace as
overlays on your own kustomizations, what each phase applies and deletes, its gate
and its way back, and a runbook. Nothing is written when the plan has an error, and
the old output stays as it is until the new one is complete.`,
		Example: "  rehome render migration.yaml -o out",
		Args:    takes(cobra.ExactArgs(1)),

		ValidArgsFunction: completePlan,
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, args[0])
		},
	}
	flags.bind(cmd)
	cmd.Flags().StringVarP(&flags.output, "output", "o", "", "`directory` to write to (required)")
	cmd.Flags().BoolVar(&flags.flat, "flat", false, "write full manifests instead of overlays on your kustomizations")
	cmd.Flags().BoolVar(&flags.report, "report", true, "write report.html too: the phases as a page to click through")
	cmd.Flags().BoolVar(&flags.overwrite, "overwrite", false, "lose edits that were made in the output directory")
	cobra.CheckErr(cmd.MarkFlagDirname("output"))
	return cmd
}

func (f *renderFlags) run(cmd *cobra.Command, planFile string) error {
	if f.output == "" {
		return errUsage(cmd)
	}
	c, err := f.compile(cmd, planFile)
	if err != nil {
		return err
	}
	out, err := locateOutput(f.output, c.workers)
	if err != nil {
		return err
	}
	if err := out.checkPlace(c); err != nil {
		return err
	}
	files, err := f.files(cmd, c, out)
	if err != nil {
		return err
	}
	diff, err := f.write(cmd.Context(), out, files)
	if err != nil || f.quiet {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), out.report(diff, len(c.Schedule.Phases)))
	return err
}

// files makes the files of the output.
func (f *renderFlags) files(cmd *cobra.Command, c *compiled, out *output) ([]deliver.File, error) {
	opts, err := c.work.deliveryTo(out.dir)
	if err != nil {
		return nil, err
	}
	opts.Flat, opts.Inputs, opts.Findings, opts.Workers = f.flat, c.work.disk.inputs(), c.findings, c.workers
	opts.Report, opts.Proof = f.report, c.Proof
	files, diags := deliver.Files(c.Schedule, c.States, opts)
	if len(diags) > 0 {
		if err := f.print(cmd.ErrOrStderr(), c.work, diags); err != nil {
			return nil, err
		}
	}
	if diags.HasErrors() {
		return nil, errFindings
	}
	return files, nil
}

// deliveryTo returns what the files of an output depend on beside the migration:
// where its directory lies.
func (w *workspace) deliveryTo(dir string) (deliver.Options, error) {
	// The way from the output to the workspace, by which overlays reach the
	// user's kustomizations.
	sourceRoot, err := filepath.Rel(dir, w.dir)
	opts := deliver.Options{SourceRoot: filepath.ToSlash(sourceRoot), Version: version()}
	if rel, err := filepath.Rel(w.dir, dir); err == nil && filepath.IsLocal(rel) {
		opts.Within = filepath.ToSlash(rel)
	}
	return opts, err
}

// write replaces the output by the files. A signal ends it early and leaves the
// old output as it is; a second one ends it at once.
func (f *renderFlags) write(ctx context.Context, out *output, files []deliver.File) (*difference, error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop)
	if err := out.inspect(ctx, f.overwrite); err != nil {
		return nil, err
	}
	return out.write(ctx, files)
}
