package manifest

import (
	"strconv"
	"strings"
)

// Path leads from the root of an object to one of its nodes: a key for each
// mapping, a decimal index for each sequence.
type Path []string

// P is short for a literal [Path].
func P(elems ...string) Path { return elems }

// Join returns the path extended by elements; the receiver is not changed.
func (p Path) Join(elems ...string) Path {
	out := make(Path, 0, len(p)+len(elems))
	return append(append(out, p...), elems...)
}

// Index returns the path extended by a position in a sequence.
func (p Path) Index(i int) Path { return p.Join(strconv.Itoa(i)) }

// String returns the path as kubectl explain and error messages write it:
// spec.containers[0].image.
func (p Path) String() string {
	var b strings.Builder
	for i, e := range p {
		switch {
		case isIndex(e) && i > 0:
			b.WriteByte('[')
			b.WriteString(e)
			b.WriteByte(']')
		case strings.ContainsAny(e, "./[]"):
			b.WriteString(`["`)
			b.WriteString(e)
			b.WriteString(`"]`)
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(e)
		}
	}
	return b.String()
}

// Pointer returns the path as a JSON Pointer (RFC 6901), as used in JSON
// patches (RFC 6902).
func (p Path) Pointer() string {
	var b strings.Builder
	for _, e := range p {
		b.WriteByte('/')
		b.WriteString(pointerEscaper.Replace(e))
	}
	return b.String()
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

func isIndex(e string) bool {
	if e == "" {
		return false
	}
	for i := range len(e) {
		if e[i] < '0' || e[i] > '9' {
			return false
		}
	}
	return true
}
