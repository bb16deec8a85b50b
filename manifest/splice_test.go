package manifest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// head starts the objects of these tests.
const head = "apiVersion: v1\nkind: Test\nmetadata:\n  name: x\n"

func TestSplice(t *testing.T) {
	set := func(value *Node, path ...string) func(*Object) *Object {
		return func(o *Object) *Object { return o.With(path, value) }
	}
	drop := func(path ...string) func(*Object) *Object {
		return func(o *Object) *Object { return o.Without(path) }
	}
	both := func(edits ...func(*Object) *Object) func(*Object) *Object {
		return func(o *Object) *Object {
			for _, e := range edits {
				o = e(o)
			}
			return o
		}
	}
	tests := []struct {
		name     string
		from, to string
		edit     func(*Object) *Object
	}{
		{
			"plain stays plain and keeps its comment",
			"a: web   # note\nb: 1\n", "a: shop.prod   # note\nb: 1\n",
			set(Str("shop.prod"), "a"),
		},
		{"plain is quoted where it would be a boolean", "a: web # note\n", "a: \"yes\" # note\n", set(Str("yes"), "a")},
		{"plain is quoted where it would be a key", "a: web\n", "a: 'b: c'\n", set(Str("b: c"), "a")},
		{"single quotes stay", "a: 'web'\n", "a: 'it''s'\n", set(Str("it's"), "a")},
		{"double quotes stay", "a: \"web\"  # x\n", "a: \"a\\\"b\\n\"  # x\n", set(Str("a\"b\n"), "a")},
		{"plain over several lines", "a: one\n  two\n\n  three # c\nb: 1\n", "a: four # c\nb: 1\n", set(Str("four"), "a")},
		{"number", "a: 8080\n", "a: 80\n", set(Int(80), "a")},
		{"string to number", "a: \"8080\"\n", "a: 80\n", set(Int(80), "a")},
		{"number to string", "a: 8080\n", "a: \"80\"\n", set(Str("80"), "a")},
		{"null gets a value", "a: # why\nb: 1\n", "a: x # why\nb: 1\n", set(Str("x"), "a")},
		{"null gets a mapping", "a: # why\nb: 1\n", "a: # why\n  c: x\nb: 1\n", set(Map(F("c", Str("x"))), "a")},
		{"empty mapping gets a key", "a: {} # why\nb: 1\n", "a: # why\n  c: x\nb: 1\n", set(Str("x"), "a", "c")},
		{"scalar becomes a sequence", "a: x\nb: 1\n", "a:\n- c\nb: 1\n", set(Strs("c"), "a")},
		{"mapping becomes empty", "a: # why\n  # inner\n  c: x # gone\nb: 1\n", "a: {} # why\n  # inner\nb: 1\n", drop("a", "c")},
		{"sequence becomes empty", "a:\n- x\n- y\nb: 1\n", "a: []\nb: 1\n", both(drop("a", "1"), drop("a", "0"))},
		{
			"new key behind its sibling, comments between stay",
			"a:\n  b: 1 # one\n  # two\n  c: 2 # three\n# four\nd: 3\n",
			"a:\n  b: 1 # one\n  # two\n  c: 2 # three\n  e: x\n# four\nd: 3\n",
			set(Str("x"), "a", "e"),
		},
		{"key leaves with its line", "a: 1 # one\nb:\n  c: 2\n    # deep\n# stays\nd: 3\n", "a: 1 # one\n# stays\nd: 3\n", drop("b")},
		{"first key of an item", "a:\n- name: x # gone\n  image: y\n- z\n", "a:\n- image: y\n- z\n", drop("a", "0", "name")},
		{"first key of an item before a comment", "a:\n- name: x\n  # about it\n  image: y\n", "a:\n-\n  # about it\n  image: y\n", drop("a", "0", "name")},
		{"last key of an item", "a:\n  - name: x\n    image: y # gone\n  - z\n", "a:\n  - name: x\n  - z\n", drop("a", "0", "image")},
		{"only key of an item", "a:\n- name: x\n- z\n", "a:\n- {}\n- z\n", drop("a", "0", "name")},
		{"item leaves", "a:\n- x\n# about y\n- y\n- z\n", "a:\n- x\n# about y\n- z\n", drop("a", "1")},
		{"first item of a nested sequence", "a:\n- - x\n  - y\n", "a:\n- - y\n", drop("a", "0", "0")},
		{"item appended", "a:\n  - x\n  # end\nb: 1\n", "a:\n  - x\n  - name: w\n    port: 1\n  # end\nb: 1\n", set(Map(F("name", Str("w")), F("port", Int(1))), "a", "1")},
		{"key in a flow mapping", "a: {b: 1, c: 2} # c\n", "a: {b: 1, c: 2, d: x} # c\n", set(Str("x"), "a", "d")},
		{"key out of a flow mapping", "a: {b: 1, c: 2, d: 3}\n", "a: {b: 1, d: 3}\n", drop("a", "c")},
		{"last key out of a flow mapping", "a: {b: 1, c: 2 }\n", "a: {b: 1 }\n", drop("a", "c")},
		{"flow over several lines", "a: {\n  b: 1,\n  c: 2\n}\n", "a: {\n  b: 1,\n  c: 2,\n  d: [x]\n}\n", set(Strs("x"), "a", "d")},
		{"flow that quotes all", "a: [\"x\", \"y\"]\n", "a: [\"x\", \"y\", \"z\"]\n", set(Str("z"), "a", "2")},
		{"flow stays flow", "a: {b: 1}\n", "a: {c: 2}\n", set(Map(F("c", Int(2))), "a")},
		{"comma in a flow sequence", "a: [x, y]\n", "a: ['p,q', y]\n", set(Str("p,q"), "a", "0")},
		{"literal", "a: |  # c\n  one\n\n  two\n   three\nb: 1\n", "a: |  # c\n  one\n\n  2\n   three\nb: 1\n", set(Str("one\n\n2\n three\n"), "a")},
		{"literal grows", "a: |\n    one\nb: 1\n", "a: |\n    one\n    two\nb: 1\n", set(Str("one\ntwo\n"), "a")},
		{"literal shrinks", "a: |-\n  one\n  two\nb: 1\n", "a: |-\n  one\nb: 1\n", set(Str("one"), "a")},
		{"literal loses its last line break", "a: |\n  one\nb: 1\n", "a: |-\n  two\nb: 1\n", set(Str("two"), "a")},
		{"literal keeps all line breaks", "a: |+\n  one\n\n\nb: 1\n", "a: |+\n  two\n\n\nb: 1\n", set(Str("two\n\n\n"), "a")},
		{"folded", "a: >-\n  go to http://a:80\n  and back\nb: 1\n", "a: >-\n  go to http://shop.prod:80\n  and back\nb: 1\n", set(Str("go to http://shop.prod:80 and back"), "a")},
		{"text of several lines", "a: x\nb: 1\n", "a: |\n  one\n  two\nb: 1\n", set(Str("one\ntwo\n"), "a")},
		{"no literal before a deeper comment", "a: x\n    # deep\nb: 1\n", "a: \"one\\ntwo\\n\"\n    # deep\nb: 1\n", set(Str("one\ntwo\n"), "a")},
		{"no literal before a comment", "a: x # c\nb: 1\n", "a: \"one\\ntwo\\n\" # c\nb: 1\n", set(Str("one\ntwo\n"), "a")},
		{"carriage returns", "a: 1\r\nb:\r\n- x\r\n", "a: 1\r\nb:\r\n- x\r\n- w\r\n", set(Str("w"), "b", "1")},
		{"no line break at the end", "a: 1", "a: 1\nb: 2\n", set(Int(2), "b")},
		{"literal without a line break at the end", "a: |\n  one", "a: |-\n  one\nb: 2\n", set(Int(2), "b")},
		{"aliases print it whole", "a: &p {c: 1} # c\nb: *p\n", "a:\n  c: 1\nb:\n  c: 2\n", set(Int(2), "b", "c")},
		{"explicit keys print the mapping whole", "a:\n  ? b\n  : 1\n  c: 2 # c\nd: 3 # d\n", "a:\n  b: 4\n  c: 2 # c\nd: 3 # d\n", set(Int(4), "a", "b")},
		{"pair in a flow sequence", "a: [b: 1, c]\n", "a: [{b: 1, d: 2}, c]\n", set(Int(2), "a", "0", "d")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eol := lineBreak(tt.from)
			start := strings.ReplaceAll(head, "\n", eol)
			o := tt.edit(parseOne(t, start+tt.from))
			got := string(o.Bytes())
			if diff := cmp.Diff(start+tt.to, got); diff != "" {
				t.Errorf("spliced (-want +got):\n%s", diff)
			}
			if again := parseOne(t, got); !again.Root().Equal(o.Root()) {
				t.Errorf("read again it is %s, not %s", again.Root().AppendJSON(nil), o.Root().AppendJSON(nil))
			}
		})
	}
}

