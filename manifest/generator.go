package manifest

import (
	"bytes"
	"path"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/rehome-dev/rehome/diag"
)

// generatorEntry is the entry of a configMapGenerator or secretGenerator that
// made an object.
type generatorEntry struct {
	file *kustFile // nil when the generator is no entry of a kustomization file
	at   []string  // path of the entry
	name string    // the file that configures the generator
	args *types.GeneratorArgs
	envs map[string][]byte // the files of the entry's envs
}

// generatorEntry finds the entry of a generated object.
func (b *build) generatorEntry(o *Object, from *resource.Origin, file string) *generatorEntry {
	g := &generatorEntry{name: file}
	k := b.kustomizations[file]
	if k == nil {
		return g
	}
	field := "configMapGenerator"
	var entries []*types.GeneratorArgs
	for i := range k.spec.ConfigMapGenerator {
		entries = append(entries, &k.spec.ConfigMapGenerator[i].GeneratorArgs)
	}
	if from.ConfiguredBy.Kind == "SecretGenerator" {
		field, entries = "secretGenerator", nil
		for i := range k.spec.SecretGenerator {
			entries = append(entries, &k.spec.SecretGenerator[i].GeneratorArgs)
		}
	}
	i := nearestEntry(entries, o.src.build.Name)
	if i < 0 {
		return g
	}
	g.file, g.at, g.args = k, []string{field, strconv.Itoa(i)}, entries[i]
	g.loadEnvs(b.files)
	return g
}

// nearestEntry returns the entry whose name is that of the object without
// prefix and suffix: of several the longest, -1 when there is none.
func nearestEntry(entries []*types.GeneratorArgs, name string) int {
	best := -1
	for i, e := range entries {
		if strings.Contains(name, e.Name) && (best < 0 || len(e.Name) > len(entries[best].Name)) {
			best = i
		}
	}
	return best
}

// loadEnvs takes the bytes of the entry's env files, which kustomize has read.
func (g *generatorEntry) loadEnvs(f *files) {
	for _, p := range g.envPaths() {
		if data, err := f.read(path.Join(g.file.dir, p)); err == nil {
			if g.envs == nil {
				g.envs = map[string][]byte{}
			}
			g.envs[p] = data
		}
	}
}

func (g *generatorEntry) envPaths() []string {
	paths := slices.Clone(g.args.EnvSources)
	if g.args.EnvSource != "" {
		paths = append(paths, g.args.EnvSource)
	}
	return paths
}

// pos returns where a node of the generated object is written: a data key where
// its source is, everything else at the entry.
func (g *generatorEntry) pos(at []string) diag.Pos {
	if g.file == nil {
		return diag.Pos{File: g.name}
	}
	if len(at) > 1 && (at[0] == "data" || at[0] == "binaryData") {
		if pos := g.dataPos(at[1]); !pos.IsZero() {
			return pos
		}
	}
	return g.file.pos(g.at...)
}

// dataPos returns where the value of a data key comes from.
func (g *generatorEntry) dataPos(key string) diag.Pos {
	for i, literal := range g.args.LiteralSources {
		if name, _, _ := strings.Cut(literal, "="); name == key {
			return g.file.pos(append(slices.Clone(g.at), "literals", strconv.Itoa(i))...)
		}
	}
	for _, source := range g.args.FileSources {
		if name, file := splitFileSource(source); name == key {
			return diag.Pos{File: path.Join(g.file.dir, file), Line: 1}
		}
	}
	for _, p := range g.envPaths() {
		if line := envLine(g.envs[p], key); line > 0 {
			return diag.Pos{File: path.Join(g.file.dir, p), Line: line}
		}
	}
	return diag.Pos{}
}

// envLine returns the line of an env file that sets a key, 0 when none does.
func envLine(data []byte, key string) int {
	line := 0
	for text := range bytes.Lines(data) {
		line++
		name, _, _ := strings.Cut(strings.TrimSpace(string(text)), "=")
		if name == key {
			return line
		}
	}
	return 0
}
