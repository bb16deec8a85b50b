package manifest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// random makes random trees and writes them in random styles, as people and
// tools write manifests.
type random struct {
	*rand.Rand
	out strings.Builder
	eol string
	// inBlock is set while a comment would become a part of a block scalar.
	inBlock bool
}

func newRandom(seed uint64) *random {
	r := &random{Rand: rand.New(rand.NewPCG(seed, 7)), eol: "\n"}
	if r.IntN(8) == 0 {
		r.eol = "\r\n"
	}
	return r
}

func (r *random) one(of ...string) string { return of[r.IntN(len(of))] }

func (r *random) odds(n int) bool { return r.IntN(n) == 0 }

func (r *random) text() string {
	switch r.IntN(6) {
	case 0:
		return r.one("", "yes", "no", "y", "on", "1e3", "0x10", "~", "null", "2024-01-01", " lead", "trail ", "a: b", "a #b",
			"- x", "-", "?", ":", "a:", "#", "'", "\"", "it's", "\"q\"", "é", "日本", "a\tb", "\t", "x\u0001y", "\u2028", "\u0085", "0o17",
			"1_000", "22:22", ".5", "+1", "1.", "=", "<<", "*a", "&a", "!t", "|", ">", "%x", "@x", "`x`", "{a}", "[a]", "a,b", "{", "]",
			"---", "...", "\\", "\\n", "true", "80", "-1", "0644", "08", "http://svc:80/x?y=z", "\U0001F600", "\uFEFF", "a\\b\"c", "#x", "x#y", "x:y")
	case 1:
		lines := make([]string, 1+r.IntN(5))
		for i := range lines {
			lines[i] = r.one("", "", "word", "two words", "  deep", "key: value", "# no comment", "\ttab", "trailing ", "a long line with several words in it", "- x", "é")
		}
		return strings.Join(lines, "\n") + r.one("", "\n", "\n", "\n", "\n\n")
	}
	words := make([]string, 1+r.IntN(4))
	for i := range words {
		words[i] = r.one("web", "orders", "db.prod.svc", "http://a.b:8080", "10.0.0.1", "x-y", "v1", "8080", "500m", "é")
	}
	return strings.Join(words, r.one(" ", "-", "/", "."))
}

func (r *random) scalar() *Node {
	switch r.IntN(10) {
	case 0:
		return Int(int64(r.IntN(100000)) - 10)
	case 1:
		return Bool(r.odds(2))
	case 2:
		return &Node{kind: Scalar, tag: NullTag, style: Plain}
	case 3:
		_, text, _ := resolvePlain(r.one("1.5", "2.5e-3", "1e30"))
		return &Node{kind: Scalar, tag: FloatTag, style: Plain, value: text}
	}
	return Str(r.text())
}

func (r *random) key(i int) string {
	if r.odds(12) {
		return r.one("yes", "8080", "a b", "a: b", "é", "", "app.kubernetes.io/name", "#x", "it's", "x\ny", "null", "~", "-", "<<") + strconv.Itoa(i)
	}
	return "k" + strconv.Itoa(i)
}

func (r *random) tree(depth int) *Node {
	if depth <= 0 || r.odds(3) {
		return r.scalar()
	}
	n := r.IntN(5)
	if r.odds(2) {
		items := make([]*Node, n)
		for i := range items {
			items[i] = r.tree(depth - 1)
		}
		return Seq(items...)
	}
	fields := make([]Field, n)
	for i := range fields {
		fields[i] = F(r.key(i), r.tree(depth-1))
	}
	return Map(fields...)
}

func (r *random) object() *Node {
	return Map(F("apiVersion", Str("v1")), F("kind", Str("ConfigMap")),
		F("metadata", Map(F("name", Str("x")))), F("a", r.tree(4)), F("b", r.tree(3)), F("c", r.tree(5)))
}

// write returns the tree as text.
func (r *random) write(n *Node) string {
	if r.odds(8) {
		r.flow(n, 0, true, r.odds(2))
		r.out.WriteString(r.eol)
		return r.out.String()
	}
	r.comments(r.IntN(3))
	r.block(n, r.one("", "", "", "  "), false)
	return r.out.String()
}

