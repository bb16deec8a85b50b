package manifest

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/rehome-dev/rehome/diag"
)

// MaxFileSize is the size in bytes up to which a file is read.
const MaxFileSize = 64 << 20

// byteOrderMark may start a file; it belongs to no document.
const byteOrderMark = "\uFEFF"

// parseDocuments returns the objects of a YAML or JSON stream in their order,
// with all that is wrong with the file. The items of a List are objects of
// their own. Documents without content are skipped.
func parseDocuments(root *Root, file string, data []byte) ([]*Object, diag.List) {
	p := parser{root: root, file: file, slab: newSlab(len(data))}
	if !p.readable(data) {
		return nil, p.diags
	}
	text := strings.TrimPrefix(string(data), byteOrderMark)
	for _, d := range splitDocuments(text) {
		p.document(d)
	}
	p.leaveOut()
	p.report()
	return p.objects, p.diags
}

// parser collects the objects of one file.
type parser struct {
	root    *Root
	file    string
	slab    *slab
	objects []*Object
	diags   diag.List
	dump    dump
}

// readable reports whether a file is text, and says what it is otherwise.
func (p *parser) readable(data []byte) bool {
	switch {
	case len(data) > MaxFileSize:
		p.diags.Errorf(diag.CodeYAML, diag.Pos{File: p.file}, "the file is larger than %d MiB", MaxFileSize>>20)
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		p.diags.Errorf(diag.CodeYAML, diag.Pos{File: p.file}, "the file is UTF-16").WithFix("save it as UTF-8")
	case bytes.IndexByte(data, 0) >= 0:
		at := bytes.IndexByte(data, 0)
		p.diags.Errorf(diag.CodeYAML, textPos(p.file, data, at), "the file is binary: it contains a NUL byte")
	case !utf8.Valid(data):
		p.diags.Errorf(diag.CodeYAML, textPos(p.file, data, invalidAt(data)), "the file is not UTF-8 text")
	default:
		return true
	}
	return false
}

// invalidAt returns the offset of the first byte that is no UTF-8.
func invalidAt(data []byte) int {
	at := 0
	for at < len(data) {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n <= 1 {
			break
		}
		at += n
	}
	return at
}

// textPos returns the position of an offset in a whole file.
func textPos(file string, data []byte, at int) diag.Pos {
	before := data[:at]
	return diag.Pos{
		File: file, Line: bytes.Count(before, []byte("\n")) + 1,
		Column: at - bytes.LastIndexByte(before, '\n'),
	}
}

// document parses one document.
func (p *parser) document(d document) {
	if d.tags > 0 {
		p.diags.Errorf(diag.CodeYAML, diag.Pos{File: p.file, Line: d.tags, Column: 1}, "%%TAG directives are not supported").
			WithFix("write the tags out")
		return
	}
	if root := readQuick(d.text, p.slab); root != nil {
		src := p.source(d, root)
		src.plain = true
		p.take(src, root)
		return
	}
	var y yaml.Node
	if err := yaml.Load([]byte(d.text), &y); err != nil {
		p.syntax(d, err)
		return
	}
	if len(y.Content) != 1 {
		return
	}
	root, c := convert(d.text, y.Content[0])
	if c.openEnd > 0 {
		p.document(d.stripped(c.openEnd))
		return
	}
	src := p.source(d, root)
	src.whole = c.aliases || c.lines.odd
	for _, f := range c.faults {
		p.diags.Errorf(diag.CodeYAML, src.at(f.at), "%s", f.msg)
	}
	if len(c.faults) == 0 {
		p.take(src, root)
	}
}

// source returns where a document was read.
func (p *parser) source(d document, root *Node) *Source {
	return &Source{
		Root: p.root, file: p.file, text: trimDocument(d.text, root),
		line: d.line, first: d.column, printed: endsInBlanks(d.text, root),
	}
}

