package manifest

import "strings"

// scalar writes a string in the place of another, in its style where that can
// hold it.
func (s *splicer) scalar(old, is *Node, p spot) {
	switch {
	case old.style == DoubleQuoted:
		s.swap(old, appendDoubleQuoted(nil, is.value))
	case old.style == SingleQuoted && singleQuotable(is.value):
		s.swap(old, appendSingleQuoted(nil, is.value))
	case old.style == SingleQuoted:
		s.swap(old, appendDoubleQuoted(nil, is.value))
	case old.style == Plain && plainSafe(is.value, p.flow):
		s.swap(old, []byte(is.value))
	case old.style == Literal && s.literal(old, is.value, p):
	case old.style == Folded && s.folded(old, is.value, p):
	default:
		s.replace(old, is, p)
	}
}

// swap writes a text in the place of a node.
func (s *splicer) swap(old *Node, text []byte) {
	s.copyTo(int(old.start))
	s.dst = append(s.dst, text...)
	s.skipTo(int(old.end))
}

// line is a line of a block scalar: where it stands in the source, from the
// indentation to the line break, and its text.
type line struct {
	start, end int
	text       string
}

// blockLines returns the lines of a block scalar, without the blank ones at the
// end.
func blockLines(text string, b blockScalar) []line {
	var lines []line
	filled := 0
	for at := b.body; at < b.end; {
		end := lineEnd(text, at)
		from := at + min(spaces(text[at:end]), b.indent)
		lines = append(lines, line{at, end, text[from:end]})
		if from < end {
			filled = len(lines)
		}
		at = end + breakAt(text[end:])
	}
	return lines[:filled]
}

// literal writes a string into a literal block: its lines that differ change.
// It reports whether the block can hold the string.
func (s *splicer) literal(old *Node, value string, p spot) bool {
	b := scanBlock(s.text, int(old.start), p.indent)
	lines := blockLines(s.text, b)
	body := strings.TrimRight(value, "\n")
	breaks := len(value) - len(body)
	if body == "" || len(lines) == 0 || !b.holds(body, breaks) {
		return false
	}
	s.chomp(b, breaks)
	s.lines(lines, strings.Split(body, "\n"), b.indent)
	if b.chomp == '+' {
		s.copyTo(lines[len(lines)-1].end)
		s.skipTo(b.end)
		for range breaks {
			s.dst = append(s.dst, s.eol...)
		}
	}
	return true
}

// holds reports whether a block can hold a string that ends in a number of line
// breaks.
func (b blockScalar) holds(body string, breaks int) bool {
	if !allPrintable(body) || needsIndicator(body) && !b.fixed {
		return false
	}
	if b.chomp == '+' {
		return breaks > 0
	}
	return breaks < 2
}

// chomp writes the header's indicator for what becomes of the last line break.
func (s *splicer) chomp(b blockScalar, breaks int) {
	switch {
	case b.chomp == 0 && breaks == 0:
		s.copyTo(b.header)
		s.dst = append(s.dst, '-')
	case b.chomp == '-' && breaks == 1:
		at := strings.LastIndexByte(s.text[:b.header], '-')
		s.copyTo(at)
		s.skipTo(at + 1)
	}
}

// lines writes the lines that differ.
func (s *splicer) lines(old []line, is []string, indent int) {
	head := 0
	for head < min(len(old), len(is)) && old[head].text == is[head] {
		head++
	}
	tail := 0
	for tail < min(len(old), len(is))-head && old[len(old)-1-tail].text == is[len(is)-1-tail] {
		tail++
	}
	if head == len(old) {
		s.copyTo(old[head-1].end)
		for _, l := range is[head:] {
			s.dst = append(s.dst, s.eol...)
			s.bodyLine(l, indent)
		}
		return
	}
	s.changedLines(old, is, head, tail, indent)
}

func (s *splicer) changedLines(old []line, is []string, head, tail, indent int) {
	if tail > 0 {
		s.copyTo(old[head].start)
		for _, l := range is[head : len(is)-tail] {
			s.bodyLine(l, indent)
			s.dst = append(s.dst, s.eol...)
		}
		s.skipTo(old[len(old)-tail].start)
		return
	}
	end := old[len(old)-1].end
	if head == len(is) {
		s.copyTo(old[head-1].end)
		s.skipTo(end)
		return
	}
	s.copyTo(old[head].start)
	for i, l := range is[head:] {
		if i > 0 {
			s.dst = append(s.dst, s.eol...)
		}
		s.bodyLine(l, indent)
	}
	s.skipTo(end)
}

func (s *splicer) bodyLine(l string, indent int) {
	if l != "" {
		s.dst = append(appendSpaces(s.dst, indent), l...)
	}
}