func (r *random) comments(n int) {
	for range n {
		if r.inBlock {
			return
		}
		if r.odds(3) {
			fmt.Fprintf(&r.out, "%s# note: {x%s", strings.Repeat(" ", r.IntN(7)), r.eol)
		}
		if r.odds(6) {
			r.out.WriteString(r.eol)
		}
	}
}

func (r *random) endLine() {
	switch r.IntN(10) {
	case 0:
		r.out.WriteString(" # comment")
	case 1:
		r.out.WriteString("  ")
	}
	r.out.WriteString(r.eol)
}

// block writes a collection in block style. The first line is already indented
// when it stands behind a dash.
func (r *random) block(n *Node, indent string, behindDash bool) {
	for i := 0; i < len(n.content); i++ {
		if i > 0 || !behindDash {
			r.comments(1)
			r.out.WriteString(indent)
		}
		r.inBlock = false
		if n.kind == Sequence {
			r.blockItem(n.content[i], indent)
			continue
		}
		r.inlineText(n.content[i].value, false)
		r.out.WriteString(":")
		i++
		r.blockValue(n.content[i], indent)
	}
}

func (r *random) blockItem(n *Node, indent string) {
	r.out.WriteString("-")
	switch {
	case n.Len() == 0 || r.odds(8):
		r.inlineValue(n, indent)
	case r.odds(10):
		r.endLine()
		inner := indent + r.one(" ", "  ", "   ")
		r.block(n, inner, false)
	default:
		pad := r.one(" ", " ", " ", "   ")
		r.out.WriteString(pad)
		r.block(n, indent+" "+pad, true)
	}
}

func (r *random) blockValue(n *Node, indent string) {
	if n.Len() == 0 || r.odds(8) {
		r.inlineValue(n, indent)
		return
	}
	r.endLine()
	if n.kind == Sequence && r.odds(2) {
		r.block(n, indent, false)
		return
	}
	r.block(n, indent+r.one(" ", "  ", "  ", "    "), false)
}

// inlineValue writes a value behind a colon or dash.
func (r *random) inlineValue(n *Node, indent string) {
	if n.IsNull() && r.odds(2) {
		r.endLine()
		return
	}
	if n.kind == Scalar && n.tag == StrTag && r.odds(2) && r.blockScalar(n.value, indent) {
		return
	}
	if n.kind == Scalar && r.odds(8) {
		r.endLine()
		r.out.WriteString(indent + "  ")
	} else {
		r.out.WriteString(r.one(" ", " ", " ", "   "))
	}
	r.flow(n, len(indent)+2, false, r.odds(3))
	r.endLine()
}

// blockScalar writes a literal or folded block where that can hold the text.
func (r *random) blockScalar(s, indent string) bool {
	body := strings.TrimRight(s, "\n")
	if body == "" || !allPrintable(s) || strings.Contains(body, "\t") || needsIndicator(s) {
		return false
	}
	for l := range strings.SplitSeq(body, "\n") {
		if strings.HasPrefix(l, " ") || strings.HasSuffix(l, " ") {
			return false
		}
	}
	deeper := r.one("  ", "  ", "    ")
	style, chomp, fixed := "|", "", ""
	switch len(s) - len(body) {
	case 0:
		chomp = "-"
	case 1:
		chomp = r.one("", "", "+")
	default:
		chomp = "+"
	}
	lines := strings.Split(body, "\n")
	if !strings.HasPrefix(body, "\n") && r.odds(3) && !strings.Contains(body, "\n\n") {
		style = ">"
		lines = strings.Split(strings.ReplaceAll(body, "\n", "\n\n"), "\n")
		if len(lines) == 1 {
			lines = strings.Split(body, " ")
		}
	}
	if r.odds(5) {
		fixed = strconv.Itoa(len(deeper))
	}
	if style == ">" && strings.Contains(strings.Join(lines, "\n"), "\n\n\n") {
		return false
	}
	r.out.WriteString(" " + style + fixed + chomp)
	if r.odds(6) {
		r.out.WriteString(" # header")
	}
	r.out.WriteString(r.eol)
	for _, l := range lines {
		if l != "" {
			r.out.WriteString(indent + deeper + l)
		} else if r.odds(4) {
			r.out.WriteString(indent)
		}
		r.out.WriteString(r.eol)
	}
	r.inBlock = true
	if chomp == "+" {
		r.out.WriteString(strings.Repeat(r.eol, len(s)-len(body)-1))
	}
	return true
}

