package manifest

import (
	"io/fs"
	"path"

	"github.com/rehome-dev/rehome/diag"
)

// dirWalk finds the manifests of a plain directory, as `kubectl apply -R -f`
// does: files ending in .yaml, .yml or .json, in the order of their names.
// Symbolic links to files are followed, those to directories are not.
type dirWalk struct {
	files     *files
	root      *Root
	discovery *discovery
}

// walk visits a directory, under the path to show and the one to read.
func (w *dirWalk) walk(name, found string) {
	entries, err := fs.ReadDir(w.files.fsys, found)
	if err != nil {
		w.errorf(name, "%s %s", name, reason(err))
		return
	}
	for _, e := range entries {
		w.entry(path.Join(name, e.Name()), path.Join(found, e.Name()), e)
	}
}

func (w *dirWalk) entry(name, found string, e fs.DirEntry) {
	switch {
	case e.Type()&fs.ModeSymlink != 0:
		w.link(name)
	case e.IsDir():
		w.directory(name, found)
	case isManifestName(name):
		info, err := e.Info()
		if err != nil {
			w.errorf(name, "%s %s", name, reason(err))
			return
		}
		w.add(name, found, info)
	}
}

// directory goes into a sub-directory that is no kustomization.
func (w *dirWalk) directory(name, found string) {
	kustomization, err := w.files.kustomizationFile(found)
	if err != nil {
		w.errorf(name, "%s %s", name, err.Error())
		return
	}
	if kustomization != "" {
		w.errorf(kustomization, "%s is a kustomization inside %s, which is read as a directory of manifests", name, w.root.Path).
			WithFix("name %s as a source of its own", name)
		return
	}
	w.walk(name, found)
}

// link follows a symbolic link to a file.
func (w *dirWalk) link(name string) {
	found, info, err := w.files.resolve(name)
	switch {
	case err != nil:
		w.errorf(name, "%s %s", name, reason(err))
	case info.IsDir():
		w.discovery.list.Infof(diag.CodeSource, diag.Pos{File: name}, "%s is a symbolic link to a directory and is not followed, as by kubectl", name)
	case isManifestName(name):
		w.add(name, found, info)
	}
}

func (w *dirWalk) add(name, found string, info fs.FileInfo) {
	w.discovery.jobs = append(w.discovery.jobs, &job{root: w.root, file: name, real: found, info: info})
}

func (w *dirWalk) errorf(file, format string, args ...any) *diag.Diagnostic {
	return w.discovery.list.Errorf(diag.CodeSource, diag.Pos{File: file}, format, args...).
		WithNote(w.root.Pos, "source %s is named here", w.root.Path)
}

// isManifestName reports whether kubectl takes a file of a directory for a
// manifest (k8s.io/cli-runtime/pkg/resource.FileExtensions).
func isManifestName(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}
