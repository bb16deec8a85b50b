package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
)

// initFlags are the flags of rehome init.
type initFlags struct {
	compileFlags
	namespace string
	name      string
	output    string
}

func newInitCommand() *cobra.Command {
	var flags initFlags
	cmd := &cobra.Command{
		Use:   "init DIR...",
		Short: "Discover apps and who calls whom, and write a plan to edit",
		Long: `Read manifests and write a plan with every app that they show and, for each, whom
it calls, with file, line and column of the evidence. Nothing moves until you add a
` + "`to`" + ` to an app.`,
		Example: "  rehome init k8s/base --namespace shop > migration.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, args)
		},
	}
	flags.bind(cmd)
	cmd.Flags().StringVarP(&flags.namespace, "namespace", "n", "", "namespace of objects that state none")
	cmd.Flags().StringVar(&flags.name, "name", "", "name of the plan (default: that of the first directory)")
	cmd.Flags().StringVarP(&flags.output, "output", "o", "", "file to write the plan to; paths in the plan are relative to it (default: standard output, relative to the current directory)")
	return cmd
}

func (f *initFlags) run(cmd *cobra.Command, dirs []string) error {
	work, err := f.openSources(dirs)
	if err != nil {
		return err
	}
	planDir, err := realPath(filepath.Dir(f.output))
	if err != nil {
		return err
	}
	var sources []plan.Source
	var inside []string
	for _, dir := range dirs {
		p, err := work.inside(dir)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(planDir, filepath.Join(work.dir, filepath.FromSlash(p)))
		if err != nil {
			return err
		}
		inside = append(inside, p)
		sources = append(sources, plan.Source{Path: filepath.ToSlash(rel), Namespace: f.namespace})
	}
	name := f.name
	if name == "" {
		name = planName(inside[0])
	}
	data, diags := rehome.Discover(work.fs, inside, rehome.DiscoverOptions{
		Name: name, Sources: sources, Workers: f.workers,
		Show: func(p diag.Pos) string {
			p.File = work.display(p.File)
			return p.String()
		},
	})
	if err := f.print(cmd.ErrOrStderr(), work, diags); err != nil {
		return err
	}
	if diags.HasErrors() {
		return errFindings
	}
	return f.write(cmd, data)
}

// openSources opens a workspace that holds all the directories.
func (f *initFlags) openSources(dirs []string) (*workspace, error) {
	for _, dir := range dirs {
		if _, err := os.Stat(dir); err != nil {
			return nil, err
		}
	}
	root := f.root
	if root == "" {
		root = "/"
	}
	return openWorkspace(root, dirs[0])
}

// planName makes a DNS label of a path's last element.
func planName(p string) string {
	name := strings.ToLower(path.Base(p))
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, name)
	if name = strings.Trim(name, "-"); name == "" {
		return "migration"
	}
	return name
}

// write writes the plan, never over a file that is there.
func (f *initFlags) write(cmd *cobra.Command, data []byte) error {
	if f.output == "" {
		_, err := cmd.OutOrStdout().Write(data)
		return err
	}
	file, err := os.OpenFile(f.output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		if os.IsExist(err) {
			return fmt.Errorf("%s exists already: remove it first, or choose another file: %w", f.output, fs.ErrExist)
		}
		return err
	}
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.Close()
}
