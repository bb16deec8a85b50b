package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome/deliver"
)

// renderFlags are the flags of rehome render.
type renderFlags struct {
	compileFlags
	output    string
	flat      bool
	overwrite bool
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
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd.Context(), cmd, args[0])
		},
	}
	flags.bind(cmd)
	cmd.Flags().StringVarP(&flags.output, "output", "o", "", "directory to write to (required)")
	cmd.Flags().BoolVar(&flags.flat, "flat", false, "write full manifests instead of overlays on your kustomizations")
	cmd.Flags().BoolVar(&flags.overwrite, "overwrite", false, "lose edits that were made in the output directory")
	cobra.CheckErr(cmd.MarkFlagRequired("output"))
	return cmd
}

func (f *renderFlags) run(ctx context.Context, cmd *cobra.Command, planFile string) error {
	c, err := f.compile(cmd, planFile)
	if err != nil {
		return err
	}
	sourceRoot, err := f.sourceRoot(c.work)
	if err != nil {
		return err
	}
	files, diags := deliver.Files(c.Schedule, c.States, deliver.Options{
		Flat: f.flat, SourceRoot: sourceRoot, Version: version(), Inputs: c.inputs.list(), Findings: c.findings, Workers: f.workers,
	})
	if err := f.print(cmd.ErrOrStderr(), c.work, diags); err != nil {
		return err
	}
	if diags.HasErrors() {
		return errFindings
	}
	out, err := openOutput(f.output, files, f.overwrite)
	if err != nil {
		return err
	}
	changed, err := out.write(ctx)
	if err != nil {
		return err
	}
	word := "wrote"
	if !changed {
		word = "nothing changed in"
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s %s: %d phases, %d files; start with %s\n",
		word, f.output, len(c.Schedule.Phases), len(files), filepath.Join(f.output, "README.md"))
	return nil
}

// sourceRoot returns the way from the output directory to the workspace, by
// which overlays reach the user's kustomizations.
func (f *renderFlags) sourceRoot(w *workspace) (string, error) {
	abs, err := filepath.Abs(f.output)
	if err != nil {
		return "", err
	}
	// The output may not exist yet: links are followed in what does.
	parent, rest := abs, ""
	for {
		if real, err := filepath.EvalSymlinks(parent); err == nil {
			abs = filepath.Join(real, rest)
			break
		} else if !os.IsNotExist(err) {
			return "", err
		}
		parent, rest = filepath.Dir(parent), filepath.Join(filepath.Base(parent), rest)
	}
	rel, err := filepath.Rel(abs, w.dir)
	if err != nil {
		return "", err
	}
	return filepath.ToSlash(rel), nil
}
