package refs

import "strings"

// hostKey reports whether a key says that its value is a host: one of its words
// does, and the last does not say that it is something else of it (SERVER_PORT,
// SERVICE_ACCOUNT, OTEL_SERVICE_NAME).
func hostKey(key string) bool { return hostWords(key, true) }

// hostKeyStrict is hostKey without the words service and services, which in
// custom resources call fields that hold the name of a Service and nothing else.
func hostKeyStrict(key string) bool { return hostWords(key, false) }

func hostWords(key string, services bool) bool {
	found, host, last := false, false, ""
	var buf [16]byte
	for word := range words(key) {
		w := string(lower(word, &buf))
		found = found || hostWord(w) || services && (w == "service" || w == "services")
		host = host || strings.HasSuffix(w, "host")
		last = w
	}
	if last == "name" || last == "names" {
		return host
	}
	return found && !otherWord(last)
}

// namespaceKey reports whether a key says that its value is a namespace.
func namespaceKey(key string) bool {
	var buf [16]byte
	last := ""
	for word := range words(key) {
		last = string(lower(word, &buf))
	}
	return last == "namespace" || last == "namespaces"
}

// describesItself reports whether a key says that its value is a name, a
// label or the like, and no host: such values often equal the name of a Service.
func describesItself(key string) bool {
	var buf [16]byte
	last, service := "", false
	for word := range words(key) {
		last = string(lower(word, &buf))
		service = service || last == "service" || last == "server" || last == "host"
	}
	return otherWord(last) && !(service && last == "name")
}

// words yields the words of a key: those between other characters than letters
// and digits, and those that begin with a capital behind a small letter.
func words(key string) func(func(string) bool) {
	return func(yield func(string) bool) {
		start := 0
		for i := range len(key) + 1 {
			switch {
			case i < len(key) && alphanumeric(key[i]) && (i == start || !capital(key[i]) || capital(key[i-1])):
				continue
			case i > start && !yield(key[start:i]):
				return
			}
			start = i
			if i < len(key) && !alphanumeric(key[i]) {
				start++
			}
		}
	}
}

func alphanumeric(c byte) bool { return hostByte(c) && c != '-' && c != '.' && c != '_' }

func capital(c byte) bool { return 'A' <= c && c <= 'Z' }

// lower returns the beginning of a word in small letters.
func lower(word string, buf *[16]byte) []byte {
	n := copy(buf[:], word)
	for i := range n {
		if capital(buf[i]) {
			buf[i] += 'a' - 'A'
		}
	}
	return buf[:n]
}

func hostWord(w string) bool {
	switch w {
	case "host", "hosts", "hostname", "hostnames", "addr", "addrs", "address", "addresses", "url", "urls", "uri", "uris",
		"endpoint", "endpoints", "server", "servers", "broker", "brokers", "upstream", "upstreams", "dsn":
		return true
	case "localhost", "vhost", "ghost", "curl":
		return false
	}
	return strings.HasSuffix(w, "host") || strings.HasSuffix(w, "addr") || strings.HasSuffix(w, "url") || strings.HasSuffix(w, "uri")
}

// otherWord reports whether a word, at the end of a key, calls something that
// is no host.
func otherWord(w string) bool {
	switch w {
	case "name", "names", "id", "ids", "app", "image", "label", "labels", "component", "job", "container", "user", "username",
		"account", "accounts", "db", "database", "schema", "topic", "topics", "queue", "group", "role", "password", "passwd", "secret",
		"channel", "table", "index", "prefix", "suffix", "tag", "tags", "kind", "type", "namespace", "namespaces", "path", "file", "dir",
		"level", "mode", "profile", "profiles", "title", "description", "text", "version", "release", "part", "tier", "env",
		"environment", "dbname", "port", "ports", "class", "family", "timeout", "key", "token", "realm", "scope", "audience", "driver", "dialect":
		return true
	}
	return false
}
