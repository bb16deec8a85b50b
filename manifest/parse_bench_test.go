package manifest

import (
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/rehome-dev/rehome/internal/corpus"
)

// apps returns the manifests of n apps.
func apps(b *testing.B, n int) ([][]byte, int64) {
	b.Helper()
	var texts [][]byte
	size := 0
	for _, f := range corpus.Generate(n, corpus.Files) {
		if strings.HasPrefix(f.Path, "k8s/") && strings.HasSuffix(f.Path, ".yaml") {
			texts = append(texts, f.Data)
			size += len(f.Data)
		}
	}
	return texts, int64(size)
}

func parseAll(b *testing.B, texts [][]byte) [][]*Object {
	b.Helper()
	out := make([][]*Object, len(texts))
	for i, text := range texts {
		objects, diags := parseDocuments(&Root{}, "x.yaml", text)
		if len(diags) > 0 {
			b.Fatal(diags.Err())
		}
		out[i] = objects
	}
	return out
}

func BenchmarkParse(b *testing.B) {
	texts, size := apps(b, 20)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		parseAll(b, texts)
	}
}

// BenchmarkYAMLNodes is what the YAML parser alone costs.
func BenchmarkYAMLNodes(b *testing.B) {
	texts, size := apps(b, 20)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			var nodes []yaml.Node
			if err := yaml.Load(text, &nodes, yaml.WithAllDocuments()); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkSplice prints objects of which each has a few edits.
func BenchmarkSplice(b *testing.B) {
	texts, size := apps(b, 20)
	var edited []*Object
	for _, objects := range parseAll(b, texts) {
		for _, o := range objects {
			o.ID.Namespace = "old"
			edited = append(edited, o.In("new").With(P("metadata", "labels", "phase"), Str("1")))
		}
	}
	var out []byte
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		out = out[:0]
		for _, o := range edited {
			out = o.AppendTo(out)
		}
	}
}

func BenchmarkVerbatim(b *testing.B) {
	texts, size := apps(b, 20)
	objects := parseAll(b, texts)
	var out []byte
	b.SetBytes(size)
	for b.Loop() {
		out = out[:0]
		for _, of := range objects {
			for _, o := range of {
				out = o.AppendTo(out)
			}
		}
	}
}

// BenchmarkRetained reports what the objects of an app hold in memory.
func BenchmarkRetained(b *testing.B) {
	const n = 200
	texts, size := apps(b, n)
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		objects := parseAll(b, texts)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(objects)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "retained-B/app")
		b.ReportMetric(float64(size)/n, "text-B/app")
	}
}
