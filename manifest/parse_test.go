package manifest

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/internal/realdata"
)

// said returns diagnostics as they are printed, one a line.
func said(list diag.List) []string {
	var out []string
	for _, d := range list {
		out = append(out, fmt.Sprintf("%s: %s[%s]: %s", d.Pos, d.Severity, d.Code, d.Message))
	}
	return out
}

func TestParseErrors(t *testing.T) {
	const ok = "apiVersion: v1\nkind: Test\nmetadata: {name: x}\n"
	deep := ok + "a: " + strings.Repeat("[", 201) + strings.Repeat("]", 201) + "\n"
	bomb := ok + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 8; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	tests := []struct {
		name, text string
		want       []string
	}{
		{"syntax", "a: b\n c: d\n", []string{"x.yaml:2:3: error[yaml]: mapping values are not allowed in this context"}},
		{"syntax in one of several", ok + "---\na: [b\n---\n" + ok + "---\n\tx: y\n", []string{
			"x.yaml:6:1: error[yaml]: did not find expected ',' or ']' while parsing a flow sequence",
			"x.yaml:11:1: error[yaml]: found character that cannot start any token while scanning for the next token",
		}},
		{"all of a file at once", "a: 1\na: 2\nb:\n  c: x\n  c: y\nnull: x\n? [d]\n: y\n", []string{
			`x.yaml:2:1: error[yaml]: the key "a" is there twice, first on line 1`,
			`x.yaml:5:3: error[yaml]: the key "c" is there twice, first on line 4`,
			"x.yaml:6:1: error[yaml]: a key must be a string, this one is null",
			"x.yaml:7:3: error[yaml]: a key must be a string",
		}},
		{"missing fields", "a: 1\n", []string{
			"x.yaml:1:1: error[source]: apiVersion is missing",
			"x.yaml:1:1: error[source]: kind is missing",
			"x.yaml:1:1: error[source]: metadata.name is missing",
		}},
		{"wrong types", "apiVersion: 1\nkind: {}\nmetadata:\n  name: 5\n", []string{
			"x.yaml:1:13: error[source]: apiVersion must be a string",
			"x.yaml:2:7: error[source]: kind must be a string",
			"x.yaml:4:9: error[source]: metadata.name must be a string",
		}},
		{"generateName", "apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: x-\n", []string{
			"x.yaml:4:17: error[source]: an object with metadata.generateName has no name to be referred to by",
		}},
		{"no mapping", "- a\n---\nb\n", []string{
			"x.yaml:1:1: error[source]: the document is no Kubernetes object: it is not a mapping",
			"x.yaml:3:1: error[source]: the document is no Kubernetes object: it is not a mapping",
		}},
		{"binary", "a: \x00\n", []string{"x.yaml:1:4: error[yaml]: the file is binary: it contains a NUL byte"}},
		{"not UTF-8", "a: b\nc: \xff\n", []string{"x.yaml:2:4: error[yaml]: the file is not UTF-8 text"}},
		{"UTF-16", "\xff\xfea\x00", []string{"x.yaml: error[yaml]: the file is UTF-16"}},
		{"too large", strings.Repeat("#", MaxFileSize+1), []string{"x.yaml: error[yaml]: the file is larger than 64 MiB"}},
		{"too deep", deep, []string{"x.yaml:4:204: error[yaml]: the document is nested deeper than 200 levels"}},
		{"alias bomb", bomb, []string{"x.yaml:9:15: error[yaml]: the aliases of the document expand to more than 262144 nodes"}},
		{"anchor in itself", ok + "a: &a [*a]\n", []string{"x.yaml:4:8: error[yaml]: the anchor &a contains itself"}},
		{"unknown anchor", ok + "a: *b\n", []string{"x.yaml:4:4: error[yaml]: unknown anchor 'b' referenced"}},
		{"merge of a scalar", ok + "a: {<<: b}\n", []string{"x.yaml:4:10: error[yaml]: a merge key << takes a mapping or a list of mappings"}},
		{"not a number of JSON", ok + "a: .inf\n", []string{"x.yaml:4:4: error[yaml]: .inf has no JSON form: quote it if it is meant as text"}},
		{"tag that does not fit", ok + "a: !!int 1.5\n", []string{`x.yaml:4:4: error[yaml]: "1.5" is no !!int`}},
		{"binary tag", ok + "a: !!binary aGk=\n", []string{"x.yaml:4:4: error[yaml]: the tag !!binary has no meaning in Kubernetes: write the base64 text as a string"}},
		{"TAG directive", "%TAG ! tag:x,2000:\n---\n" + ok, []string{"x.yaml:1:1: error[yaml]: %TAG directives are not supported"}},
		{"key that kubectl reads otherwise", ok + "a: {b:}\n", []string{`x.yaml:4:6: error[yaml]: kubectl takes the colon of "b" for a part of the key: put a space behind it`}},
		{"scalar that kubectl does not read", ok + "a: [b?c]\n", []string{`x.yaml:4:5: error[yaml]: kubectl does not read "b?c" here: quote it`}},
		{"item of a list", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: X\n- y\n", []string{
			"x.yaml:4:3: error[source]: metadata.name is missing",
			"x.yaml:6:3: error[source]: the document is no Kubernetes object: it is not a mapping",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, diags := parseDocuments(&Root{}, "x.yaml", []byte(tt.text))
			if diff := cmp.Diff(tt.want, said(diags)); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseDocuments(t *testing.T) {
	object := func(name string) string { return "apiVersion: v1\nkind: Test\nmetadata:\n  name: " + name + "\n" }
	tests := []struct {
		name, text string
		want       []string // texts of the objects
		lines      []int    // lines of their names
	}{
		{"one", object("a"), []string{object("a")}, []int{4}},
		{"nothing", "", nil, nil},
		{"comments only", "# a\n\n---\n# b\n---\n", nil, nil},
		{"null documents", "---\nnull\n---\n~\n", nil, nil},
		{"several", object("a") + "---\n" + object("b") + "\n\n---\n" + object("c"), []string{object("a"), object("b"), object("c")}, []int{4, 9, 16}},
		{"marker first, empty documents", "---\n---\n" + object("a") + "---\n\n---\n# only\n---\n" + object("b") + "---\n", []string{object("a"), object("b")}, []int{6, 15}},
		{"comments before the first marker", "# licence\n\n---\n" + object("a"), []string{"# licence\n\n" + object("a")}, []int{7}},
		{"comments at the ends", "# a\n" + object("a") + "# end\n--- # b\n# c\n" + object("b"), []string{"# a\n" + object("a") + "# end\n", "# b\n# c\n" + object("b")}, []int{5, 12}},
		{"end markers", object("a") + "...\n# between\n---\n" + object("b") + "...\n", []string{object("a"), object("b")}, []int{4, 11}},
		{"directive", "%YAML 1.1\n---\n" + object("a"), []string{object("a")}, []int{6}},
		{"byte order mark", "\uFEFF" + object("a"), []string{object("a")}, []int{4}},
		{"carriage returns", strings.ReplaceAll(object("a")+"---\n"+object("b"), "\n", "\r\n"), []string{strings.ReplaceAll(object("a"), "\n", "\r\n"), strings.ReplaceAll(object("b"), "\n", "\r\n")}, []int{4, 9}},
		{"JSON", `{"apiVersion": "v1", "kind": "Test", "metadata": {"name": "a"}}`, []string{`{"apiVersion": "v1", "kind": "Test", "metadata": {"name": "a"}}`}, []int{1}},
		{"content on the marker line", "--- {apiVersion: v1, kind: Test,\n metadata: {name: a}}\n", []string{"{apiVersion: v1, kind: Test,\n metadata: {name: a}}\n"}, []int{2}},
		{"marker in a block scalar", object("a") + "b: |\n  x\n  ---\n  y\n", []string{object("a") + "b: |\n  x\n  ---\n  y\n"}, []int{4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			objects, diags := parseDocuments(&Root{}, "x.yaml", []byte(tt.text))
			var texts []string
			var lines []int
			for _, o := range objects {
				texts = append(texts, strings.TrimRight(o.Source().Text(), "\r\n"))
				lines = append(lines, o.Pos("metadata", "name").Line)
			}
			for i := range tt.want {
				tt.want[i] = strings.TrimRight(tt.want[i], "\r\n")
			}
			if diff := cmp.Diff(tt.want, texts); diff != "" || len(diags) > 0 {
				t.Errorf("texts (-want +got):\n%s%v", diff, said(diags))
			}
			if diff := cmp.Diff(tt.lines, lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAliasesAreExpanded(t *testing.T) {
	o := parseOne(t, head+"base: &b {x: 1, w: [2]}\nown:\n  <<: *b\n  x: 3\nlate: {x: 4, <<: *b}\nboth: {<<: [*b, {x: 5, z: 6}]}\n")
	want := `{"apiVersion":"v1","kind":"Test","metadata":{"name":"x"},"base":{"x":1,"w":[2]},"own":{"x":3,"w":[2]},"late":{"x":1,"w":[2]},"both":{"x":1,"z":6,"w":[2]}}`
	if diff := cmp.Diff(want, string(o.Root().AppendJSON(nil))); diff != "" {
		t.Errorf("expanded (-want +got):\n%s", diff)
	}
	sameAsKubernetes(t, o.src.text, o.root)
}

func TestKeysAreStrings(t *testing.T) {
	// Kubernetes reads y as true, because YAML 1.1 does.
	o := parseOne(t, head+"a: {y: u, 8080: x, off: x, 1.50: z, 0x10: w, 2024-01-01: v}\n")
	sameAsKubernetes(t, o.src.text, o.root)
	if got := o.Text("a", "8080"); got != "x" {
		t.Errorf("the key 8080 has %q", got)
	}
}

func TestPos(t *testing.T) {
	const text = "# first\n---\n# é\n" + head + "é: [{a: 1}]\nlist:\n- name: ü # x\n  port: 80\nnone:\ntext: |\n  x\n"
	o := parseOne(t, text)
	tests := []struct {
		path string
		want string
	}{
		{"", "x.yaml:4:1"},
		{"kind", "x.yaml:5:7"},
		{"metadata", "x.yaml:7:3"},
		{"metadata name", "x.yaml:7:9"},
		{"metadata namespace", "x.yaml:6:1"},
		{"é 0 a", "x.yaml:8:10"},
		{"list 0", "x.yaml:10:3"},
		{"list 0 port", "x.yaml:11:9"},
		{"list 0 host", "x.yaml:10:3"},
		{"list 7", "x.yaml:9:1"},
		{"none", "x.yaml:12:6"},
		{"text", "x.yaml:13:7"},
		{"missing", "x.yaml:4:1"},
	}
	for _, tt := range tests {
		if got := o.Pos(strings.Fields(tt.path)...).String(); got != tt.want {
			t.Errorf("%s is at %s, want %s", tt.path, got, tt.want)
		}
	}
}

func TestNamespaceOfObjects(t *testing.T) {
	root := &Root{Namespace: "shop"}
	objects, _ := parseDocuments(root, "x.yaml", []byte(`
{apiVersion: v1, kind: Service, metadata: {name: a}}
---
{apiVersion: v1, kind: Service, metadata: {name: b, namespace: other}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: c, namespace: ignored}}
---
{apiVersion: example.com/v1, kind: Namespace, metadata: {name: d}}
`))
	var got []string
	for _, o := range objects {
		got = append(got, o.ID.String())
	}
	want := []string{"Service shop/a", "Service other/b", "ClusterRole c", "Namespace.example.com shop/d"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("IDs (-want +got):\n%s", diff)
	}
}

func TestOnlineBoutiqueIsPrintedAsItIs(t *testing.T) {
	fsys, dir := realdata.OnlineBoutique(t)
	seen := 0
	err := fs.WalkDir(fsys, dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") || strings.HasSuffix(path, "kustomization.yaml") {
			return err
		}
		data, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		seen++
		checkFile(t, path, data)
		return nil
	})
	if err != nil || seen == 0 {
		t.Fatalf("%d files, %v", seen, err)
	}
}

// checkFile checks that a file of one document after the other is printed as it
// is, and that an object stays itself after edits of all its strings.
func checkFile(t *testing.T, path string, data []byte) {
	t.Helper()
	objects, diags := parseDocuments(&Root{Namespace: "boutique"}, path, data)
	if len(diags) > 0 {
		t.Fatal(said(diags))
	}
	var whole []byte
	for i, o := range objects {
		if i > 0 {
			whole = append(whole, "---\n"...)
		}
		whole = o.AppendTo(whole)
		sameAsKubernetes(t, o.Source().Text(), o.Root())
		edited := o.In("elsewhere")
		o.Root().Scalars(func(at Path, n *Node) {
			if n.Tag() == StrTag {
				edited = edited.With(at.Join(), Str(n.Value()+".new"))
			}
		})
		if text := string(edited.Bytes()); !parseOne(t, text).Root().Equal(edited.Root()) {
			t.Errorf("%s: edited it is read as something else:\n%s", path, text)
		}
	}
	if diff := cmp.Diff(strings.TrimRight(string(data), "\n")+"\n", string(whole)); diff != "" {
		t.Errorf("%s is printed differently (-want +got):\n%s", path, diff)
	}
}
