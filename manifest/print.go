package manifest

import (
	"slices"
	"strings"
)

// Bytes returns the object as YAML, see [Object.AppendTo].
func (o *Object) Bytes() []byte { return o.AppendTo(nil) }

// AppendTo appends the object as YAML, ending in a line break. An object as it
// was read is its source text; of one that was edited only the edited places
// differ from that; one that rehome made is printed as kubectl prints it.
func (o *Object) AppendTo(dst []byte) []byte {
	switch {
	case o.base == nil || o.src.printed, o.base != o.root && o.src.whole:
		return append(appendBlock(dst, o.root), '\n')
	case o.base == o.root:
		dst = append(dst, o.src.text...)
	default:
		dst = splice(dst, o.src.text, o.base, o.root)
	}
	return endLine(dst, lineBreak(o.src.text))
}

// endLine ends the last line where it is not.
func endLine(dst []byte, eol string) []byte {
	if n := len(dst); n > 0 && dst[n-1] == '\n' {
		return dst
	}
	return append(dst, eol...)
}

// lineBreak returns the line break that a text uses.
func lineBreak(text string) string {
	if i := strings.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// PrintBlock returns a tree in block style, as kubectl prints it, for people: it is
// printed anew whatever its source looks like.
func PrintBlock(n *Node) string { return string(appendBlock(nil, n)) }

// appendBlock appends a tree in block style.
func appendBlock(dst []byte, n *Node) []byte {
	p := printer{dst: dst, eol: "\n"}
	p.root(n)
	return p.dst
}

// printer prints nodes in the style of kubectl: two columns a level, sequences
// in the column of their key, quotes only where they are needed.
type printer struct {
	dst       []byte
	eol       string
	noLiteral bool // strings of several lines are quoted
}

// root prints a node that starts a line in column 0.
func (p *printer) root(n *Node) { p.collection(n, 0) }

// collection prints a node whose first line is already indented.
func (p *printer) collection(n *Node, indent int) {
	switch {
	case n.Len() == 0:
		p.inline(n, indent)
	case n.kind == Mapping:
		for i := 0; i < len(n.content); i += 2 {
			if i > 0 {
				p.newLine(indent)
			}
			p.entry(n.content[i].value, n.content[i+1], indent)
		}
	default:
		for i, item := range n.content {
			if i > 0 {
				p.newLine(indent)
			}
			p.item(item, indent)
		}
	}
}

// entry prints the key and value of a block mapping at an indentation.
func (p *printer) entry(key string, value *Node, indent int) {
	var simple bool
	if p.dst, simple = appendKey(p.dst, key, flowStyle{}); !simple {
		p.newLine(indent)
	}
	p.dst = append(p.dst, ':')
	p.value(value, indent)
}

// value prints what follows the colon of a key.
func (p *printer) value(n *Node, indent int) {
	if n.Len() == 0 {
		p.dst = append(p.dst, ' ')
		p.inline(n, indent)
		return
	}
	if n.kind == Mapping {
		indent += 2
	}
	p.newLine(indent)
	p.collection(n, indent)
}

// item prints an item of a block sequence at an indentation.
func (p *printer) item(n *Node, indent int) {
	p.dst = append(p.dst, '-', ' ')
	if n.Len() == 0 {
		p.inline(n, indent)
		return
	}
	p.collection(n, indent+2)
}

// inline prints a scalar or an empty collection. The lines of a literal block
// stand two columns right of the collection that it is in.
func (p *printer) inline(n *Node, indent int) {
	if n.Kind() == Scalar && n.tag == StrTag && !p.noLiteral && literalFits(n.value) {
		p.literal(n.value, indent+2)
		return
	}
	p.dst = appendFlow(p.dst, n, flowStyle{})
}

func (p *printer) literal(s string, indent int) {
	p.dst = append(p.dst, '|')
	if needsIndicator(s) {
		p.dst = append(p.dst, '2')
	}
	body, whole := strings.CutSuffix(s, "\n")
	if !whole {
		p.dst = append(p.dst, '-')
	}
	for l := range strings.SplitSeq(body, "\n") {
		if l == "" {
			p.dst = append(p.dst, p.eol...)
			continue
		}
		p.newLine(indent)
		p.dst = append(p.dst, l...)
	}
}

func (p *printer) newLine(indent int) {
	p.dst = append(p.dst, p.eol...)
	for range indent {
		p.dst = append(p.dst, ' ')
	}
}

// flowStyle says how a node on one line is written.
type flowStyle struct {
	json   bool // all strings in double quotes
	within bool // it stands in a flow collection
}

// appendFlow appends a node on one line.
func appendFlow(dst []byte, n *Node, style flowStyle) []byte {
	switch n.Kind() {
	case Mapping:
		return appendFlowMapping(dst, n, style)
	case Sequence:
		style.within = true
		dst = append(dst, '[')
		for i, item := range n.content {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = appendFlow(dst, item, style)
		}
		return append(dst, ']')
	case Scalar:
		if n.tag == StrTag {
			return appendText(dst, n.value, style)
		}
	}
	return appendWord(dst, n)
}

func appendFlowMapping(dst []byte, n *Node, style flowStyle) []byte {
	style.within = true
	dst = append(dst, '{')
	for i := 0; i < len(n.content); i += 2 {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = appendFlowEntry(dst, n.content[i].value, n.content[i+1], style)
	}
	return append(dst, '}')
}

func appendFlowEntry(dst []byte, key string, value *Node, style flowStyle) []byte {
	dst, _ = appendKey(dst, key, style)
	return appendFlow(append(dst, ": "...), value, style)
}

// appendKey appends a key, behind a question mark where it is longer than the
// 1024 characters that a simple key may have (YAML 1.2, 7.4.2), and reports
// whether it is simple.
func appendKey(dst []byte, key string, style flowStyle) ([]byte, bool) {
	from := len(dst)
	dst = appendText(dst, key, style)
	if len(dst)-from <= 1000 {
		return dst, true
	}
	return slices.Insert(dst, from, '?', ' '), false
}

// appendText appends a string on one line.
func appendText(dst []byte, s string, style flowStyle) []byte {
	if style.json {
		return appendDoubleQuoted(dst, s)
	}
	return appendInline(dst, s, style.within)
}

// appendWord appends a scalar that is no string; YAML and JSON write it alike.
func appendWord(dst []byte, n *Node) []byte {
	if n.IsNull() {
		return append(dst, "null"...)
	}
	return append(dst, n.value...)
}
