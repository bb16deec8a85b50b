package manifest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	sigs "sigs.k8s.io/yaml"
)

// addSeeds gives a fuzz target texts of many forms to start from.
func addSeeds(add func(text string, seed uint64)) {
	for seed := range uint64(40) {
		r := newRandom(seed)
		add(r.write(r.object()), seed)
	}
	for _, text := range []string{
		dumped, head, head + "a: |2-\n   x\n\n\n", head + "a: >+\n  x\n  y\n\n", head + "a: &b {c: 1}\nd: *b\n<<: *b\n", head + "? a\n: b\n? c\n",
		head + "a: !!str 5\nb: ! x\nc: !own [1]\nd: !!map\n  e: f\n", head + "a: [b: c, ? d : e, {f}, \"g\":h]\n", "%YAML 1.2\n---\n" + head + "...\n",
		"{\"apiVersion\":\"v1\",\"kind\":\"X\",\"metadata\":{\"name\":\"x\"},\"a\":[1,{\"b\":null}]}", head + "a: one\n  two\n\n  three # c\nb: 'x\n\n  y'\nc: \"x\\\n  y\"\n",
		head + "a:\n-\n- - b\n  -\n-\n  c: d\n", head + "a: \"\\u00e9\\x41\\\"\"\r\nb: |\r\n  x\r\n", head + "a\u0085b: c\r", "\uFEFF# x\n---\n" + head + "---\n- a\n",
	} {
		add(text, 1)
	}
}

// FuzzParse checks that no input makes the parser panic, that the spans of what
// it reads are sound and that Kubernetes reads the same.
func FuzzParse(f *testing.F) {
	addSeeds(func(text string, _ uint64) { f.Add([]byte(text)) })
	f.Fuzz(func(t *testing.T, data []byte) {
		objects, diags := parseDocuments(&Root{}, "x.yaml", data)
		for _, o := range objects {
			if o.src.printed {
				continue
			}
			if !o.src.whole {
				checkSpans(t, 0, o)
			}
			again, list := parseDocuments(&Root{}, "x.yaml", o.Bytes())
			if list.HasErrors() || len(again) != 1 || !again[0].root.Equal(o.root) {
				t.Errorf("printed it is read differently: %v\n%q\n%q", list.Err(), o.src.text, o.Bytes())
			}
			if !diags.HasErrors() && o.base == o.root {
				sameForSigs(t, o)
			}
		}
	})
}

// sameForSigs checks that sigs.k8s.io/yaml reads the text of an object as its
// tree, where it reads it at all.
func sameForSigs(t *testing.T, o *Object) {
	t.Helper()
	data, err := sigs.YAMLToJSON([]byte(o.src.text))
	if err != nil {
		return
	}
	var want, got any
	if json.Unmarshal(data, &want) != nil || json.Unmarshal(o.root.AppendJSON(nil), &got) != nil {
		t.Fatalf("no JSON: %s, %s", data, o.root.AppendJSON(nil))
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%q is\n%s, but\n%s for sigs.k8s.io/yaml", o.src.text, o.root.AppendJSON(nil), data)
	}
}

// FuzzSplice checks that an edited text is read as the edited tree.
func FuzzSplice(f *testing.F) {
	addSeeds(func(text string, seed uint64) { f.Add([]byte(text), seed) })
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		objects, diags := parseDocuments(&Root{}, "x.yaml", data)
		if diags.HasErrors() {
			return
		}
		r := newRandom(seed)
		for _, o := range objects {
			edited := o.withRoot(r.edit(o.root))
			text := edited.Bytes()
			again, list := parseDocuments(&Root{}, "x.yaml", text)
			if list.HasErrors() || len(again) != 1 || !again[0].root.Equal(edited.root) {
				t.Errorf("read differently: %v\nfrom %q\nto   %q\nwant %s\nedits %s", list.Err(), o.src.text, text, edited.root.AppendJSON(nil), listEdits(edited.Edits()))
			}
			if !bytes.HasSuffix(text, []byte("\n")) {
				t.Errorf("the last line of %q does not end", text)
			}
		}
	})
}
