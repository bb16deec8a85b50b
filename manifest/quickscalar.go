package manifest

import "strings"

// key reads a key, nil when it is not a plain string.
func (q *quick) key(at int) *Node {
	value, end, ok := q.keyText(at)
	if !ok || end >= len(q.text) {
		return nil
	}
	n := Node{kind: Scalar, tag: StrTag, style: Plain, start: uint32(at), end: uint32(end), value: value}
	switch q.text[at] {
	case '"':
		n.style = DoubleQuoted
	case '\'':
		n.style = SingleQuoted
	default:
		if tag, _, err := resolvePlain(value); err != nil || tag != StrTag {
			return nil
		}
	}
	return q.slab.node(n)
}

// keyText returns the text of a key and where it ends.
func (q *quick) keyText(at int) (value string, end int, ok bool) {
	if c := q.text[at]; c == '"' || c == '\'' {
		return q.quoted(at)
	}
	end = at
	for end < len(q.text) && isKeyByte(q.text[end]) {
		end++
	}
	return q.text[at:end], end, end > at && end-at < 256 && q.text[at] != '-'
}

// isKeyByte reports whether a byte may be in a key without quotes. YAML allows
// more.
func isKeyByte(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	case c == '-', c == '_', c == '.', c == '/', c == '$':
		return true
	}
	return false
}

// quoted returns the value of a scalar in quotes, without escapes and on one
// line, and where it ends.
func (q *quick) quoted(at int) (value string, end int, ok bool) {
	quote := q.text[at]
	for end = at + 1; end < len(q.text) && end-at < 1000; end++ {
		switch c := q.text[end]; {
		case c == quote:
			if quote == '\'' && strings.HasPrefix(q.text[end+1:], "'") {
				return "", end, false
			}
			return q.text[at+1 : end], end + 1, true
		case c == '\n', c == '\\' && quote == '"':
			return "", end, false
		}
	}
	return "", end, false
}

// value reads what stands behind a colon or a dash on the same line, within a
// block collection at a column, and goes on to the next line with content.
func (q *quick) value(at, col int) *Node {
	switch q.text[at] {
	case '|':
		return q.literal(at, col)
	case '{', '[':
		return q.endLine(q.flow(at), col)
	case '"', '\'':
		return q.endLine(q.quotedScalar(at), col)
	}
	return q.endLine(q.plain(at), col)
}

func (q *quick) quotedScalar(at int) *Node {
	value, end, ok := q.quoted(at)
	if !ok {
		return q.fail()
	}
	style := DoubleQuoted
	if q.text[at] == '\'' {
		style = SingleQuoted
	}
	return q.slab.node(Node{kind: Scalar, tag: StrTag, style: style, start: uint32(at), end: uint32(end), value: value})
}

// endLine passes the rest of the line behind a value. What follows deeper than
// the collection around it would belong to the value.
func (q *quick) endLine(n *Node, col int) *Node {
	if q.bad {
		return nil
	}
	next, ended := q.endsLine(int(n.end))
	if !ended {
		return q.fail()
	}
	q.skipLines(next)
	if q.col > col {
		return q.fail()
	}
	return n
}

// plain reads a scalar without quotes in a block collection.
func (q *quick) plain(at int) *Node {
	switch q.text[at] {
	case '-', '?', ':':
		if q.ends(at + 1) {
			return q.fail()
		}
	case ',', ']', '}', '#', '&', '*', '!', '>', '%', '@', '`':
		return q.fail()
	}
	end := at // behind the last character that is no space
	for i := at; i < len(q.text) && q.text[i] != '\n'; i++ {
		switch q.text[i] {
		case ' ':
			continue
		case '#':
			if i > end {
				return q.scalar(at, end)
			}
		case ':':
			if q.ends(i + 1) {
				return q.fail()
			}
		}
		end = i + 1
	}
	return q.scalar(at, end)
}

// scalar makes a scalar without quotes.
func (q *quick) scalar(at, end int) *Node {
	tag, value, err := resolvePlain(q.text[at:end])
	if err != nil {
		return q.fail()
	}
	return q.slab.node(Node{kind: Scalar, tag: tag, style: Plain, start: uint32(at), end: uint32(end), value: value})
}

// literal reads a literal block without an indicator of its indentation.
func (q *quick) literal(at, col int) *Node {
	header := at + 1
	strip := header < len(q.text) && q.text[header] == '-'
	if strip {
		header++
	}
	body, ended := q.endsLine(header)
	if !ended {
		return q.fail()
	}
	indent, ok := q.literalIndent(body, col)
	if !ok {
		return q.fail()
	}
	b := scanBlock(q.text, at, col)
	if b.indent != indent || b.end == len(q.text) {
		return q.fail() // the last line has to have a break
	}
	n := q.slab.node(Node{kind: Scalar, tag: StrTag, style: Literal, start: uint32(at), end: uint32(b.end)})
	n.value = literalValue(q.text[body:b.end], indent, strip)
	q.skipLines(q.lineAfter(b.end))
	if q.col > col {
		return q.fail()
	}
	return n
}

// literalIndent returns the indentation of the first line with content.
func (q *quick) literalIndent(body, col int) (int, bool) {
	for at := body; at < len(q.text); {
		start := at
		at = q.blanks(at)
		if at == len(q.text) {
			break
		}
		if q.text[at] != '\n' {
			return at - start, at-start > col
		}
		if at > start {
			break // blank lines with spaces have rules of their own
		}
		at++
	}
	return 0, false
}

// literalValue returns what the lines of a literal block say.
func literalValue(body string, indent int, strip bool) string {
	if strip && !strings.Contains(body, "\n") {
		return body[indent:]
	}
	var b strings.Builder
	b.Grow(len(body))
	for line := range strings.Lines(body) {
		text, broken := strings.CutSuffix(line, "\n")
		b.WriteString(text[min(indent, len(text)):])
		if broken || !strip {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
