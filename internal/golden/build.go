package golden

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// Manifest is text with Kubernetes objects: a file of an output, or what
// kustomize built from one of its directories.
type Manifest struct {
	Name string
	Data []byte
}

// Manifests builds every kustomization of an output and returns what they build
// to, and the manifests that no kustomization refers to.
func (o *Output) Manifests() ([]Manifest, error) {
	fsys := filesys.MakeFsInMemory()
	for _, f := range o.Files {
		if err := fsys.WriteFile("/"+f.Name, f.Data); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", o.Name, f.Name, err)
		}
	}
	var manifests []Manifest
	var used []string
	for _, f := range o.Files {
		if !isKustomization(f.Name) {
			continue
		}
		var k types.Kustomization
		if err := yaml.Unmarshal(f.Data, &k); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", o.Name, f.Name, err)
		}
		used = append(used, refersTo(path.Dir(f.Name), &k)...)
		if k.Kind == types.ComponentKind {
			continue // built with what it is a part of
		}
		built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fsys, "/"+path.Dir(f.Name))
		if err != nil {
			return nil, fmt.Errorf("%s: kustomize build %s: %w", o.Name, path.Dir(f.Name), err)
		}
		text, err := built.AsYaml()
		if err != nil {
			return nil, fmt.Errorf("%s: kustomize build %s: %w", o.Name, path.Dir(f.Name), err)
		}
		manifests = append(manifests, Manifest{o.Name + ": kustomize build " + path.Dir(f.Name), text})
	}
	return append(manifests, o.plain(used)...), nil
}

// plain returns the output's YAML files that no kustomization refers to: those
// it does refer to may be patches, which are no whole objects. Neither are what
// delete lists hold: they name objects and say nothing else of them.
func (o *Output) plain(used []string) []Manifest {
	var manifests []Manifest
	for _, f := range o.Files {
		isYAML := path.Ext(f.Name) == ".yaml" || path.Ext(f.Name) == ".yml"
		if isYAML && strings.HasPrefix(f.Name, outDir) && !isKustomizationFile(f.Name) && !isDeleteList(f.Name) && !slices.Contains(used, f.Name) {
			manifests = append(manifests, Manifest{o.Name + ": " + f.Name, f.Data})
		}
	}
	return manifests
}

func isDeleteList(name string) bool { return path.Base(path.Dir(name)) == "delete" }

// isKustomization tells whether a file makes its directory a kustomization of
// the output.
func isKustomization(name string) bool {
	return strings.HasPrefix(name, outDir) && isKustomizationFile(name)
}

func isKustomizationFile(name string) bool { return path.Base(name) == "kustomization.yaml" }

// refersTo returns the files that a kustomization in a directory takes in.
func refersTo(dir string, k *types.Kustomization) []string {
	files := slices.Concat(k.Resources, k.Components, k.Transformers, k.Generators, k.Configurations)
	for _, p := range k.Patches {
		files = append(files, p.Path)
	}
	for _, r := range k.Replacements {
		files = append(files, r.Path)
	}
	for _, g := range k.ConfigMapGenerator {
		files = append(files, generatorFiles(g.FileSources)...)
	}
	for _, g := range k.SecretGenerator {
		files = append(files, generatorFiles(g.FileSources)...)
	}
	out := make([]string, 0, len(files))
	for _, f := range files {
		if f != "" && !strings.Contains(f, "\n") {
			out = append(out, path.Join(dir, f))
		}
	}
	return out
}

// generatorFiles returns the paths of a generator's file sources, which may
// start with a key.
func generatorFiles(sources []string) []string {
	files := make([]string, len(sources))
	for i, s := range sources {
		files[i] = s
		if _, file, ok := strings.Cut(s, "="); ok {
			files[i] = file
		}
	}
	return files
}
