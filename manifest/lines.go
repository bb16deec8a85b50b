package manifest

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// lineTable finds the offset of a line and column as the YAML parser counts
// them: columns in characters, and lines that end also in a carriage return
// alone and in the line separators of Unicode.
type lineTable struct {
	starts []uint32
	ascii  bool
	odd    bool // a line ends in something else than a line feed
}

func newLineTable(text string) lineTable {
	t := lineTable{ascii: isASCII(text)}
	t.starts = make([]uint32, 1, strings.Count(text, "\n")+1)
	t.odd = !t.ascii && strings.ContainsAny(text, "\u0085\u2028\u2029") ||
		strings.Count(text, "\r") != strings.Count(text, "\r\n")
	for i := 0; i < len(text); {
		var n int
		if t.odd {
			n = nextBreak(text[i:])
		} else {
			n = strings.IndexByte(text[i:], '\n') + 1
		}
		if n <= 0 {
			break
		}
		i += n
		t.starts = append(t.starts, uint32(i))
	}
	return t
}

// nextBreak returns the offset behind the next line break, or -1.
func nextBreak(s string) int {
	for i := 0; i < len(s); i++ {
		if n := breakAt(s[i:]); n > 0 {
			return i + n
		}
	}
	return -1
}

// breakAt returns the length of the line break that s starts with, 0 when it
// starts with something else.
func breakAt(s string) int {
	if s == "" {
		return 0
	}
	switch s[0] {
	case '\n':
		return 1
	case '\r':
		if strings.HasPrefix(s, "\r\n") {
			return 2
		}
		return 1
	case 0xC2:
		if strings.HasPrefix(s, "\u0085") {
			return 2
		}
	case 0xE2:
		if strings.HasPrefix(s, "\u2028") || strings.HasPrefix(s, "\u2029") {
			return 3
		}
	}
	return 0
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// offset returns the offset of a line and column, both from 1.
func (t *lineTable) offset(text string, line, column int) int {
	if line < 1 || line > len(t.starts) {
		return len(text)
	}
	at := int(t.starts[line-1])
	if t.ascii {
		return min(at+column-1, len(text))
	}
	for ; column > 1 && at < len(text); column-- {
		_, n := utf8.DecodeRuneInString(text[at:])
		at += n
	}
	return at
}

// line returns the line of an offset, from 1.
func (t *lineTable) line(at int) int {
	i, found := slices.BinarySearch(t.starts, uint32(at))
	if found {
		i++
	}
	return i
}

// column returns the number of bytes before an offset on its line.
func (t *lineTable) column(at int) int { return at - int(t.starts[t.line(at)-1]) }
