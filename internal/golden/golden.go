// Package golden guards the recorded output of rehome: an output tree may be
// recorded only when kustomize builds all of it and every object in it passes
// the schema of its kind. The check shares no code with what it checks.
//
// A recorded output is the tree below out/ of an archive under testdata
// (*.txtar), or of a directory under examples. The other files of the archive or
// the directory are what the output was made from, and what its overlays build
// on; they are not checked, because cases of bad input are among them.
package golden

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// outDir is the directory of a recorded output, within its archive.
const outDir = "out/"

// Output is a recorded output with everything that it builds on.
type Output struct {
	Name  string       // the archive or directory, relative to the repository
	Files []txtar.File // slash-separated paths, ordered
}

// Outputs returns every recorded output among the files of a repository, which
// are slash-separated paths relative to its root.
func Outputs(root string, files []string) ([]Output, error) {
	var outputs []Output
	examples := map[string]int{} // directory to its place in outputs
	for _, file := range files {
		if !IsRecorded(file) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			return nil, fmt.Errorf("read recorded output: %w", err)
		}
		if path.Ext(file) == ".txtar" {
			outputs = append(outputs, Output{Name: file, Files: txtar.Parse(data).Files})
			continue
		}
		name, within, ok := splitExample(file)
		if !ok {
			continue
		}
		at, ok := examples[name]
		if !ok {
			at = len(outputs)
			examples[name] = at
			outputs = append(outputs, Output{Name: name})
		}
		outputs[at].Files = append(outputs[at].Files, txtar.File{Name: within, Data: data})
	}
	return slices.DeleteFunc(outputs, func(o Output) bool { return !o.hasOutput() }), nil
}

// IsRecorded tells whether a file of the repository belongs to what tests
// record: everything below a testdata directory, and the examples.
func IsRecorded(file string) bool {
	return strings.HasPrefix(file, "examples/") || strings.HasPrefix(file, "testdata/") || strings.Contains(file, "/testdata/")
}

// splitExample splits the path of an example's file into the example's directory
// and the path within it.
func splitExample(file string) (name, within string, ok bool) {
	rest, ok := strings.CutPrefix(file, "examples/")
	if !ok {
		return "", "", false
	}
	dir, within, ok := strings.Cut(rest, "/")
	return "examples/" + dir, within, ok
}

func (o *Output) hasOutput() bool {
	return slices.ContainsFunc(o.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, outDir) })
}

// Files lists the regular files below root that are recorded, as
// slash-separated paths relative to it.
func Files(root string) ([]string, error) {
	var files []string
	err := fs.WalkDir(os.DirFS(root), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && p != "." {
			return fs.SkipDir
		}
		if d.Type().IsRegular() && IsRecorded(p) {
			files = append(files, p)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list recorded files: %w", err)
	}
	return files, nil
}
