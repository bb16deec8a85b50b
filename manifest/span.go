package manifest

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// content returns where a node's content starts behind its tag and anchor,
// which its span covers too.
func (c *converter) content(at int, y *yaml.Node) int {
	for at < len(c.text) && (c.text[at] == '!' || c.text[at] == '&') && hasProperties(y) {
		at = c.token(at)
		if y.Kind == yaml.ScalarNode && y.Value == "" && isPlain(y) {
			if next := c.skip(at); next < len(c.text) && (c.text[next] == '!' || c.text[next] == '&') && c.sameLine(at, next) {
				at = next
				continue
			}
			return at
		}
		at = c.skip(at)
	}
	return at
}

func hasProperties(y *yaml.Node) bool {
	return y.Anchor != "" || y.Style&yaml.TaggedStyle != 0 || y.Tag == "!"
}

// token returns the end of a tag or anchor.
func (c *converter) token(at int) int {
	if strings.HasPrefix(c.text[at:], "!<") {
		if i := strings.IndexByte(c.text[at:], '>'); i >= 0 {
			return at + i + 1
		}
	}
	if i := strings.IndexAny(c.text[at:], " \t\r\n,[]{}\u0085\u2028\u2029"); i >= 0 {
		return at + i
	}
	return len(c.text)
}

// skip passes white space, line breaks and comments.
func (c *converter) skip(at int) int { return skipSpace(c.text, at) }

func (c *converter) sameLine(a, b int) bool { return nextBreak(c.text[a:b]) < 0 }

// skipSpace passes white space, line breaks and comments.
func skipSpace(text string, at int) int {
	for at < len(text) {
		if text[at] == ' ' || text[at] == '\t' {
			at++
		} else if n := breakAt(text[at:]); n > 0 {
			at += n
		} else if text[at] == '#' {
			at = lineEnd(text, at)
		} else {
			break
		}
	}
	return at
}

// skipBlank passes blanks within a line.
func skipBlank(text string, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		at++
	}
	return at
}

// lineEnd returns the end of the line before its break.
func lineEnd(text string, at int) int {
	for at < len(text) && breakAt(text[at:]) == 0 {
		at++
	}
	return at
}

// nextLine returns the start of the next line, or the end of the text.
func nextLine(text string, at int) int {
	at = lineEnd(text, at)
	return at + breakAt(text[at:])
}

// colon returns the offset behind the colon of a key, or -1 when it has none.
func (c *converter) colon(keyEnd int, flow bool) int {
	at := c.skip(keyEnd)
	if !flow {
		// An explicit value (: value) starts a line of its own.
		at = skipSpace(c.text, keyEnd)
	}
	if at < len(c.text) && c.text[at] == ':' {
		return at + 1
	}
	return -1
}

// simpleKey reports whether a key is written as key: value on one line, so that
// its entry can be edited by itself.
func (c *converter) simpleKey(start, end, colon int, flow bool) bool {
	if colon < 0 || skipBlank(c.text, end) != colon-1 {
		return false
	}
	before := strings.TrimRight(c.text[:start], " \t")
	if !flow {
		return !strings.HasSuffix(before, "?")
	}
	before = strings.TrimRight(before, "\r\n \t")
	return strings.HasSuffix(before, "{") || strings.HasSuffix(before, ",") || !strings.HasSuffix(before, "?")
}

// closing returns the end of a flow collection whose last child ends at an
// offset.
func (c *converter) closing(at int) int {
	for at = c.skip(at); at < len(c.text) && c.text[at] == ','; {
		at = c.skip(at + 1)
	}
	return min(at+1, len(c.text))
}

// scalarEnd returns the end of a scalar whose content starts at an offset.
func (c *converter) scalarEnd(at int, y *yaml.Node, p place) int {
	switch scalarStyle(y.Style) {
	case SingleQuoted:
		return singleQuotedEnd(c.text, at)
	case DoubleQuoted:
		return doubleQuotedEnd(c.text, at)
	case Literal, Folded:
		b := scanBlock(c.text, at, p.indent)
		if b.chomp != '-' && b.end == len(c.text) && b.end > b.header && breakAt(c.text[b.end-1:]) == 0 {
			c.openEnd = at + 1
		}
		return b.end
	case Plain, Block, Flow:
	}
	return plainEnd(c.text, at, y.Value)
}

func singleQuotedEnd(text string, at int) int {
	for at++; at < len(text); at++ {
		if text[at] != '\'' {
			continue
		}
		if !strings.HasPrefix(text[at+1:], "'") {
			return at + 1
		}
		at++
	}
	return len(text)
}

func doubleQuotedEnd(text string, at int) int {
	for at++; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(text)
}

// plainEnd returns the end of a plain scalar. On one line it is written as it
// is; over several, each run of white space with a line break in it stands for
// one space or for the further breaks.
func plainEnd(text string, at int, value string) int {
	if strings.HasPrefix(text[at:], value) {
		return at + len(value)
	}
	for i := 0; i < len(value) && at < len(text); {
		if text[at] == value[i] && !startsFold(text[at:]) {
			at++
			i++
			continue
		}
		breaks := 0
		for at < len(text) && (text[at] == ' ' || text[at] == '\t' || breakAt(text[at:]) > 0) {
			if n := breakAt(text[at:]); n > 0 {
				breaks++
				at += n
				continue
			}
			at++
		}
		i += foldedLen(value[i:], breaks)
	}
	return at
}

// startsFold reports whether s starts with white space that leads to a line
// break.
func startsFold(s string) bool {
	return breakAt(s[skipBlank(s, 0):]) > 0
}

// foldedLen returns the length of what a run of line breaks became in a value.
func foldedLen(value string, breaks int) int {
	if breaks < 2 {
		return 1
	}
	n := 0
	for ; breaks > 1 && n < len(value); breaks-- {
		n += max(breakAt(value[n:]), 1)
	}
	return n
}