func TestUneditedObjectsAreVerbatim(t *testing.T) {
	for _, text := range []string{
		head, "# licence\n\n" + head + "a:   'b'   # c\n\n# end\n", head + "a: |+\n  x\n\n\n", head + "a: &x {b:  1}\nc: *x\n",
		strings.ReplaceAll(head, "\n", "\r\n"), `{"apiVersion":"v1","kind":"X","metadata":{"name":"x"}}` + "\n",
	} {
		o := parseOne(t, text)
		if diff := cmp.Diff(text, string(o.Bytes())); diff != "" {
			t.Errorf("not verbatim (-want +got):\n%s", diff)
		}
		if same := o.With(P("kind"), o.Get("kind")); string(same.Bytes()) != text {
			t.Errorf("an edit that changes nothing changes the text:\n%s", same.Bytes())
		}
	}
	if got := string(parseOne(t, head+"\n  \n").Bytes()); got != head {
		t.Errorf("blank lines at the end stay: %q", got)
	}
	if got := string(parseOne(t, strings.TrimSuffix(head, "\n")).Bytes()); got != head {
		t.Errorf("the last line does not end: %q", got)
	}
}

func TestNamespaceStandsBehindName(t *testing.T) {
	o := parseOne(t, "apiVersion: v1\nkind: Test\nmetadata:\n  name: x # me\n  labels: {a: b}\n")
	o.ID.Namespace = "old"
	moved := o.In("new")
	want := "apiVersion: v1\nkind: Test\nmetadata:\n  name: x # me\n  namespace: new\n  labels: {a: b}\n"
	if diff := cmp.Diff(want, string(moved.Bytes())); diff != "" {
		t.Errorf("In (-want +got):\n%s", diff)
	}
	if again := moved.In("new"); again != moved {
		t.Error("an object that is in a namespace moves into it")
	}
	if back := string(moved.In("old").Bytes()); back != strings.Replace(want, "new", "old", 1) {
		t.Errorf("back again it is\n%s", back)
	}
}

