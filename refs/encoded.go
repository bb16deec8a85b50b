package refs

import "strings"

// span is a part of a text, in bytes.
type span struct{ start, end int }

// encodedURLs returns the parts of a text that are URLs with their punctuation
// percent-encoded, as they stand in the query of another URL: behind the scheme
// comes %3A%2F%2F (RFC 3986, section 2.1).
func encodedURLs(s string) []span {
	var out []span
	for at := 0; ; {
		i := strings.Index(s[at:], "%2")
		if i < 0 {
			return out
		}
		i += at
		at = i + 1
		if i < 3 || i+6 > len(s) || !strings.EqualFold(s[i-3:i+6], "%3A%2F%2F") {
			continue
		}
		u := span{i - 3, i + 6}
		for u.start > 0 && (hostByte(s[u.start-1]) || s[u.start-1] == '+') {
			u.start--
		}
		for u.end < len(s) && (hostByte(s[u.end]) || escape(s, u.end) >= 0) {
			u.end++
			if s[u.end-1] == '%' {
				u.end += 2
			}
		}
		out = append(out, u)
		at = u.end
	}
}

// escape returns the character that a percent-encoding at a position stands for,
// -1 where there is none.
func escape(s string, at int) int {
	if s[at] != '%' || at+2 >= len(s) {
		return -1
	}
	high, low := hexDigit(s[at+1]), hexDigit(s[at+2])
	if high < 0 || low < 0 {
		return -1
	}
	return high<<4 | low
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// encoded reads a percent-encoded URL as if it were written out. The names of
// hosts are the same in both, so what is found is found in the text itself.
func (t *text) encoded(u span) {
	var plain strings.Builder
	var offsets []int // of each byte of plain, in the text
	for i := u.start; i < u.end; i++ {
		offsets = append(offsets, i)
		if c := escape(t.s, i); c >= 0 {
			plain.WriteByte(byte(c))
			i += 2
		} else {
			plain.WriteByte(t.s[i])
		}
	}
	offsets = append(offsets, u.end)
	before := len(t.found)
	inner := text{walk: t.walk, s: plain.String(), key: t.key, manner: t.manner, base64: t.base64}
	inner.run(0)
	for i := before; i < len(t.found); i++ {
		r := &t.found[i]
		r.Start, r.End = offsets[r.Start], offsets[r.End]
	}
}
