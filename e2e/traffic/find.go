package traffic

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// ErrNotNamed says that a program's configuration has none of the spellings of
// what it is to call.
var ErrNotNamed = errors.New("the configuration does not name the callee")

// Target is an address as the configuration has it.
type Target struct {
	Host string
	Port int32
}

// String returns host:port.
func (t Target) String() string { return net.JoinHostPort(t.Host, strconv.Itoa(int(t.Port))) }

// Find returns the address that this process's configuration has for an edge.
func (e *Edge) Find() (Target, error) {
	if len(e.From) == 0 && len(e.Hosts) > 0 {
		return Target{e.Hosts[0], e.Port}, nil
	}
	for _, p := range e.From {
		text, err := p.read()
		if err != nil {
			return Target{}, err
		}
		if t, ok := e.in(text); ok {
			return t, nil
		}
	}
	return Target{}, fmt.Errorf("%w: %v has none of %s", ErrNotNamed, e.From, strings.Join(e.Hosts, ", "))
}

// read returns the text at a place, empty where there is none.
func (p Place) read() (string, error) {
	if p.File == "" {
		return os.Getenv(p.Env), nil
	}
	data, err := os.ReadFile(p.File)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil // a ConfigMap without the key
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNotNamed, err)
	}
	return string(data), nil
}

// in finds the address in a text: the longest spelling that stands there as a
// word of its own, so that cart.shop is not read as cart.
func (e *Edge) in(text string) (Target, bool) {
	if len(e.Hosts) == 0 {
		return whole(text, e.Port)
	}
	var best Target
	for _, host := range e.Hosts {
		if at := indexWord(text, host); at >= 0 && len(host) > len(best.Host) {
			best = Target{host, portAfter(text[at+len(host):], e.Port)}
		}
	}
	return best, best.Host != ""
}

// whole reads a text that is one address: a URL, host:port, or a host.
func whole(text string, port int32) (Target, bool) {
	text = strings.TrimSpace(text)
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		text = u.Host
	}
	host, digits, err := net.SplitHostPort(text)
	if err != nil {
		return Target{text, port}, text != ""
	}
	return Target{host, portAfter(":"+digits, port)}, host != ""
}

// indexWord returns where a host stands in a text between characters that no
// host name has, -1 when nowhere.
func indexWord(text, host string) int {
	for from := 0; ; {
		at := strings.Index(text[from:], host)
		if at < 0 {
			return -1
		}
		at += from
		if !ofName(text, at-1) && !ofName(text, at+len(host)) {
			return at
		}
		from = at + 1
	}
}

// ofName reports whether the byte at an index belongs to a host name. A dot that
// ends a name, as that of a sentence or of an absolute name, does not.
func ofName(text string, at int) bool {
	if at < 0 || at >= len(text) {
		return false
	}
	c := text[at]
	if c == '.' {
		return at+1 < len(text) && ofName(text, at+1)
	}
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// portAfter reads the port that follows a host.
func portAfter(text string, otherwise int32) int32 {
	text = strings.TrimPrefix(text, ".")
	if !strings.HasPrefix(text, ":") {
		return otherwise
	}
	end := 1
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	if n, err := strconv.ParseUint(text[1:end], 10, 16); err == nil {
		return int32(n)
	}
	return otherwise
}
