package refs

import (
	"slices"
	"strings"
)

// reach is how far back a text is searched for what a word belongs to.
const reach = 512

// authority returns the scheme of the URL in whose authority a position is,
// and whether there is one: behind scheme://, behind the user before an @, or
// behind the other hosts of a list.
func (t *text) authority(at int) (scheme string, ok bool) {
	if at == 0 {
		return "", false
	}
	if t.s[at-1] == ',' {
		at = t.listStart(at)
	}
	switch t.at(at - 1) {
	case '/':
		if strings.HasSuffix(t.s[:at], ":///") { // dns:///host, with no server named
			return t.scheme(at - 3)
		}
		if t.s[:at] == "//" { // a URL that takes over the scheme
			return "", true
		}
		if at >= 2 && t.s[at-2] == '/' {
			return t.scheme(at - 2)
		}
		if strings.HasSuffix(t.s[:at], `:\/\/`) { // as some write JSON
			return t.scheme(at - 4)
		}
	case '@':
		if slashes := t.credentials(at - 1); slashes > 0 {
			return t.scheme(slashes)
		}
		if t.oracle(at) {
			return "jdbc:oracle:thin", true
		}
	}
	return "", false
}

// credentials returns where the // stands before the user that ends at an @,
// -1 when none does.
func (t *text) credentials(at int) int {
	from := max(0, at-reach)
	i := strings.LastIndex(t.s[from:at], "://")
	if i < 0 || strings.ContainsAny(t.s[from+i+3:at], " \t\n\"'`/") {
		return -1
	}
	return from + i + 1
}

// oracle reports whether a position is in a URL of Oracle's thin driver, in which
// the host stands behind an @ and the user, when there is one, before it.
func (t *text) oracle(at int) bool {
	from := max(0, at-reach)
	i := strings.LastIndex(t.s[from:at], "jdbc:oracle:thin:")
	return i >= 0 && !strings.ContainsAny(t.s[from+i:at], " \t\n\"'`,")
}

// scheme returns the scheme that ends with a colon before the slashes of a URL.
// In jdbc:oracle:thin:@//host the slashes stand behind an @.
func (t *text) scheme(slashes int) (string, bool) {
	end := slashes
	if t.at(end-1) == '@' {
		if t.oracle(end) {
			return "jdbc:oracle:thin", true
		}
		end--
		if hostByte(t.at(end - 1)) { // user/password@//host, as Oracle's tools write it
			return "", true
		}
	}
	if t.at(end-1) != ':' {
		return "", false
	}
	end--
	if t.at(end-1) == '\\' { // as java.util.Properties writes it
		end--
	}
	i := end
	for i > 0 && end-i < 64 && (hostByte(t.s[i-1]) || t.s[i-1] == '+' || t.s[i-1] == ':') {
		i--
	}
	scheme := t.s[i:end]
	if jdbc := strings.Index(scheme, "jdbc:"); jdbc >= 0 {
		return scheme[jdbc:], true
	}
	scheme = strings.TrimLeft(scheme[strings.LastIndexByte(scheme, ':')+1:], "-._0123456789")
	return scheme, scheme != ""
}

// upstream reports whether nginx finds a name in the text itself: a group of
// servers that is called like a Service.
func (t *text) upstream(word string) bool {
	if t.lines && t.upstreams == nil {
		t.upstreams = upstreams(t.s)
	}
	return slices.Contains(t.upstreams, word)
}

// upstreams returns the names of the groups of servers in nginx's configuration.
func upstreams(s string) []string {
	names := []string{}
	for line := range strings.Lines(s) {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "upstream "); ok {
			names = append(names, strings.TrimRight(strings.TrimSpace(rest), " {"))
		}
	}
	return names
}

// userinfo reports whether a word that ends at a position of a URL's authority
// belongs to the user and the password before the host.
func (t *text) userinfo(end int) bool {
	for i := end; i < min(len(t.s), end+reach); i++ {
		switch t.s[i] {
		case '@':
			return true
		case '/', '?', '#', ' ', '\t', '\n', '"', '\'', '`', '<', '>', ',', '|', ')':
			return false
		}
	}
	return false
}

// listStart returns where a list of hosts begins whose next item begins at a
// position: a:1,b:2 or a, b.
func (t *text) listStart(at int) int {
	for from := at; from-at < reach; {
		i := at
		if t.at(i-1) == ' ' && t.at(i-2) == ',' {
			i--
		}
		if i == 0 || !separates(t.s[i-1]) {
			return at
		}
		start := i - 1
		for start > 0 && (hostByte(t.s[start-1]) || t.s[start-1] == ':') {
			start--
		}
		if start == i-1 || !hostPort(t.s[start:i-1]) {
			return at
		}
		at = start
	}
	return at
}

// separates reports whether hosts or names are listed with a character between
// them: the bar stands in regular expressions.
func separates(c byte) bool { return c == ',' || c == '|' }

// listEnd returns where a list of hosts ends that has an item end at a position.
func (t *text) listEnd(at int) int {
	for from := at; at < len(t.s) && at-from < reach && separates(t.s[at]); {
		start := at + 1
		if t.at(start) == ' ' {
			start++
		}
		end := start
		for end < len(t.s) && (hostByte(t.s[end]) || t.s[end] == ':') {
			end++
		}
		if end == start || !hostPort(t.s[start:end]) {
			return at
		}
		at = end
	}
	return at
}

// hostPort reports whether a text is a host with or without a port.
func hostPort(s string) bool {
	host, port, ok := strings.Cut(s, ":")
	return host != "" && (!ok || port != "" && numeric(port))
}

// onNetwork reports whether the URLs of a scheme name hosts. Others name
// buckets, files or entries of a store in the same place.
func onNetwork(scheme string) bool {
	switch strings.ToLower(scheme) {
	case "file", "unix", "s3", "s3a", "s3n", "gs", "gcs", "wasb", "wasbs", "abfs", "abfss", "adl", "data", "classpath", "resource",
		"spiffe", "docker", "docker-pullable", "oci", "containerd", "cri-o", "urn", "azure", "aws", "gce", "secret", "vault",
		"env", "mem", "memory", "pkg", "git", "jar", "npm", "app", "cloudsql", "projects", "arn", "ref+vault", "awssm", "gcpkms", "awskms":
		return false
	}
	return true
}
