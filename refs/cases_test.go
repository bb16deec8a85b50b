package refs_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

var update = flag.Bool("update", false, "write what is found to the cases in testdata")

// TestCases scans the manifests of testdata/*.txtar. Each NAME.yaml is a case,
// with what is found in it in NAME.want; services.yaml is added to all of them.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		base := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(base, func(t *testing.T) { runCases(t, archive) })
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func runCases(t *testing.T, archive *txtar.Archive) {
	services := section(archive, "services.yaml")
	for i := 0; i < len(archive.Files); i++ {
		name, isCase := strings.CutSuffix(archive.Files[i].Name, ".yaml")
		if !isCase || name == "services" {
			continue
		}
		input := archive.Files[i].Data
		t.Run(name, func(t *testing.T) {
			got := scanCase(t, services, input)
			want := section(archive, name+".want")
			if *update {
				setSection(archive, i, name+".want", got)
				return
			}
			if diff := gocmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("references (-want +got):\n%s", diff)
			}
		})
	}
}

func section(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func setSection(a *txtar.Archive, after int, name string, data []byte) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = data
			return
		}
	}
	a.Files = slices.Insert(a.Files, after+1, txtar.File{Name: name, Data: data})
}

// scanCase returns what is found in the case, one reference or finding a line.
func scanCase(t *testing.T, services, input []byte) []byte {
	t.Helper()
	inv := read(t, map[string]string{"m/case.yaml": string(input), "m/services.yaml": string(services)})
	found, diags := refs.Scan(inv, refs.Options{Domains: []string{"cluster.local", "corp.example"}})
	var b bytes.Buffer
	for _, r := range found {
		fmt.Fprintln(&b, line(r))
	}
	for _, d := range diags {
		place := strings.TrimPrefix(d.Message, "")
		fmt.Fprintf(&b, "%d:%d %s[%s] %s\n", d.Pos.Line, d.Pos.Column, d.Severity, d.Code, place)
	}
	return b.Bytes()
}

func read(t testing.TB, files map[string]string) *manifest.Inventory {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	inv, diags := manifest.Read(fsys, []*manifest.Root{{Path: "m", Namespace: "shop"}}, manifest.ReadOptions{Workers: 1})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return inv
}

var forms = map[refs.Form]string{
	refs.Field: "field", refs.Short: "short", refs.Namespace: "svc.ns", refs.Svc: "svc.ns.svc", refs.Full: "full", refs.Joined: "joined",
}

func line(r *refs.Reference) string {
	var b strings.Builder
	pos := r.Pos()
	fmt.Fprintf(&b, "%d:%d %q %s %s", pos.Line, pos.Column, r.Text(), forms[r.Form], r.Target)
	add := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, " %s=%s", name, value)
		}
	}
	add("prefix", r.Prefix)
	add("scheme", r.Scheme)
	add("port", r.Port)
	add("beside", r.NamespacePath.String())
	for _, flag := range []struct {
		set  bool
		name string
	}{{r.Dot, "dot"}, {r.Base64, "base64"}, {r.Certainty == refs.Possible, "possible"}, {r.Refers == refs.ToService && !r.Known, "nowhere"}} {
		if flag.set {
			b.WriteString(" " + flag.name)
		}
	}
	return b.String()
}
