package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/validation"

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
		Args:    takes(cobra.MinimumNArgs(1)),

		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, args)
		},
	}
	flags.bind(cmd)
	cmd.Flags().StringVarP(&flags.namespace, "namespace", "n", "", "namespace of objects that state none")
	cmd.Flags().StringVar(&flags.name, "name", "", "name of the plan (default: that of the first directory)")
	cmd.Flags().StringVarP(&flags.output, "output", "o", "", "`file` to write the plan to; paths in the plan are relative to it (default: standard output, relative to the current directory)")
	return cmd
}

func (f *initFlags) run(cmd *cobra.Command, dirs []string) error {
	workers, err := f.parallel()
	if err != nil {
		return err
	}
	if err := f.checkNames(); err != nil {
		return err
	}
	work, err := f.openSources(dirs)
	if err != nil {
		return err
	}
	planDir, err := f.planDir()
	if err != nil {
		return err
	}
	roots, sources, err := f.sources(work, planDir, dirs)
	if err != nil {
		return err
	}
	name := f.name
	if name == "" {
		name = planName(filepath.Join(work.dir, filepath.FromSlash(roots[0])))
	}
	data, diags := rehome.Discover(work.disk, roots, rehome.DiscoverOptions{
		Name: name, Sources: sources, Workers: workers,
		Show: func(p diag.Pos) string {
			p.File = work.relative(planDir, p.File)
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

// checkNames refuses names that the plan could not have.
func (f *initFlags) checkNames() error {
	for _, flag := range []struct{ name, value string }{{"name", f.name}, {"namespace", f.namespace}} {
		if flag.value == "" {
			continue
		}
		if problems := validation.IsDNS1123Label(flag.value); len(problems) > 0 {
			return fmt.Errorf("--%s %q: %s", flag.name, flag.value, problems[0])
		}
	}
	return nil
}

// planDir returns the directory that the plan's paths are relative to.
func (f *initFlags) planDir() (string, error) {
	dir := filepath.Dir(f.output) // the current directory when there is no file
	found, err := realPath(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", notThere(dir)
	}
	return found, err
}

// sources returns the manifest roots, as the workspace names them and as the
// plan is to name them.
func (f *initFlags) sources(work *workspace, planDir string, dirs []string) (roots []string, sources []plan.Source, err error) {
	for _, dir := range dirs {
		root, err := work.inside(dir)
		if err != nil {
			return nil, nil, err
		}
		roots = append(roots, root)
		sources = append(sources, plan.Source{Path: filepath.ToSlash(work.relative(planDir, root)), Namespace: f.namespace})
	}
	return roots, sources, nil
}

// openSources opens a workspace that holds all the directories: the repository
// that does, or all of the disk.
func (f *initFlags) openSources(dirs []string) (*workspace, error) {
	root := f.root
	for _, dir := range dirs {
		found, err := realPath(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, notThere(dir)
		case err != nil:
			return nil, err
		}
		switch repository := repositoryOf(found); {
		case f.root != "":
		case root == "":
			root = repository
		case root != repository:
			root = filepath.VolumeName(found) + string(filepath.Separator)
		}
	}
	return openWorkspace(root, dirs[0])
}

// planName makes a DNS label of a path's last element.
func planName(path string) string {
	name := strings.ToLower(filepath.Base(path))
	switch ext := filepath.Ext(name); ext {
	case ".yaml", ".yml", ".json":
		name = strings.TrimSuffix(name, ext)
	}
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, name)
	if name = strings.Trim(name[:min(len(name), validation.DNS1123LabelMaxLength)], "-"); name == "" {
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
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s exists already: remove it first, or choose another file", f.output)
		}
		return err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(f.output))
	}
	return nil
}
