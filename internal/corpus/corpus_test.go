package corpus_test

import (
	"bytes"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/rehome-dev/rehome/internal/corpus"
)

func TestGenerateIsDeterministic(t *testing.T) {
	for _, layout := range []corpus.Layout{corpus.Files, corpus.Kustomizations} {
		if diff := cmp.Diff(corpus.Generate(60, layout), corpus.Generate(60, layout)); diff != "" {
			t.Errorf("layout %d differs between two runs:\n%s", layout, diff)
		}
	}
}

// TestSize holds the corpus to the one that the targets were measured with.
func TestSize(t *testing.T) {
	const n = 100
	lines, size, apps := 0, 0, 0
	for _, f := range corpus.Generate(n, corpus.Files) {
		if !strings.Contains(f.Path, "/app-") {
			continue
		}
		apps++
		lines += bytes.Count(f.Data, []byte("\n"))
		size += len(f.Data)
		if got := bytes.Count(f.Data, []byte("\nkind: ")); got != corpus.ObjectsPerApp {
			t.Errorf("%s: %d objects, want %d", f.Path, got, corpus.ObjectsPerApp)
		}
	}
	if apps != n {
		t.Errorf("%d apps that move, want %d", apps, n)
	}
	if got := lines / n; got < 290 || got > 306 {
		t.Errorf("%d lines an app, want about 298", got)
	}
	if got := size / n; got < 6900 || got > 7300 {
		t.Errorf("%d bytes an app, want about 7,100", got)
	}
}

func TestManifestsAreYAML(t *testing.T) {
	for _, layout := range []corpus.Layout{corpus.Files, corpus.Kustomizations} {
		for _, f := range corpus.Generate(30, layout) {
			for _, doc := range strings.Split(string(f.Data), "\n---\n") {
				var object map[string]any
				if err := yaml.Unmarshal([]byte(doc), &object); err != nil {
					t.Errorf("%s: %v", f.Path, err)
				}
				if object["kind"] == nil || strings.Contains(doc, "${") {
					t.Errorf("%s: not a finished object:\n%s", f.Path, doc)
				}
			}
		}
	}
}

var hostInCorpus = regexp.MustCompile(`//([a-z0-9.-]+):8080|addr=([a-z0-9.-]+):9090`)

// TestCallsFormNoCycle follows every call: each app makes three, to apps that
// exist, and the longest chain has one app of each layer and one that stays.
func TestCallsFormNoCycle(t *testing.T) {
	calls := map[string][]string{}
	for _, f := range corpus.Generate(120, corpus.Files) {
		name, ok := strings.CutSuffix(f.Path[strings.LastIndex(f.Path, "/")+1:], ".yaml")
		if !ok || f.Path == corpus.PlanPath {
			continue
		}
		calls[name] = nil
		for _, m := range hostInCorpus.FindAllStringSubmatch(string(f.Data), -1) {
			calls[name] = append(calls[name], m[1]+m[2])
		}
		if len(calls[name]) != corpus.EdgesPerApp {
			t.Errorf("%s calls %v, want %d callees", name, calls[name], corpus.EdgesPerApp)
		}
	}
	var depth func(name string, seen []string) int
	depth = func(name string, seen []string) int {
		if slices.Contains(seen, name) {
			t.Fatalf("a cycle of calls: %v, %s", seen, name)
		}
		deepest := 0
		for _, host := range calls[name] {
			callee, rest, _ := strings.Cut(host, ".")
			if rest == "managed.example.com" {
				continue
			}
			if _, ok := calls[callee]; !ok {
				t.Errorf("%s calls %s, which is nowhere", name, host)
				continue
			}
			deepest = max(deepest, depth(callee, append(seen, name)))
		}
		return deepest + 1
	}
	longest := 0
	for name := range calls {
		longest = max(longest, depth(name, nil))
	}
	if longest != corpus.Layers+1 {
		t.Errorf("the longest chain has %d apps, want %d", longest, corpus.Layers+1)
	}
}

func TestWriteWritesWhatFSHolds(t *testing.T) {
	files := corpus.Generate(26, corpus.Kustomizations)
	dir := t.TempDir()
	if err := corpus.Write(dir, files); err != nil {
		t.Fatal(err)
	}
	for _, fsys := range []fs.FS{corpus.FS(files), os.DirFS(dir)} {
		for _, f := range files {
			got, err := fs.ReadFile(fsys, f.Path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(f.Data), string(got)); diff != "" {
				t.Errorf("%s: %s", f.Path, diff)
			}
		}
	}
}
