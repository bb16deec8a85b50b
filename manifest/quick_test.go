package manifest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/rehome-dev/rehome/internal/corpus"
)

// sameNode fails the test where two trees differ in anything, spans included.
func sameNode(t *testing.T, text string, got, want *Node, at Path) {
	t.Helper()
	g, w := *got, *want
	g.content, w.content = nil, nil
	if g.kind != w.kind || g.tag != w.tag || g.style != w.style || g.irregular != w.irregular ||
		g.start != w.start || g.end != w.end || g.value != w.value || len(got.content) != len(want.content) {
		t.Fatalf("%s is read as %+v (%d children), by the library as %+v (%d children), in\n%q",
			at, g, len(got.content), w, len(want.content), text)
	}
	for i := range got.content {
		sameNode(t, text, got.content[i], want.content[i], at.Index(i))
	}
}

// checkQuick fails the test where a text is read otherwise than by the library.
// It reports whether the text is plain enough to be compared.
func checkQuick(t *testing.T, text string) bool {
	t.Helper()
	got := readQuick(text, newSlab(len(text)))
	if got == nil {
		return false
	}
	var y yaml.Node
	if err := yaml.Load([]byte(text), &y); err != nil || len(y.Content) != 1 {
		t.Fatalf("%q is read, but not by the library: %v", text, err)
	}
	want, c := convert(text, y.Content[0])
	if len(c.faults) > 0 || c.aliases || c.lines.odd || c.openEnd > 0 {
		t.Fatalf("%q is read, but the library says %v", text, c.faults)
	}
	sameNode(t, text, got, want, nil)
	return true
}

func TestQuickReadsAsTheLibrary(t *testing.T) {
	tests := []struct {
		text  string
		quick bool
	}{
		{"a: b\n", true},
		{"a: b", true},
		{"# c\n\na: b # c\n# d\nb:\n  c: 1\n  d: 'x' # y\n  # e\nf: \"g\"\n\n", true},
		{"a:\n- b\n- c: d\n  e: f\n-   g: h\n    i: j\nk:\n  - - l\n    - m\n  -\n    p: o\n", true},
		{"a:\nb: ~\nc: null\nd: yes\ne: 0644\nf: 1.50\ng: -1\nh: 2024-01-01\ni: .5\nj: 1_000\n", true},
		{"a: {}\nb: []\nc: { }\nd: {a: b, c: [1, x.y/z:80, \"q r\"], 'e': {f: g}}\n", true},
		{"a: |\n  b\n   c\n\n  d\nb: |-\n  x\nc:\n- |\n  y\n\n\nd: z\n", true},
		{"a: |\n\n  b\n \n  c\n# d\n", true},
		{"a: http://b:80/c#d\nb: x:y\nc: a - b\nd: it's \"q\"\n", true},
		{"a: # c\n  b: c\nd: # e\nf: g\n", true},
		{"a: b\n  c\n", false},
		{"a: b: c\n", false},
		{"a: [b,\n c]\n", false},
		{"a: >\n  b\n", false},
		{"a: |+\n  b\n\n", false},
		{"a: |2\n   b\n", false},
		{"a: |\n  b", false},
		{"a: |\n    \n  b\n", false},
		{"a: &x b\n", false},
		{"a: *x\n", false},
		{"a: !t b\n", false},
		{"<<: {a: b}\n", false},
		{"a: b\na: c\n", false},
		{"yes: b\n", false},
		{"8: b\n", false},
		{"? a\n: b\n", false},
		{"a : b\n", false},
		{"a:\tb\n", false},
		{"a: b\r\n", false},
		{"a: é\n", false},
		{"a: \"b\\n\"\n", false},
		{"a: 'it''s'\n", false},
		{"a: \"b\"c\n", false},
		{"a: .inf\n", false},
		{"a: {b:}\n", false},
		{"a: [b?c]\n", false},
		{"a: [b: c]\n", false},
		{"a: {b}\n", false},
		{"a:\n -\n", false},
		{"a:\n  b: c\n d: e\n", false},
		{"- a\n b\n", false},
		{" a: b\n", false},
		{"a", false},
		{"# a\n", false},
		{"", false},
		{strings.Repeat("[", 60), false},
		{"a: " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "\n", false},
		{strings.Repeat("- ", 60) + "a\n", false},
	}
	for _, test := range tests {
		if got := checkQuick(t, test.text); got != test.quick {
			t.Errorf("%q: read is %t, want %t", test.text, got, test.quick)
		}
	}
}

// TestQuickReadsMostManifests holds the share of manifests that are read without
// the library, and compares every one of the repository.
func TestQuickReadsMostManifests(t *testing.T) {
	for _, f := range corpus.Generate(3, corpus.Files) {
		for _, d := range splitDocuments(string(f.Data)) {
			if !checkQuick(t, d.text) {
				t.Errorf("%s: not read:\n%s", f.Path, d.text)
			}
		}
	}
	read, all := 0, 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" && filepath.Ext(path) != ".txtar" {
			return err
		}
		data, err := os.ReadFile(path)
		for _, d := range splitDocuments(strings.ReplaceAll(string(data), "\n-- ", "\n---\n# ")) {
			all++
			if checkQuick(t, d.text) {
				read++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if all < 1000 || read < all*6/10 {
		t.Errorf("%d of %d documents are read", read, all)
	}
	t.Logf("%d of %d documents", read, all)
}

// FuzzQuick looks for texts that are read otherwise than by the library.
func FuzzQuick(f *testing.F) {
	addSeeds(func(text string, _ uint64) { f.Add(text) })
	for _, file := range corpus.Generate(1, corpus.Files) {
		f.Add(string(file.Data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range splitDocuments(text) {
			checkQuick(t, d.text)
		}
	})
}
