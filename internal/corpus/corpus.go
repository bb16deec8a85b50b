// Package corpus generates Kubernetes manifests to measure rehome with: any
// number of apps of seven objects each that call one another, and the plan that
// moves them. Equal sizes give equal bytes.
package corpus

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing/fstest"
)

// PlanPath is where the plan lies in a corpus.
const PlanPath = "plan.yaml"

// Sizes of a corpus.
const (
	ObjectsPerApp    = 7  // Deployment, Service, ConfigMap, ServiceAccount, HorizontalPodAutoscaler, Ingress, NetworkPolicy
	EdgesPerApp      = 3  // a URL in env, a URL in a file of a ConfigMap, host:port in args
	AppsPerNamespace = 25 // a team's namespace
	Layers           = 8  // the longest chain of calls; one more for the apps that stay
)

// Layout says how the manifests of a corpus are laid out.
type Layout uint8

// The layouts.
const (
	// Files is one multi-document file per app in a directory per namespace,
	// which the plan names as its sources.
	Files Layout = iota + 1
	// Kustomizations is a kustomization directory per app, which the plan names
	// as the app's own.
	Kustomizations
)

// File is one file of a corpus.
type File struct {
	Path string // slash-separated
	Data []byte
}

// Generate returns a corpus of n apps that move, and of the three platform apps
// that they all end up calling and that stay. The files are ordered by path.
func Generate(n int, layout Layout) []File {
	var files []File
	for _, a := range everyApp(n) {
		files = append(files, a.files(layout)...)
	}
	return append(files, File{PlanPath, planFile(n, layout)})
}

// FS returns the files as a file system in memory. It lists a directory in time
// that grows with the whole corpus: measure on a real one.
func FS(files []File) fs.FS {
	fsys := fstest.MapFS{}
	for _, f := range files {
		fsys[f.Path] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
	}
	return fsys
}

// Write writes the files below a directory.
func Write(dir string, files []File) error {
	made := ""
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if parent := filepath.Dir(path); parent != made {
			if err := os.MkdirAll(parent, 0o755); err != nil {
				return fmt.Errorf("write corpus: %w", err)
			}
			made = parent
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return fmt.Errorf("write corpus: %w", err)
		}
	}
	return nil
}

// Bytes returns the size of the manifests among the files.
func Bytes(files []File) int64 {
	var n int64
	for _, f := range files {
		if f.Path != PlanPath {
			n += int64(len(f.Data))
		}
	}
	return n
}
