package manifest

import "strings"

// unit is the text of an entry or item: from its key or dash to the end of its
// value.
type unit struct {
	start, end int
	kept       bool
}

// drop leaves out a unit of a block collection: its lines, with comments below
// them that are indented deeper, because they belonged to it.
func (s *splicer) drop(units []unit, i, indent int) {
	u := units[i]
	if ownLine(s.text, u.start) {
		s.copyTo(lineStart(s.text, u.start))
		s.skipTo(s.commentsEnd(lineAfter(s.text, u.end), indent))
		if s.keepsBreaks(units[:i]) {
			s.skipTo(s.blanksEnd(s.at))
		}
		return
	}
	s.copyTo(u.start) // the first one of a collection that starts on the line of a dash
	if next := s.nextKept(units, i); next >= 0 {
		s.skipTo(next)
		return
	}
	for n := len(s.dst); n > 0 && s.dst[n-1] == ' '; n-- {
		s.dst = s.dst[:n-1]
	}
	s.dst = append(s.dst, s.eol...)
	s.skipTo(s.commentsEnd(lineAfter(s.text, u.end), indent))
}

// keepsBreaks reports whether the last unit that stays is a block scalar that
// would take blank lines behind it for its own.
func (s *splicer) keepsBreaks(units []unit) bool {
	for i := len(units) - 1; i >= 0; i-- {
		if units[i].kept {
			return s.atLineStart(units[i].end)
		}
	}
	return false
}

// blanksEnd returns where the blank lines end that start at an offset.
func (s *splicer) blanksEnd(at int) int {
	for at < len(s.text) && isBlank(s.text[at:lineEnd(s.text, at)]) {
		at = nextLine(s.text, at)
	}
	return at
}

// nextKept returns the start of the next unit that stays, -1 when comment lines
// stand between.
func (s *splicer) nextKept(units []unit, i int) int {
	for ; i+1 < len(units); i++ {
		if next := units[i+1].start; strings.Contains(s.text[min(lineAfter(s.text, units[i].end), next):next], "#") {
			return -1
		}
		if units[i+1].kept {
			return units[i+1].start
		}
	}
	return -1
}

// commentsEnd returns where the comments below a line end that are indented
// deeper than a column.
func (s *splicer) commentsEnd(at, indent int) int {
	end := at
	for at < len(s.text) {
		next := nextLine(s.text, at)
		line := s.text[at:next]
		if isBlank(line) {
			at = next
			continue
		}
		if !isComment(line) || skipBlank(line, 0) <= indent {
			break
		}
		at, end = next, next
	}
	return end
}
