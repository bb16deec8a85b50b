package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// impure are the packages through which a stage could reach the disk, the
// network, the environment, a log or chance. What a stage knows comes in as
// arguments; only cmd/rehome reaches out.
var impure = []string{
	"crypto/rand",
	"io/ioutil",
	"log",
	"log/slog",
	"math/rand",
	"math/rand/v2",
	"net",
	"net/http",
	"os",
	"os/exec",
	"os/signal",
	"os/user",
	"syscall",
}

// clock are the names of package time that read the clock or wait. Durations
// and their arithmetic are not among them.
var clock = []string{
	"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until",
}

func TestStagesArePure(t *testing.T) {
	eachFile(t, func(path string, fset *token.FileSet, f *ast.File) {
		if path == "cmd/rehome" || notShipped(path) {
			return
		}
		for _, spec := range f.Imports {
			if imported := unquote(t, spec.Path); slices.Contains(impure, imported) {
				t.Errorf("%s: a pure stage imports %q", fset.Position(spec.Pos()), imported)
			}
		}
		name := importName(t, f, "time")
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && isPackage(sel.X, name) && slices.Contains(clock, sel.Sel.Name) {
				t.Errorf("%s: a pure stage uses time.%s", fset.Position(sel.Pos()), sel.Sel.Name)
			}
			return true
		})
	})
}

// TestNothingHappensOnImport holds the start of the program to nothing, and
// every list of kinds to an explicit one: no init function, no import for its
// side effects.
func TestNothingHappensOnImport(t *testing.T) {
	eachFile(t, func(_ string, fset *token.FileSet, f *ast.File) {
		for _, spec := range f.Imports {
			if spec.Name != nil && spec.Name.Name == "_" && unquote(t, spec.Path) != "embed" {
				t.Errorf("%s: imported for its side effects", fset.Position(spec.Pos()))
			}
		}
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: an init function", fset.Position(fn.Pos()))
			}
		}
	})
}

// eachFile parses every file of the module that is not a test and calls check
// with the path of its package within the module.
func eachFile(t *testing.T, check func(path string, fset *token.FileSet, f *ast.File)) {
	t.Helper()
	module := modulePath(t)
	fset := token.NewFileSet()
	for _, p := range packages(t, "./...") {
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			check(relative(module, p.ImportPath), fset, f)
		}
	}
}

// importName returns the name under which a file imports a package, "" when it
// does not.
func importName(t *testing.T, f *ast.File, path string) string {
	t.Helper()
	for _, spec := range f.Imports {
		switch {
		case unquote(t, spec.Path) != path:
		case spec.Name != nil:
			return spec.Name.Name
		default:
			return path
		}
	}
	return ""
}

// isPackage tells whether an expression is the bare name of an imported
// package. A file that imports nothing under the name has none.
func isPackage(x ast.Expr, name string) bool {
	ident, ok := x.(*ast.Ident)
	return ok && name != "" && ident.Name == name
}

func unquote(t *testing.T, lit *ast.BasicLit) string {
	t.Helper()
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
