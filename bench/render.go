package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/internal/bench"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/verify"
)

// render does what rehome render --flat does to a directory that is not there
// yet.
func render(source fs.FS, plan, dir string) (*bench.Outcome, error) {
	result, diags := rehome.Compile(source, plan, rehome.Options{})
	if err := diags.Err(); err != nil {
		return nil, err
	}
	files, diags := deliver.Files(result.Schedule, result.States, deliver.Options{Flat: true, Findings: diags})
	if err := diags.Err(); err != nil {
		return nil, err
	}
	out := &bench.Outcome{
		Phases: len(result.Schedule.Phases), Edges: len(result.Graph.Edges), Files: len(files),
		Keep: result,
	}
	made := map[string]bool{}
	for _, f := range files {
		out.Bytes += int64(len(f.Data))
		if err := write(filepath.Join(dir, filepath.FromSlash(f.Path)), f.Data, made); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// prove proves a rendered migration once more.
func prove(keep any) {
	if r, ok := keep.(*rehome.Result); ok {
		verify.Prove(r.Schedule, r.States, refs.Options{Workers: runtime.GOMAXPROCS(0)})
	}
}

// write writes a file and makes its directory unless it is among those made.
func write(path string, data []byte, made map[string]bool) error {
	if parent := filepath.Dir(path); !made[parent] {
		if err := os.MkdirAll(parent, 0o755); err != nil {
			return err
		}
		made[parent] = true
	}
	return os.WriteFile(path, data, 0o644)
}