// stripped returns a document that ends in the middle of the last line of a
// block scalar, so that its value has no line break at the end, with a header
// that says so (|-). A line break can then be put behind it.
func (d document) stripped(header int) document {
	rest := d.text[header:]
	indicators := rest[:len(rest)-len(strings.TrimLeft(rest, "+123456789"))]
	d.text = d.text[:header] + "-" + strings.ReplaceAll(indicators, "+", "") + rest[len(indicators):]
	return d
}

// trimDocument returns the text without the blank lines at its end, unless they
// belong to a value.
func trimDocument(text string, root *Node) string {
	end := max(int(root.end), len(strings.TrimRight(text, " \t\r\n")))
	return text[:lineAfter(text, end)]
}

// endsInBlanks reports whether a block scalar ends with blanks that no line
// break ends. What they mean depends on that, so that the text can't be printed
// with a line break behind it.
func endsInBlanks(text string, last *Node) bool {
	trimmed := strings.TrimRight(text, " \t")
	if len(trimmed) == len(text) || !strings.HasSuffix(trimmed, "\n") {
		return false
	}
	for len(last.content) > 0 {
		last = last.content[len(last.content)-1]
	}
	return last.style == Literal || last.style == Folded
}

// syntax reports what the YAML parser found.
func (p *parser) syntax(d document, err error) {
	pos := diag.Pos{File: p.file, Line: d.line + 1, Column: 1}
	message := err.Error()
	if e := (*yaml.LoadError)(nil); errors.As(err, &e) {
		message = e.Message
		if e.ContextMsg != "" {
			message += " " + e.ContextMsg
		}
		if e.Mark.Line > 0 {
			lines := newLineTable(d.text)
			src := Source{file: p.file, text: d.text, line: d.line, first: d.column}
			pos = src.at(lines.offset(d.text, e.Mark.Line, e.Mark.Column))
		}
	}
	p.diags.Errorf(diag.CodeYAML, pos, "%s", message)
}

// take takes the root of a document.
func (p *parser) take(src *Source, root *Node) {
	switch {
	case root.Kind() != Mapping:
		if !root.IsNull() {
			p.diags.Errorf(diag.CodeSource, src.at(int(root.start)), "the document is no Kubernetes object: it is not a mapping")
		}
	case isList(root):
		p.list(src, root)
	default:
		p.object(src, root)
	}
}

// object adds an object.
func (p *parser) object(src *Source, root *Node) {
	if p.complete(src, root, root) {
		src.dumped = fromServer(root)
		p.objects = append(p.objects, p.clean(newObject(src, root, root)))
	}
}

// complete reports whether an object has what every object needs, and says
// what is missing.
func (p *parser) complete(src *Source, base, root *Node) bool {
	ok := true
	for _, path := range [...]Path{{"apiVersion"}, {"kind"}, {"metadata", "name"}} {
		n := root.Get(path...)
		if n.Kind() == Scalar && n.tag == StrTag && n.value != "" {
			continue
		}
		ok = false
		pos := src.pos(base, path)
		switch {
		case n.IsNull() && len(path) == 2 && root.Text("metadata", "generateName") != "":
			p.diags.Errorf(diag.CodeSource, src.pos(base, P("metadata", "generateName")),
				"an object with metadata.generateName has no name to be referred to by").
				WithFix("give it metadata.name")
		case n.IsNull() || n.Tag() == StrTag && n.Value() == "":
			p.diags.Errorf(diag.CodeSource, pos, "%s is missing", path)
		default:
			p.diags.Errorf(diag.CodeSource, pos, "%s must be a string", path).WithFix("put it in quotes")
		}
	}
	return ok
}

// newObject returns an object as it was read.
func newObject(src *Source, base, root *Node) *Object {
	o := New(root)
	o.src, o.base = src, base
	switch {
	case ClusterScoped(o.ID.Group, o.ID.Kind):
		o.ID.Namespace = ""
	case o.ID.Namespace == "" && src.Root != nil:
		o.ID.Namespace = src.Root.Namespace
	}
	return o
}
