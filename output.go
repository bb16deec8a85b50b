package rehome

import (
	"io/fs"
	"path"

	"sigs.k8s.io/yaml"

	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
)

// LockFile is the file of an output that says what it was made from.
const LockFile = "rehome.lock.yaml"

// lock is what is read of a lock file.
type lock struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Mode   string `json:"mode"`
	Inputs []struct {
		Path   string `json:"path"`
		SHA256 string `json:"sha256"`
	} `json:"inputs"`
	Phases []struct {
		Number int    `json:"number"`
		Name   string `json:"name"`
	} `json:"phases"`
}

func readLock(fsys fs.FS, dir string) (*lock, diag.List) {
	var diags diag.List
	name := path.Join(dir, LockFile)
	data, err := fs.ReadFile(fsys, name)
	l := &lock{}
	if err == nil {
		err = yaml.Unmarshal(data, l)
	}
	if err != nil {
		diags.Errorf(diag.CodeOutput, diag.Pos{File: name}, "%s is no output of rehome: %v", dir, err)
	}
	return l, diags
}

// PlanOf returns the path of the plan that an output was made from: of the inputs
// that its lock file lists, the migration plan of its name.
func PlanOf(fsys fs.FS, dir string) (string, diag.List) {
	l, diags := readLock(fsys, dir)
	if diags.HasErrors() {
		return "", diags
	}
	for _, in := range l.Inputs {
		var head struct {
			Kind     string `json:"kind"`
			Metadata struct {
				Name string `json:"name"`
			} `json:"metadata"`
		}
		data, err := fs.ReadFile(fsys, in.Path)
		// What is no single YAML document is not the plan.
		if err == nil && yaml.Unmarshal(data, &head) == nil && head.Kind == plan.Kind && head.Metadata.Name == l.Metadata.Name {
			return in.Path, diags
		}
	}
	diags.Errorf(diag.CodeOutput, diag.Pos{File: path.Join(dir, LockFile)}, "the plan %s, which the output was made from, is not among its inputs any more", l.Metadata.Name).
		WithFix("run where the plan and its sources are, or with --root set to the directory that the paths of the inputs start from")
	return "", diags
}

// IsFlat reports whether an output holds full manifests instead of overlays.
func IsFlat(fsys fs.FS, dir string) bool {
	l, diags := readLock(fsys, dir)
	return !diags.HasErrors() && l.Mode == "flat"
}

// CompileOutput is [Compile] for an output as it lies in a directory, hand edits
// included: the states are built anew from what is there, and those are proved.
func CompileOutput(fsys fs.FS, planPath, dir string, opts Options) (*Result, diag.List) {
	r := &Result{}
	opts.NoProof = false
	stages := r.stages(fsys, planPath, &opts)
	last := len(stages) - 1
	reread := stage{"reread", func() diag.List { return r.reread(fsys, dir, opts) }}
	return r, r.run(append(stages[:last:last], reread, stages[last]), opts)
}

// reread replaces the states by those of an output.
func (r *Result) reread(fsys fs.FS, dir string, opts Options) diag.List {
	l, diags := readLock(fsys, dir)
	if diags.HasErrors() {
		return diags
	}
	same := len(l.Phases) == len(r.Schedule.Phases)
	for i := 0; same && i < len(l.Phases); i++ {
		same = l.Phases[i].Name == r.Schedule.Phases[i].Name
	}
	if !same {
		diags.Errorf(diag.CodeOutput, diag.Pos{File: path.Join(dir, LockFile)}, "the plan and its sources have other phases now than the output has").
			WithFix("render the plan again")
		return diags
	}
	states, found := deliver.ReadStates(fsys, dir, r.States, opts.Workers)
	r.States = states
	return append(diags, found...)
}
