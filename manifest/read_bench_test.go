package manifest

import (
	"fmt"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/kustomize/api/krusty"
)

// kustomizations returns n kustomizations of the same few objects.
func kustomizations(n int) (fstest.MapFS, []string) {
	fsys, paths := fstest.MapFS{}, make([]string, n)
	files := repo(builds["generators"])
	for i := range n {
		paths[i] = fmt.Sprintf("a%d/app", i)
		for name, file := range files {
			fsys[fmt.Sprintf("a%d/%s", i, name)] = file
		}
		fsys[paths[i]+"/all.yaml"] = &fstest.MapFile{Data: []byte(service)}
	}
	return fsys, paths
}

// BenchmarkReadKustomizations is to be compared with BenchmarkKustomizeLoop,
// which does the least that a program with kustomize in it can do.
func BenchmarkReadKustomizations(b *testing.B) {
	fsys, paths := kustomizations(100)
	for b.Loop() {
		rs := roots(paths...)
		for _, r := range rs {
			r.Namespace = r.Path
		}
		inv, list := Read(fsys, rs, ReadOptions{})
		if err := list.Err(); err != nil || len(inv.Objects) == 0 {
			b.Fatal(err)
		}
	}
}

func BenchmarkKustomizeLoop(b *testing.B) {
	fsys, paths := kustomizations(100)
	for b.Loop() {
		view := &buildFS{files: newFiles(fsys)}
		for _, p := range paths {
			built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(view, buildPath(p))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := built.AsYaml(); err != nil {
				b.Fatal(err)
			}
		}
	}
}
