package refs

import "strings"

// place is where a word stands in a text.
type place struct {
	key    string // of the value that the word is, or is an item of; "" when there is none
	whole  bool   // the word is the whole value, or an item of a list of hosts that is
	tool   bool   // the word is what a network tool is called with
	second bool   // the word follows the first word of a line
}

// place finds out where the word between two positions, port included, stands.
func (t *text) place(start, end int) place {
	start, end = t.listStart(start), t.listEnd(end)
	quoted := false
	if q := t.at(start - 1); q == '"' || q == '\'' || q == '`' {
		start, end, quoted = t.unquote(start, end, q)
		if !quoted {
			return place{} // a word of several within quotes
		}
	}
	p := t.before(start)
	switch {
	case t.endsValue(end):
		p.whole = p.whole || p.key != ""
	case blank(t.at(end)) && p.tight, p.flag:
		p.whole = blank(t.at(end)) && p.key != ""
	default:
		p.whole = quoted && p.key != ""
	}
	return p.place
}

// unquote extends a value by its quotes, and by the backslashes before them
// where the text is quoted itself.
func (t *text) unquote(start, end int, quote byte) (int, int, bool) {
	start--
	if t.at(start-1) == '\\' {
		start--
		if t.at(end) != '\\' {
			return start, end, false
		}
		end++
	}
	if t.at(end) != quote {
		return start, end, false
	}
	return start, end + 1, true
}

// endsValue reports whether a value ends at a position.
func (t *text) endsValue(end int) bool {
	if strings.IndexByte(",;])}|&<\"'`\\", t.at(end)) >= 0 {
		return true
	}
	for t.at(end) == ' ' || t.at(end) == '\t' {
		end++
	}
	return strings.IndexByte("\n\r;])},#|&", t.at(end)) >= 0
}

// surroundings is a place with what its surroundings say of where the value may end.
type surroundings struct {
	place
	tight bool // key=value without blanks: a blank ends the value
	flag  bool // the value follows a flag or a tool
}

// before finds out what a value that begins at a position is called.
func (t *text) before(start int) surroundings {
	i := t.skipBlanks(start)
	if i == 0 {
		return surroundings{place: place{key: t.key, whole: true, tool: t.tool}}
	}
	if c := t.at(start); c == '"' || c == '\'' { // an item of an array that has a line of its own
		i = len(strings.TrimRight(t.s[max(0, i-reach):i], " \t\r\n")) + max(0, i-reach)
	}
	if i == 0 {
		return surroundings{}
	}
	switch c := t.s[i-1]; {
	case c == '=' || c == ':' || c == '~':
		return t.assigned(i, start)
	case c == '-' && i == start && t.at(i-2) == ':': // ${NAME:-default}
		return t.assigned(i-1, start)
	case c == '-' && i < start && t.lineStart(i-1):
		return surroundings{place: place{key: t.itemOf(i - 1), whole: true}}
	case c == '[' && i > 1 && t.lineStart(i-1): // a section of TOML and the like
		return surroundings{}
	case c == '[' || c == ',':
		return surroundings{place: place{key: t.arrayOf(i), whole: true}}
	case c == '>':
		return surroundings{place: place{key: t.tag(i - 1)}}
	case hostByte(c) && i < start:
		return t.after(i)
	}
	return surroundings{}
}

func (t *text) skipBlanks(i int) int {
	for i > 0 && (t.s[i-1] == ' ' || t.s[i-1] == '\t') {
		i--
	}
	return i
}

// assigned reads the key before an = or a colon, or before the operators of
// the selectors of Prometheus.
func (t *text) assigned(end, start int) surroundings {
	i := end
	for i > 0 && strings.IndexByte("=:~!+?", t.s[i-1]) >= 0 {
		i--
	}
	tight := t.s[i:end] == "=" && end == start
	return surroundings{place: place{key: t.ident(i)}, tight: tight}
}

// ident reads the key that ends before a position, without its quotes.
func (t *text) ident(end int) string {
	end = t.skipBlanks(end)
	for end > 0 && strings.IndexByte("\"'\\`", t.s[end-1]) >= 0 {
		end--
	}
	start := end
	for start > 0 && hostByte(t.s[start-1]) {
		start--
	}
	return strings.TrimLeft(t.s[start:end], "-")
}

// after reads the word before a value that a blank separates from it: a flag, a
// network tool, or the directive that the line begins with.
func (t *text) after(end int) surroundings {
	word := t.wordBefore(end)
	first := t.lineStart(end - len(word))
	if flag := strings.TrimLeft(word, "-"); flag != word {
		s := surroundings{place: place{key: flag}, flag: true}
		s.tool = t.options(end - len(word))
		return s
	}
	s := surroundings{place: place{tool: networkTool(word), second: first}}
	if first && !strings.EqualFold(word, "upstream") { // which gives a name to what it begins
		s.key = word
	}
	s.flag = s.tool
	return s
}

// options reports whether the options that end at a position are a network tool's.
func (t *text) options(end int) bool {
	for range 4 {
		end = t.skipBlanks(end)
		word := t.wordBefore(end)
		if networkTool(word) {
			return t.manner == command
		}
		if word == "" || word[0] != '-' {
			return false
		}
		end -= len(word)
	}
	return false
}

func (t *text) wordBefore(end int) string {
	start := end
	for start > 0 && hostByte(t.s[start-1]) {
		start--
	}
	return t.s[start:end]
}

// lineStart reports whether only blanks stand before a position in its line.
func (t *text) lineStart(i int) bool {
	i = t.skipBlanks(i)
	return i == 0 || t.s[i-1] == '\n'
}

// itemOf returns the key above a list of YAML, of which an item begins with the
// dash at a position.
func (t *text) itemOf(dash int) string {
	indent := dash - t.lineOf(dash)
	for line := t.lineOf(dash); line > 0 && dash-line < reach; {
		start := t.lineOf(line - 1)
		above := strings.TrimRight(t.s[start:line-1], " \t\r")
		trimmed := strings.TrimLeft(above, " ")
		switch depth := len(above) - len(trimmed); {
		case trimmed == "" || trimmed[0] == '#' || depth > indent || depth == indent && strings.HasPrefix(trimmed, "- "):
		case strings.HasSuffix(trimmed, ":"):
			return t.ident(start + len(above) - 1)
		default:
			return ""
		}
		line = start
	}
	return ""
}

func (t *text) lineOf(i int) int { return strings.LastIndexByte(t.s[:i], '\n') + 1 }

// arrayOf returns the key of an array in brackets, of which an item begins at a
// position.
func (t *text) arrayOf(end int) string {
	from := max(0, end-reach)
	open := strings.LastIndexAny(t.s[from:end], "[]{}=")
	if open < 0 || t.s[from+open] != '[' {
		return ""
	}
	i := t.skipBlanks(from + open)
	if i == 0 {
		return t.key
	}
	if c := t.s[i-1]; c != ':' && c != '=' {
		return ""
	}
	return t.assigned(i, i).key
}

// tag returns the name of the XML element that opens before a position.
func (t *text) tag(end int) string {
	word := t.wordBefore(end)
	if t.at(end-len(word)-1) != '<' {
		return ""
	}
	return word
}

// networkTool reports whether a command is called with the host that it talks to.
func networkTool(word string) bool {
	switch word {
	case "nslookup", "dig", "host", "ping", "ping6", "curl", "wget", "nc", "ncat", "netcat", "telnet", "traceroute", "wait-for", "wait-for-it", "wait-for-it.sh":
		return true
	}
	return false
}