// flow writes a node in flow style.
func (r *random) flow(n *Node, indent int, multi, json bool) {
	gap := func() {
		if multi && r.odds(2) {
			r.out.WriteString(r.eol + strings.Repeat(" ", indent+1))
		} else if r.odds(3) {
			r.out.WriteString(" ")
		}
	}
	switch {
	case n.kind == Scalar && n.tag == StrTag:
		r.flowText(n.value, json)
	case n.kind == Scalar:
		r.out.Write(appendWord(nil, n))
	default:
		open, end := "{", "}"
		if n.kind == Sequence {
			open, end = "[", "]"
		}
		r.out.WriteString(open)
		for i := 0; i < len(n.content); i++ {
			if i > 0 {
				r.out.WriteString(",")
				r.out.WriteString(r.one(" ", " ", "  "))
			}
			gap()
			if n.kind == Mapping {
				r.flowText(n.content[i].value, json)
				r.out.WriteString(": ")
				i++
			}
			r.flow(n.content[i], indent+1, multi, json)
		}
		gap()
		r.out.WriteString(end)
	}
}

func (r *random) flowText(s string, json bool) {
	if json {
		r.out.Write(appendDoubleQuoted(nil, s))
		return
	}
	r.inlineText(s, true)
}

func (r *random) inlineText(s string, flow bool) {
	switch {
	case r.odds(4):
		r.out.Write(appendDoubleQuoted(nil, s))
	case r.odds(4) && singleQuotable(s):
		r.out.Write(appendSingleQuoted(nil, s))
	default:
		r.out.Write(appendInline(nil, s, flow))
	}
}

// edit makes random changes in a tree.
func (r *random) edit(n *Node) *Node {
	for range 1 + r.IntN(4) {
		path := r.path(n)
		if len(path) == 0 || path[0] == "apiVersion" || path[0] == "kind" || path[0] == "metadata" {
			continue
		}
		n = r.change(n, path)
	}
	return n
}

func (r *random) change(n *Node, path Path) *Node {
	at := n.Get(path...)
	switch r.IntN(8) {
	case 0, 1:
		return n.Without(path)
	case 2:
		return n.With(path, r.tree(2))
	case 3:
		if at.Kind() == Sequence {
			return n.With(path.Index(at.Len()), r.tree(2))
		}
		return n.With(path.Join("new"+strconv.Itoa(r.IntN(3))), r.tree(2))
	case 4:
		if at.Kind() == Sequence {
			return n.With(path, r.reorder(at))
		}
	case 5:
		if at.Kind() == Mapping {
			return n.With(path.Join("new"+strconv.Itoa(r.IntN(3))), r.tree(2))
		}
	case 6:
		if at.Kind() == Scalar && at.tag == StrTag {
			return n.With(path, Str(strings.Replace(at.value, r.one("o", "word", "w", " ", "\n"), r.one("0", "other", "\n", "  ", ""), 1)))
		}
	}
	return n.With(path, r.scalar())
}

// reorder drops, adds and keeps items.
func (r *random) reorder(seq *Node) *Node {
	var items []*Node
	for _, item := range seq.Items() {
		if r.odds(4) {
			items = append(items, r.tree(2))
		}
		if !r.odds(3) {
			items = append(items, item)
		}
	}
	return Seq(items...)
}

// path returns the path of a random node.
func (r *random) path(n *Node) Path {
	var path Path
	for n.Len() > 0 && (len(path) == 0 || !r.odds(4)) {
		i := r.IntN(n.Len())
		elem := strconv.Itoa(i)
		if n.kind == Mapping {
			elem = n.content[2*i].value
		}
		path = append(path, elem)
		n = n.Child(elem)
	}
	return path
}
