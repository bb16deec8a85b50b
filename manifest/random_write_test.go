package manifest

import (
	"fmt"
	"strconv"
	"strings"
)

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
