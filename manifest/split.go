package manifest

import (
	"bytes"
	"strings"
)

// document is one document of a YAML stream: its text without the marker lines
// and the place of the text in the file.
type document struct {
	text   string
	line   int // lines of the file before the text
	column int // bytes before the text on its first line
	tags   int // line of a %TAG directive, 0 when there is none
}

// splitter cuts a stream at its marker lines. A line that starts with --- or
// ... is a marker wherever it stands (YAML 1.2, 9.1.2), so that lines are all
// there is to look at; a syntax error in one document does not hide the others.
type splitter struct {
	text   string
	docs   []document
	header []byte // comments before the first marker
	tags   int

	from, line, column int  // where the current document starts
	marked, filled     bool // it has a marker, it has content
}

// splitDocuments returns the documents of a stream that hold more than
// comments.
func splitDocuments(text string) []document {
	s := splitter{text: text}
	line := 0
	for at := 0; at < len(text); line++ {
		next := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		s.scan(at, next, line)
		at = next
	}
	s.finish(len(text))
	return s.docs
}

// scan looks at one line.
func (s *splitter) scan(at, next, line int) {
	l := s.text[at:next]
	switch {
	case isMarker(l, "---"):
		s.open(at, next, line)
	case isMarker(l, "..."):
		s.finish(at)
		s.from, s.line, s.column = next, line+1, 0
	case s.filled:
	case strings.HasPrefix(l, "%") && !s.marked:
		if strings.HasPrefix(l, "%TAG") {
			s.tags = line + 1
		}
	default:
		s.filled = !isComment(l)
	}
}

// open starts a document at a marker. Comments that stand before the first
// marker of the file belong to it.
func (s *splitter) open(at, next, line int) {
	if !s.filled && !s.marked && len(s.docs) == 0 {
		s.header = commentLines(s.text[s.from:at])
	}
	tags := s.tags
	s.finish(at)
	rest := s.text[at+3 : next]
	body := strings.TrimLeft(rest, " \t")
	s.marked, s.tags = true, tags
	if isBlank(body) {
		s.from, s.line, s.column = next, line+1, 0
		return
	}
	s.column = 3 + len(rest) - len(body)
	s.from, s.line = at+s.column, line
	s.filled = !isComment(body)
}

// finish ends the current document.
func (s *splitter) finish(at int) {
	if s.filled {
		d := document{text: s.text[s.from:at], line: s.line, column: s.column, tags: s.tags}
		if len(s.header) > 0 {
			d.text = string(s.header) + d.text
			d.line -= bytes.Count(s.header, []byte("\n"))
			d.column = 0
		}
		s.docs = append(s.docs, d)
		s.header = nil
	}
	s.marked, s.filled, s.tags = false, false, 0
}

// isMarker reports whether a line is the given marker, alone or before content.
func isMarker(line, marker string) bool {
	rest, ok := strings.CutPrefix(line, marker)
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' || rest[0] == '\r')
}

// isComment reports whether a line has no content.
func isComment(line string) bool {
	line = strings.TrimLeft(line, " \t")
	return isBlank(line) || line[0] == '#'
}

// isBlank reports whether a line holds white space only.
func isBlank(line string) bool { return strings.Trim(line, " \t\r\n") == "" }

// commentLines returns the lines that are no directives.
func commentLines(text string) []byte {
	var out []byte
	for l := range strings.Lines(text) {
		if !strings.HasPrefix(l, "%") {
			out = append(out, l...)
		}
	}
	return out
}
