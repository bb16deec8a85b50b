package bench

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/rehome-dev/rehome/internal/corpus"
)

// CopyFactor is how much more the copy bound writes than it reads: about what
// the variants of a migrated app come to.
const CopyFactor = 2.5

// copyFiles reads every manifest and writes it CopyFactor times: what no tool
// that reads and writes these bytes can be faster than.
func copyFiles(source, out string, files []corpus.File) error {
	for i, f := range files {
		data, err := os.ReadFile(filepath.Join(source, filepath.FromSlash(f.Path)))
		if err != nil {
			return fmt.Errorf("copy bound: %w", err)
		}
		copied := append([]byte(nil), data...)
		if err := writeCopies(filepath.Join(out, fmt.Sprintf("%06d", i)), copied); err != nil {
			return fmt.Errorf("copy bound: %w", err)
		}
	}
	return nil
}

// writeCopies writes whole copies of the data to files, and a part of it to the
// last one.
func writeCopies(dir string, data []byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for left, i := int(CopyFactor*float64(len(data))), 0; left > 0; i++ {
		n := min(left, len(data))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.yaml", i)), data[:n], 0o644); err != nil {
			return err
		}
		left -= n
	}
	return nil
}

// kustomizeEach builds the kustomization of every app, one after the other in
// one thread, and writes what each builds to.
func kustomizeEach(source, out string, files []corpus.File) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("kustomize API: %w", err)
	}
	fsys := filesys.MakeFsOnDisk()
	for i, f := range files {
		if f.Path == corpus.PlanPath {
			continue
		}
		text, err := kustomizeBuild(fsys, filepath.Join(source, filepath.FromSlash(strings.TrimSuffix(f.Path, ".yaml"))))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, fmt.Sprintf("%06d.yaml", i)), text, 0o644); err != nil {
			return fmt.Errorf("kustomize API: %w", err)
		}
	}
	return nil
}

func kustomizeBuild(fsys filesys.FileSystem, dir string) ([]byte, error) {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("kustomize API: %w", err)
	}
	text, err := built.AsYaml()
	if err != nil {
		return nil, fmt.Errorf("kustomize API: %w", err)
	}
	return text, nil
}

// oneRootBuild returns how long kustomize takes to move n apps to another
// namespace in a single build, which is what a person would write first.
func oneRootBuild(ctx context.Context, base string, n int) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp(base, "one-root-")
	if err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the whole working directory is removed in the end
	files := corpus.Generate(n, corpus.Files)
	k := types.Kustomization{Namespace: "moved"}
	for _, f := range files {
		if path.Ext(f.Path) == ".yaml" && f.Path != corpus.PlanPath {
			k.Resources = append(k.Resources, f.Path)
		}
	}
	text, err := yaml.Marshal(k)
	if err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	if err := corpus.Write(dir, append(files, corpus.File{Path: "kustomization.yaml", Data: text})); err != nil {
		return 0, err
	}
	return timed(func() error {
		_, err := kustomizeBuild(filesys.MakeFsOnDisk(), dir)
		return err
	})
}
