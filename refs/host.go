package refs

import (
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// hostName is a host name in the cluster's zone, taken apart.
type hostName struct {
	prefix, name, namespace, domain string

	form Form
	dot  bool
}

// split takes apart a name with the label svc in its place
// (github.com/kubernetes/dns/blob/master/docs/specification.md): one label
// before it is a namespace alone, two are Service and namespace, those before
// belong to pods or ports.
func (s *Scanner) split(name string) (hostName, bool) {
	for at := 0; ; {
		i := strings.Index(name[at:], ".svc")
		if i < 0 {
			return hostName{}, false
		}
		at += i
		rest := name[at+len(".svc"):]
		if rest == "" || rest[0] == '.' && slices.Contains(s.domains, rest[1:]) {
			return splitBefore(name[:at], strings.TrimPrefix(rest, "."))
		}
		at += len(".svc")
	}
}

func splitBefore(labels, domain string) (hostName, bool) {
	h := hostName{form: Svc, domain: domain}
	if labels == "" {
		return h, false
	}
	if domain != "" {
		h.form = Full
	}
	h.prefix, h.name, h.namespace = cutService(labels)
	if labels[0] == '.' || strings.Contains(labels, "..") {
		return h, false
	}
	return h, label(h.namespace) && (h.name == "" || label(h.name))
}

// cutService splits [prefix.][name.]namespace.
func cutService(labels string) (prefix, name, namespace string) {
	i := strings.LastIndexByte(labels, '.')
	if i < 0 {
		return "", "", labels
	}
	namespace, labels = labels[i+1:], labels[:i]
	i = strings.LastIndexByte(labels, '.')
	return labels[:i+1], labels[i+1:], namespace
}

// label reports whether a word is a DNS label in lower case (RFC 1123).
func label(word string) bool {
	if word == "" || len(word) > 63 || word[0] == '-' || word[len(word)-1] == '-' {
		return false
	}
	for i := range len(word) {
		if c := word[i]; c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// qualified looks at a word with dots in it.
func (t *text) qualified(start, end int, dot bool) {
	word := fold(t.s[start:end])
	prefix := ""
	if word[0] == '.' {
		word, prefix = word[1:], "."
		switch t.at(start - 1) {
		case '*':
			start--
			prefix = "*."
		case '}', ')':
		default: // .namespace.svc of a NO_PROXY
			start++
			prefix = ""
		}
	}
	h, ok := t.scanner.split(word)
	if !ok {
		h, ok = t.namespaced(word, prefix)
	}
	if !ok || h.prefix == "" && h.name == "" && h.namespace == "" {
		return
	}
	if h.name == "" {
		t.zone(start+len(prefix), h)
		return
	}
	h.prefix = prefix + h.prefix
	h.dot = dot && h.form == Full
	if h.dot {
		end++
	}
	t.named(start, end, h)
}

// namespaced takes apart svc.ns where that is a Service, and the names of a
// Service's pods and ports as they are written in its own namespace: both could
// be any public name otherwise.
func (t *text) namespaced(word, before string) (hostName, bool) {
	prefix, name, last := cutService(word)
	services := t.scanner.services
	if services.namespaces[last] && services.find(last, name) != nil {
		return hostName{prefix: prefix, name: name, namespace: last, form: Namespace}, true
	}
	if services.find(t.own(), last) == nil {
		return hostName{}, false
	}
	prefix += name
	if prefix == "" && before == "" {
		return hostName{}, false
	}
	if before == "" && !strings.HasPrefix(prefix, "_") && !ordinal(prefix, last) {
		return hostName{}, false
	}
	if prefix != "" {
		prefix += "."
	}
	return hostName{prefix: prefix, name: last, namespace: t.own(), form: Short}, true
}

// ordinal reports whether a word names a pod of a StatefulSet: name-0.
func ordinal(pod, service string) bool {
	i := strings.LastIndexByte(pod, '-')
	return i > 0 && i+1 < len(pod) && numeric(pod[i+1:]) && !strings.Contains(pod, ".") &&
		(strings.HasPrefix(pod, service) || strings.HasPrefix(service, pod[:i]))
}

// zone records the namespace of a whole zone: a search domain, NO_PROXY, or a
// host whose first labels are wildcards.
func (t *text) zone(start int, h hostName) {
	if h.form == Full || t.scanner.services.namespaces[h.namespace] {
		t.namespaceAt(h.namespace, start, Certain)
		t.found[len(t.found)-1].Base64 = t.base64
	}
}

// named records a host name that says which Service it is.
func (t *text) named(start, end int, h hostName) {
	scheme, inURL := t.authority(start)
	if inURL && t.userinfo(end) {
		return
	}
	if h.form == Namespace && !inURL && (t.at(start-1) == '/' || t.at(start-1) == '\\') {
		return // the name of a file
	}
	found := t.scanner.services.find(h.namespace, h.name) != nil
	if !found && h.name == "kubernetes" && h.namespace == "default" {
		return // the API server, in every cluster
	}
	port, _ := t.portAfter(end)
	r := Reference{
		Start: start, End: end, Form: h.form, Known: found, Prefix: h.prefix, Dot: h.dot, Domain: h.domain,
		Scheme: scheme, Port: port,
		Target: manifest.ID{Kind: "Service", Namespace: h.namespace, Name: h.name},
	}
	t.emit(r)
}

// emit records a reference to a Service in the text.
func (t *text) emit(r Reference) {
	r.Refers, r.Base64 = ToService, t.base64
	if r.Port == "" {
		r.Port = t.port
	}
	t.add(r)
}

// portAfter returns the port that is written behind a host. A port that is put
// in at run time makes the host certain too.
func (t *text) portAfter(end int) (port string, runtime bool) {
	if t.at(end) != ':' {
		return "", false
	}
	i := end + 1
	if c := t.at(i); c == '$' || c == '%' || c == '{' && t.at(i+1) == '{' {
		return "", true
	}
	for i < len(t.s) && t.s[i] >= '0' && t.s[i] <= '9' {
		i++
	}
	sentence := t.at(i) == '.' && !hostByte(t.at(i+1))
	sid := t.at(i) == ':' && t.oracle(end) // host:port:sid
	if i == end+1 || i > end+6 || t.at(i) == ':' && !sid || hostByte(t.at(i)) && !sentence {
		return "", false
	}
	return t.s[end+1 : i], false
}
