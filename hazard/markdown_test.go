package hazard

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the document again")

// document is what the catalogue is published as.
const document = "../docs/hazards.md"

func TestDocument(t *testing.T) {
	want := Markdown()
	if *update {
		if err := os.WriteFile(document, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(document)
	if err != nil {
		t.Fatalf("%v: run go generate ./hazard", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("docs/hazards.md is out of date: run go generate ./hazard (-file +catalogue):\n%s", cmp.Diff(string(got), string(want)))
	}
}