func TestPrint(t *testing.T) {
	tree := Map(
		F("apiVersion", Str("v1")), F("kind", Str("Test")), F("metadata", Map(F("name", Str("x")))),
		F("list", Seq(Map(F("name", Str("a")), F("ports", Seq(Int(1), Map()))), Seq(Str("b"), Str("c")), Seq())),
		F("strings", Strs("plain", "yes", "1e3", "0x10", "~", "null", "2024-01-01", "", " x", "a: b", "a #b", "\x01", "it's", "http://a:80/b?c=d#e", "10.0.0.1", "22:22", "<<", "é", "- a", "-a", "8080:80")),
		F("text", Map(F("two", Str("one\n  two\n")), F("none", Str("one\ntwo")), F("deep", Str("  one\ntwo\n")), F("many", Str("one\n\n")), F("tab", Str("\tone\n")))),
		F("8080", Bool(true)), F("none", &Node{kind: Scalar, tag: NullTag}),
	)
	want := `apiVersion: v1
kind: Test
metadata:
  name: x
list:
- name: a
  ports:
  - 1
  - {}
- - b
  - c
- []
strings:
- plain
- "yes"
- "1e3"
- "0x10"
- "~"
- "null"
- "2024-01-01"
- ""
- ' x'
- 'a: b'
- 'a #b'
- "\u0001"
- it's
- http://a:80/b?c=d#e
- 10.0.0.1
- "22:22"
- "<<"
- é
- '- a'
- -a
- "8080:80"
text:
  two: |
    one
      two
  none: |-
    one
    two
  deep: |2
      one
    two
  many: "one\n\n"
  tab: |2
    	one
"8080": true
none: null
`
	got := string(New(tree).Bytes())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
	sameAsKubernetes(t, got, tree)
}

func TestLongKeys(t *testing.T) {
	long := strings.Repeat("k", 2000)
	tree := parseOne(t, head).Root().With(P("a"), Map(F(long, Int(1)), F("b", Seq(Map(F(long, Str("x"))))))).
		With(P("c"), Map(F(long, Map(F("d", Int(2))))))
	for _, text := range []string{string(New(tree).Bytes()), string(appendFlow(nil, tree, flowStyle{})) + "\n"} {
		o := parseOne(t, text)
		if !o.Root().Equal(tree) {
			t.Errorf("read differently:\n%s", text)
		}
		sameAsKubernetes(t, text, tree)
		edited := o.With(P("a", "b", "0", "n"), Int(3)).Without(P("c", long, "d"))
		if again := parseOne(t, string(edited.Bytes())); !again.Root().Equal(edited.Root()) {
			t.Errorf("edited it is read differently:\n%s", edited.Bytes())
		}
	}
}

func TestHostileInput(t *testing.T) {
	for name, text := range map[string]string{
		"brackets":  strings.Repeat("[", 1<<20),
		"braces":    strings.Repeat("{a: ", 1<<18),
		"dashes":    strings.Repeat("- ", 1<<18),
		"markers":   strings.Repeat("---\n", 1<<18),
		"questions": strings.Repeat("? ", 1<<16),
		"one line":  head + "a: " + strings.Repeat("x", 4<<20) + "\n",
		"long JSON": `{"apiVersion":"v1","kind":"List","items":[` + strings.TrimSuffix(strings.Repeat(`{"apiVersion":"v1","kind":"X","metadata":{"name":"x"}},`, 5000), ",") + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			parseDocuments(&Root{}, "x.yaml", []byte(text))
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("it took %v", d)
			}
		})
	}
}
