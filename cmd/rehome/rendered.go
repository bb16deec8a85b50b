package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/diag"
)

// rendered is an output of rehome as it lies on disk, proved as it is.
type rendered struct {
	*rehome.Result
	work     *workspace
	path     string // of the output, within the workspace
	findings diag.List
	inputs   []deliver.Input // that its plan reads today
}

// rendered reads and proves an output. What it finds is not printed yet, because
// to some commands it is no failure.
func (f *compileFlags) rendered(dir string) (*rendered, error) {
	workers, err := f.parallel()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, rehome.LockFile)); err != nil {
		return nil, fmt.Errorf("%s holds no %s: name a directory that rehome render wrote", dir, rehome.LockFile)
	}
	work, err := openWorkspace(f.root, dir)
	if err != nil {
		return nil, err
	}
	path, err := work.inside(dir)
	if err != nil {
		return nil, err
	}
	r := &rendered{Result: &rehome.Result{}, work: work, path: path}
	planPath, diags := rehome.PlanOf(work.disk, path)
	if r.findings = diags; diags.HasErrors() {
		return r, nil
	}
	r.work.disk.forget() // what was read to find the plan
	r.Result, r.findings = rehome.CompileOutput(work.disk, planPath, path, rehome.Options{Workers: workers})
	for _, in := range work.disk.inputs() {
		if !strings.HasPrefix(in.Path, path+"/") {
			r.inputs = append(r.inputs, in)
		}
	}
	return r, nil
}

// sound prints the findings and returns [errFindings] when the output does not
// prove.
func (r *rendered) sound(cmd *cobra.Command, f *compileFlags) error {
	if !r.findings.HasErrors() {
		return nil
	}
	if err := f.print(cmd.ErrOrStderr(), r.work, r.findings); err != nil {
		return err
	}
	return errFindings
}

// current refuses an output whose inputs have changed since it was made.
func (r *rendered) current() error {
	drifts, diags := rehome.Drifts(r.work.disk, r.path, r.inputs)
	if diags.HasErrors() {
		return fmt.Errorf("%s", diags[0].Message)
	}
	if len(drifts) == 0 {
		return nil
	}
	said := make([]string, len(drifts))
	for i, d := range drifts {
		said[i] = r.work.display(d.Path) + " " + string(d.How)
	}
	return fmt.Errorf("%s is out of date (%s): run rehome render again, and review what it changes", r.work.display(r.path), firstOf(said))
}
