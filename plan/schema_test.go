package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"
)

// TestDocumentsAreCurrent fails when the types of the plan have changed and the
// files made from them have not.
func TestDocumentsAreCurrent(t *testing.T) {
	for name, want := range map[string][]byte{
		"migrationplan.schema.json": Schema(),
		"plan-reference.md":         Reference(),
	} {
		got, err := os.ReadFile(filepath.Join("../docs", name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("docs/%s is out of date: run `go generate ./plan`\n%s", name, diff)
		}
	}
}

// TestEverythingIsDescribed fails when a type or a field has no comment.
func TestEverythingIsDescribed(t *testing.T) {
	docs := readComments()
	for typ := range eachStruct(reflect.TypeFor[Plan]()) {
		if docs.of(typ.Name()) == "" {
			t.Errorf("%s has no comment", typ.Name())
		}
		for _, f := range fieldsOf(typ) {
			if docs.of(typ.Name()+"."+f.goName) == "" {
				t.Errorf("%s.%s has no comment", typ.Name(), f.goName)
			}
		}
	}
}

func TestSchemaTakesGoodPlans(t *testing.T) {
	for _, name := range []string{"minimal", "full", "anchors"} {
		if problems := againstSchema(t, readGood(t, name)); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

// TestSchemaRefusesWrongFields holds the schema against the plans that the
// parser refuses for a field by itself. A schema cannot know what names mean,
// nor the rules of formats that no pattern can state.
func TestSchemaRefusesWrongFields(t *testing.T) {
	beyond := []string{"path-url", "path-git", "path-windows"}
	for _, archive := range []string{"fields", "values"} {
		a, err := txtar.ParseFile("testdata/parse/" + archive + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(a.Files); i += 2 {
			name := path.Dir(a.Files[i].Name)
			refused := len(againstSchema(t, a.Files[i].Data)) > 0
			if known := slices.Contains(beyond, name); refused == known {
				t.Errorf("%s: refused %v", name, refused)
			}
		}
	}
}

func againstSchema(t *testing.T, data []byte) []string {
	t.Helper()
	var root schemaNode
	d := json.NewDecoder(bytes.NewReader(Schema()))
	d.DisallowUnknownFields()
	if err := d.Decode(&root); err != nil {
		t.Fatal(err)
	}
	var value any
	if err := yaml.Unmarshal(data, &value); err != nil {
		return []string{err.Error()}
	}
	v := schemaCheck{defs: root.Defs}
	v.check("plan", &root, value)
	return v.problems
}

func (v *schemaCheck) problem(at, format string, args ...any) {
	v.problems = append(v.problems, at+": "+fmt.Sprintf(format, args...))
}
