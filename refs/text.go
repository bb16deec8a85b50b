package refs

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
)

// manner says what kind of text is read, which decides what a bare word in it
// can mean.
type manner uint8

const (
	keyed   manner = iota + 1 // the value of a variable or a key, or a file
	custom                    // a field of a custom resource that the table does not know
	command                   // a word of a command line, or a script
	known                     // a host name that may be one of others
	anyName                   // a host name that is a Service when it has a single label
)

// text is one scalar that is read for the addresses in it. It is cut into
// words of the characters that host names are made of, once; each word is
// looked up, and only words that are found are looked at further.
type text struct {
	*walk
	s      string
	key    string // what the whole text is called
	manner manner
	base64 bool
	lines  bool   // the text has several lines, and comments
	port   string // stated beside the text
	next   string // of a command line: the following word
	tool   bool   // of a command line: the word follows the name of a network tool

	program string // of a command line: the first word, "" when the image says what is run

	upstreams []string // see upstream; nil until they are asked for
}

// text reads a text that is called by a key.
func (w *walk) text(s, key string, m manner) {
	t := text{walk: w, s: s, key: key, manner: m}
	t.run(0)
}

// host reads a field that is a host name as a whole, with the port that is
// stated beside it.
func (w *walk) host(s, port string, m manner) {
	t := text{walk: w, s: s, key: "host", manner: m, port: port}
	t.run(0)
}

func (t *text) run(from int) {
	t.lines = strings.IndexByte(t.s, '\n') >= 0
	urls := encodedURLs(t.s)
	i := t.skipComment(from)
	for i < len(t.s) {
		c := t.s[i]
		for len(urls) > 0 && urls[0].start < i { // in a comment
			urls = urls[1:]
		}
		switch {
		case len(urls) > 0 && urls[0].start == i:
			t.encoded(urls[0])
			i = urls[0].end
		case hostByte(c):
			start := i
			for i < len(t.s) && hostByte(t.s[i]) {
				i++
			}
			t.word(start, i)
		case c == '\n':
			i = t.skipComment(i + 1)
		case c == '#' && t.lines && blank(t.at(i-1)) && blank(t.at(i+1)):
			i = t.lineEnd(i)
		default:
			i++
		}
	}
}

// skipComment returns where reading goes on at the beginning of a line: what a
// comment says calls nobody. Comments are told by their first character, which
// is the same in all formats of configuration that are common.
func (t *text) skipComment(i int) int {
	if !t.lines {
		return i
	}
	j := i
	for j < len(t.s) && (t.s[j] == ' ' || t.s[j] == '\t') {
		j++
	}
	if c := t.at(j); c == '#' || c == ';' || strings.HasPrefix(t.s[j:], "// ") {
		return t.lineEnd(j)
	}
	return i
}

func (t *text) lineEnd(i int) int {
	if n := strings.IndexByte(t.s[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(t.s)
}

// at returns a byte of the text, a line's end where it has none.
func (t *text) at(i int) byte {
	if i < 0 || i >= len(t.s) {
		return '\n'
	}
	return t.s[i]
}

// hostByte reports whether host names, or the words that they must be told
// from, contain a character.
func hostByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_'
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// word looks at one word of the text.
func (t *text) word(start, end int) {
	if t.s[start] == '-' {
		if start == 0 || t.s[start-1] != ':' { // a flag, unless it is the default of ${NAME:-default}
			t.namespaceFlag(start, end)
			return
		}
		start++
	}
	dots := end
	for end > start && t.s[end-1] == '.' {
		end--
	}
	if start == end || t.at(dots) == '@' { // a user before his host
		return
	}
	word := t.s[start:end]
	switch {
	case t.variable(start):
	case dots == end && t.continued(start, end):
	case t.incomplete(word, start, dots):
		t.composed(word, dots > end)
	case word[0] >= '0' && word[0] <= '9' && numeric(word):
		t.address(word)
	case strings.IndexByte(word, '.') >= 0:
		t.qualified(start, end, dots > end)
	case dots == end || blank(t.at(dots)):
		t.label(start, end)
	}
	if word[0] >= 'A' && word[0] <= 'Z' {
		t.injected(word)
	}
}

// variable reports whether the word at a position is the name of a variable.
func (t *text) variable(start int) bool {
	switch t.at(start - 1) {
	case '$':
		return true
	case '{', '(':
		return t.at(start-2) == '$'
	}
	return false
}

// incomplete reports whether a part of a name is put in at run time. What comes
// before a dot may be: it is a name of its own, of a pod. So may be what comes
// behind the label svc: the domain.
func (t *text) incomplete(word string, start, end int) bool {
	if after := t.at(end); after == '$' || after == '{' || after == '%' {
		before, _, svc := strings.Cut(word, ".svc")
		return !t.pathVariable(end) && !(svc && strings.Contains(before, "."))
	}
	before := t.at(start - 1)
	if before != '}' && before != ')' {
		return false
	}
	return word[0] != '.' || word == ".svc" || strings.HasPrefix(word, ".svc.")
}

// composed reports a name that is put together at run time, where the part
// that is written shows that it is a Service's.
func (t *text) composed(word string, dotted bool) {
	service := dotted && t.scanner.services.find(t.own(), fold(word)) != nil
	if !service && word != ".svc" && !strings.HasPrefix(word, ".svc.") {
		return
	}
	t.report(diag.CodeReference, diag.Warning,
		"the name of a Service is put together at run time, so rehome cannot see which Service it is",
		"declare the call with dependsOn, and make sure that the name is right in the new namespace")
}

func numeric(word string) bool {
	for i := range len(word) {
		if c := word[i]; c != '.' && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// address reports the IP address of a Service (H19).
func (t *text) address(word string) {
	if s := t.scanner.services.addressed[word]; s.ServiceInfo != nil {
		t.report("H19", diag.Error,
			"the "+s.of+" "+word+" of Service "+s.Namespace+"/"+s.Name+" is written out, and dead after a move",
			"write the name "+s.Name+"."+s.Namespace+".svc instead")
	}
}

// injected reports a use of the variables that the kubelet makes of the
// Services of a pod's namespace (H20;
// kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
func (t *text) injected(word string) {
	at := strings.Index(word, "_SERVICE_")
	if at <= 0 {
		return
	}
	if rest := word[at:]; rest != "_SERVICE_HOST" && !strings.HasPrefix(rest, "_SERVICE_PORT") {
		return
	}
	s := in(t.own(), t.scanner.services.variable[word[:at]])
	if s == nil || t.defines(word) {
		return
	}
	t.report("H20", diag.Warning,
		word+" is injected for Service "+s.Namespace+"/"+s.Name+" in its own namespace only, and not when it is an ExternalName",
		"set "+word+" in the container, or use the name of the Service")
}
