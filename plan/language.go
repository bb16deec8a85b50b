package plan

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"path"
	"reflect"
	"strings"
)

// languageSource is the Go source of the plan's types: its comments are the
// descriptions in the JSON Schema and in the reference, so that there is one
// text of each.
//
//go:embed plan.go hop.go settings.go
var languageSource embed.FS

// languageFiles lists the files of the plan's types in order.
func languageFiles() []string { return []string{"plan.go", "hop.go", "settings.go"} }

// comments are the doc comments of the plan's types (Type) and of their fields
// (Type.Field).
type comments map[string]string

// readComments reads the comments of the embedded source. A file that cannot be
// parsed would not have been compiled.
func readComments() comments {
	out := comments{}
	for _, name := range languageFiles() {
		src, err := languageSource.ReadFile(name)
		if err != nil {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path.Base(name), src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		for _, decl := range file.Decls {
			out.declaration(decl)
		}
	}
	return out
}

func (c comments) declaration(decl ast.Decl) {
	gen, ok := decl.(*ast.GenDecl)
	if !ok || gen.Tok != token.TYPE {
		return
	}
	for _, spec := range gen.Specs {
		t, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		c[t.Name.Name] = withoutName(t.Name.Name, gen.Doc.Text())
		if s, ok := t.Type.(*ast.StructType); ok {
			c.fields(t.Name.Name, s)
		}
	}
}

func (c comments) fields(typ string, s *ast.StructType) {
	for _, f := range s.Fields.List {
		for _, name := range f.Names {
			c[typ+"."+name.Name] = oneLine(f.Doc.Text())
		}
	}
}

// withoutName turns "Source is a manifest root" into "A manifest root": the
// reader of a plan does not know the names of Go types.
func withoutName(name, doc string) string {
	doc = oneLine(doc)
	rest, ok := strings.CutPrefix(doc, name+" ")
	if !ok || rest == "" {
		return doc
	}
	rest = strings.TrimPrefix(rest, "is ")
	return strings.ToUpper(rest[:1]) + rest[1:]
}

// oneLine joins the lines of a comment.
func oneLine(doc string) string { return strings.Join(strings.Fields(doc), " ") }

// of returns a comment, "" when there is none.
func (c comments) of(name string) string { return c[name] }

// eachStruct yields the struct types that a plan is made of, each once, in the
// order in which one meets them reading the types from the top.
func eachStruct(root reflect.Type) iter.Seq[reflect.Type] {
	return func(yield func(reflect.Type) bool) {
		queue, seen := []reflect.Type{root}, map[reflect.Type]bool{root: true}
		for ; len(queue) > 0; queue = queue[1:] {
			if !yield(queue[0]) {
				return
			}
			for _, f := range fieldsOf(queue[0]) {
				if t := element(f.typ); t.Kind() == reflect.Struct && !seen[t] {
					seen[t] = true
					queue = append(queue, t)
				}
			}
		}
	}
}

// element returns what a type is a list, mapping or pointer of, at last.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
