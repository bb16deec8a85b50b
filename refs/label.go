package refs

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// label looks at a word without dots: the name of a Service in the object's own
// namespace, of a namespace, or a host that is neither.
func (t *text) label(start, end int) {
	word := t.s[start:end]
	service := t.scanner.services.find(t.own(), fold(word))
	before, after := t.at(start-1), t.at(end)
	if service == nil && !t.scanner.services.namespaces[word] &&
		after != ':' && before != '/' && before != '@' && before != ',' && t.manner != anyName {
		return
	}
	if scheme, ok := t.authority(start); ok {
		t.inURL(start, end, scheme, service)
		return
	}
	port, runtime := t.portAfter(end)
	login := before == '@' && service != nil && service.hasPort(port)
	if !delimits(before) && !login || !t.delimitsEnd(end) {
		return
	}
	l := bare{start: start, end: end, word: word, service: service, port: port, runtime: runtime}
	l.place = t.place(start, end+portLength(port))
	t.bare(l)
}

func portLength(port string) int {
	if port == "" {
		return 0
	}
	return len(":") + len(port)
}

// delimits reports whether a word can begin behind a character.
func delimits(c byte) bool {
	return blank(c) || strings.IndexByte("\"'`=:,[({;|>!~-", c) >= 0
}

// delimitsEnd reports whether a word ends before a position.
func (t *text) delimitsEnd(end int) bool {
	c := t.at(end)
	return blank(c) || strings.IndexByte("\"'`,;])}|<:\\&/", c) >= 0
}

// inURL records a host in the authority of a URL.
func (t *text) inURL(start, end int, scheme string, service *ServiceInfo) {
	word := fold(t.s[start:end])
	if t.userinfo(end) || strings.HasPrefix(t.s[end:], "://") || !onNetwork(scheme) || service == nil && (!t.unknown(word) || t.manner == known) {
		return
	}
	if t.upstream(word) {
		return
	}
	port, _ := t.portAfter(end)
	t.short(start, end, scheme, port, service != nil, Certain)
}

// continued records a host in a URL that a variable follows without a
// separator, so that it may be a part of the host only.
func (t *text) continued(start, end int) bool {
	word := fold(t.s[start:end])
	if t.at(end) != '$' || t.pathVariable(end) || t.scanner.services.find(t.own(), word) == nil {
		return false
	}
	scheme, ok := t.authority(start)
	if !ok || !onNetwork(scheme) || t.userinfo(end) || t.upstream(word) {
		return false
	}
	t.short(start, end, scheme, "", true, Possible)
	return true
}

// pathVariable reports whether one of nginx's variables follows that begin with
// a slash.
func (t *text) pathVariable(end int) bool {
	return strings.HasPrefix(t.s[end:], "$request_uri") || strings.HasPrefix(t.s[end:], "$uri")
}

// short records a Service of the object's own namespace.
func (t *text) short(start, end int, scheme, port string, found bool, certainty Certainty) {
	if t.own() == "" {
		return // cluster-scoped objects have no namespace to complete a name with
	}
	t.emit(Reference{
		Start: start, End: end, Form: Short, Known: found, Scheme: scheme, Port: port, Certainty: certainty,
		Target: manifest.ID{Kind: "Service", Namespace: t.own(), Name: fold(t.s[start:end])},
	})
}

// unknown reports whether a word in the place of a host must be meant as a
// Service that is nowhere, not as the machine itself or the API server.
func (t *text) unknown(word string) bool {
	return label(word) && word[0] >= 'a' && word[0] <= 'z' &&
		word != "localhost" && word != "kubernetes" && word != "metadata"
}

// bare is a word without dots outside of URLs.
type bare struct {
	start, end int
	word       string
	service    *ServiceInfo
	port       string
	runtime    bool // a port that is put in at run time follows
	place      place
}

// bare decides what a bare word means. As a Service it counts for certain with
// a port that the Service has, and as the whole of a value whose key says that
// it holds a host. As the whole of any other value it is possible, unless the
// key says that it is something else; in prose it is nothing.
func (t *text) bare(l bare) {
	flag := t.manner == command && l.place.key == "n" && t.takesNamespace(l.start)
	if l.place.whole && t.scanner.services.namespaces[l.word] && (namespaceKey(l.place.key) || flag) {
		t.namespaceAt(l.word, l.start, Certain)
		t.found[len(t.found)-1].Base64 = t.base64
		return
	}
	if l.service == nil {
		t.nowhere(l)
		return
	}
	if port := t.portWord(l); port != "" {
		l.port = port
	}
	switch certainty := t.certainty(l); {
	case certainty == Certain, certainty == Possible && !capitals(l.word): // APP=Api names a thing, not its address
		t.short(l.start, l.end, "", l.port, true, certainty)
	}
}

func (t *text) certainty(l bare) Certainty {
	switch {
	case t.manner == known || t.manner == anyName:
		if l.place.whole {
			return Certain
		}
		return 0
	case l.port != "" && l.service.hasPort(l.port), l.runtime, l.place.tool:
		return Certain
	case l.place.whole && t.hostPlace(l.place.key):
		if t.manner == custom && !hostKeyStrict(l.place.key) {
			return Possible
		}
		return Certain
	case l.place.whole && !describesItself(l.place.key), l.port != "":
		return Possible
	}
	return 0
}

// hostPlace reports whether a key says that its value is a host.
func (t *text) hostPlace(key string) bool { return hostKey(key) || t.manner == command && key == "h" }

// portWord returns the port that stands behind a host as a word of its own, as
// on the command lines of nc and in redis.conf, where the Service has it.
func (t *text) portWord(l bare) string {
	if l.port != "" {
		return ""
	}
	rest := t.s[l.end:]
	if rest == "" {
		rest = " " + t.next
	}
	trimmed := strings.TrimLeft(rest, " \t")
	end := 0
	for end < len(trimmed) && trimmed[end] >= '0' && trimmed[end] <= '9' {
		end++
	}
	if len(trimmed) == len(rest) || end == 0 || end < len(trimmed) && !blank(trimmed[end]) && strings.IndexByte(";|&)'\"", trimmed[end]) < 0 {
		return ""
	}
	if t.manner != command && !l.place.second || !l.service.hasPort(trimmed[:end]) {
		return ""
	}
	return trimmed[:end]
}

// nowhere records a host that is no Service, where nothing else can be meant.
func (t *text) nowhere(l bare) {
	if !t.unknown(fold(l.word)) || !l.place.whole {
		return
	}
	host := t.hostPlace(l.place.key) && (t.manner != custom || hostKeyStrict(l.place.key))
	if t.manner == anyName || l.port != "" && t.manner != known && host {
		t.short(l.start, l.end, "", l.port, false, Certain)
	}
}
