package manifest

import (
	"strings"
	"unicode/utf8"
)

// folded writes a string into a folded block where the difference lies within
// one of its lines, and reports whether it does.
func (s *splicer) folded(old *Node, value string, p spot) bool {
	b := scanBlock(s.text, int(old.start), p.indent)
	lines := blockLines(s.text, b)
	was, starts := fold(lines)
	head, tail := common(was, strings.TrimRight(value, "\n"))
	if trimmed := len(old.value) - len(was); trimmed < 0 || old.value[len(was):] != value[max(0, len(value)-trimmed):] {
		return false
	}
	body := value[:len(value)-(len(old.value)-len(was))]
	i := lineOf(lines, starts, head, len(was)-tail)
	if i < 0 || !allPrintable(body) {
		return false
	}
	at := lines[i].end - len(lines[i].text) + head - starts[i]
	written := body[head : len(body)-tail]
	if !s.folds(lines, i, at, written, len(was)-tail-head, body) {
		return false
	}
	s.copyTo(at)
	s.dst = append(s.dst, written...)
	s.skipTo(at + len(was) - tail - head)
	return true
}

// folds reports whether the block reads as wanted after the change of a line.
func (s *splicer) folds(lines []line, i, at int, written string, length int, want string) bool {
	l := lines[i]
	from := at - (l.end - len(l.text))
	text := l.text[:from] + written + l.text[from+length:]
	if text == "" || strings.ContainsAny(text, "\n") || isBlank(text[:1]) || isBlank(text[len(text)-1:]) {
		return false
	}
	changed := append([]line(nil), lines...)
	changed[i].text = text
	got, _ := fold(changed)
	return got == want
}

// fold returns what the lines of a folded block mean, without the line breaks
// at the end, and where each line starts in it. Lines are joined by a space,
// blank lines are line breaks, and lines that start with white space keep
// theirs (YAML 1.2, 8.1.3).
func fold(lines []line) (string, []int) {
	var out strings.Builder
	starts := make([]int, len(lines))
	first, deep, blanks := true, false, 0
	for i, l := range lines {
		if l.text == "" {
			blanks++
			starts[i] = -1
			continue
		}
		indented := l.text[0] == ' ' || l.text[0] == '\t'
		switch {
		case first:
		case deep || indented:
			out.WriteByte('\n')
		case blanks == 0:
			out.WriteByte(' ')
		}
		out.WriteString(strings.Repeat("\n", blanks))
		starts[i] = out.Len()
		out.WriteString(l.text)
		first, deep, blanks = false, indented, 0
	}
	return out.String(), starts
}

// lineOf returns the line that holds a range of the folded text, or -1.
func lineOf(lines []line, starts []int, from, to int) int {
	for i, start := range starts {
		if start >= 0 && start <= from && to <= start+len(lines[i].text) {
			return i
		}
	}
	return -1
}

// common returns how many bytes two strings have in common at the start and at
// the end, in whole characters.
func common(a, b string) (head, tail int) {
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	for head > 0 && head < len(a) && !utf8.RuneStart(a[head]) {
		head--
	}
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	for tail > 0 && !utf8.RuneStart(a[len(a)-tail]) {
		tail--
	}
	return head, tail
}
