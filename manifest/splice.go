package manifest

import (
	"bytes"
	"strings"
)

// splice appends the text of a tree with the differences to another tree
// written into it. Everything else stays byte for byte. Nodes that both trees
// share are not looked at, so that it costs the differences and one copy of the
// text.
func splice(dst []byte, text string, base, root *Node) []byte {
	if !keeps(base, root) || base.irregular {
		return appendBlock(dst, root)
	}
	s := splicer{text: text, eol: lineBreak(text)}
	s.dst = dst
	s.node(base, root, spot{indent: -1, colon: -1})
	s.copyTo(len(text))
	return s.dst
}

// splicer writes edits into a text, from its start to its end.
type splicer struct {
	text string
	eol  string
	dst  []byte
	at   int // how far the text is copied or passed over
}

// spot is where a node stands in the text.
type spot struct {
	flow   bool
	json   bool // in a flow collection that quotes all its strings
	indent int  // column of the block collection around it, -1 at the root
	colon  int  // offset behind the colon of its key, -1 for an item
}

// copyTo copies the text up to an offset.
func (s *splicer) copyTo(offset int) {
	if offset > s.at {
		s.dst = append(s.dst, s.text[s.at:offset]...)
		s.at = offset
	}
}

// skipTo leaves out the text up to an offset.
func (s *splicer) skipTo(offset int) { s.at = max(s.at, offset) }

// node writes the difference of two nodes.
func (s *splicer) node(old, is *Node, p spot) {
	switch {
	case old == is || old.Kind() == Scalar && old.Equal(is):
	case old.kind == Mapping && keeps(old, is) && !old.irregular:
		if old.style == Flow {
			s.flowMapping(old, is, p)
		} else {
			s.mapping(old, is)
		}
	case old.kind == Sequence && is.Kind() == Sequence && old.Len() > 0 && is.Len() > 0 && !old.irregular:
		if old.style == Flow {
			s.flowSequence(old, is, p)
		} else {
			s.sequence(old, is)
		}
	case old.kind == Scalar && old.start < old.end && old.tag == StrTag && is.Tag() == StrTag:
		s.scalar(old, is, p)
	default:
		s.replace(old, is, p)
	}
}

// keeps reports whether a mapping keeps a key in another.
func keeps(old, is *Node) bool {
	if old.Kind() != Mapping || is.Kind() != Mapping {
		return false
	}
	for i := 0; i < len(old.content); i += 2 {
		if is.findKey(old.content[i].value, i) >= 0 {
			return true
		}
	}
	return false
}

// addition is a new entry of a mapping, behind one that stays.
type addition struct {
	after int // position of the key in the old content
	key   int // position of the key in the new content
}

// additions returns the entries that a mapping has more than an old one, in the
// order of what they stand behind: the entry before them, or else the first
// that stays.
func additions(old, is *Node) []addition {
	var out []addition
	after := -1
	first := -1
	for i := 0; i < len(is.content); i += 2 {
		at := old.findKey(is.content[i].value, i)
		if at >= 0 {
			after = at
			if first < 0 || at < first {
				first = at
			}
			continue
		}
		out = append(out, addition{after, i})
	}
	for i := range out {
		if out[i].after < 0 {
			out[i].after = first
		}
	}
	return out
}

// lineStart returns the start of the line of an offset.
func lineStart(text string, at int) int { return strings.LastIndexByte(text[:at], '\n') + 1 }

// column returns the column of an offset, from 0.
func column(text string, at int) int { return at - lineStart(text, at) }

// lineAfter returns the start of the line behind a value that ends at an
// offset. A block scalar that keeps its line breaks ends at the start of a line.
func lineAfter(text string, at int) int {
	if at > 0 && text[at-1] == '\n' {
		return at
	}
	return nextLine(text, at)
}

// ownLine reports whether nothing but blanks stands before an offset on its
// line.
func ownLine(text string, at int) bool {
	return strings.Trim(text[lineStart(text, at):at], " \t") == ""
}

// startLine makes the output stand at the start of a line.
func (s *splicer) startLine() { s.dst = endLine(s.dst, s.eol) }

// endValue ends the line of a value that replaced one whose text ended with
// its line.
func (s *splicer) endValue() {
	if s.atLineStart(s.at) {
		s.startLine()
	}
}

func (s *splicer) atLineStart(at int) bool { return at > 0 && s.text[at-1] == '\n' }

// print runs a printer that continues the output. Literal blocks are printed
// only where what follows in the text can't become a part of them.
func (s *splicer) print(indent int, to func(*printer)) {
	ends := s.literalSafe(s.at, indent)
	p := printer{dst: s.dst, eol: s.eol, noLiteral: !ends}
	from := len(p.dst)
	to(&p)
	s.dst = p.dst
	if ends && !s.atLineStart(s.at) && bytes.IndexByte(s.dst[from:], '\n') >= 0 {
		s.skipTo(lineEnd(s.text, s.at)) // blanks that would become a part of the last line
	}
}

// literalSafe reports whether a literal block that is indented deeper than a
// column may end at an offset: nothing follows on the line, and no comment on
// the next ones that its indentation would make a part of the block.
func (s *splicer) literalSafe(at, indent int) bool {
	if !s.atLineStart(at) && !isBlank(s.text[at:lineEnd(s.text, at)]) {
		return false
	}
	for at = lineAfter(s.text, at); at < len(s.text); at = nextLine(s.text, at) {
		line := s.text[at:lineEnd(s.text, at)]
		if !isBlank(line) {
			return spaces(line) <= indent || strings.TrimLeft(line, " \t")[0] != '#'
		}
	}
	return true
}
