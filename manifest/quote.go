package manifest

import (
	"strings"
	"unicode/utf8"
)

// plainSafe reports whether a string can be written without quotes, on one line
// and within a flow collection or not, so that every YAML reader (1.1 and 1.2)
// gets the same string back.
func plainSafe(s string, flow bool) bool {
	if s == "" || !plainStart(s) || strings.HasSuffix(s, ":") || strings.HasSuffix(s, " ") {
		return false
	}
	for i, r := range s {
		switch {
		case r == '\t' || !printable(r):
			return false
		case r == '#' && s[i-1] == ' ', r == ':' && s[i+1] == ' ':
			return false
		case flow && strings.ContainsRune(",[]{}?", r):
			return false
		}
	}
	return !ambiguous(s)
}

// plainStart reports whether a plain scalar may start as s does.
func plainStart(s string) bool {
	switch s[0] {
	case ' ', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', ',', '[', ']', '{', '}', '?', ':', '=':
		return false
	case '-':
		return len(s) > 1 && s[1] != ' ' && s[1] != '-'
	case '.':
		return !strings.HasPrefix(s, "...")
	}
	return true
}

// ambiguous reports whether some YAML reader takes a plain s for something else
// than a string.
func ambiguous(s string) bool {
	tag, _, err := resolvePlain(s)
	return err != nil || tag != StrTag || isTimestamp(s) || isSexagesimal(s) || s == "<<"
}

// isSexagesimal reports whether YAML 1.1 reads s as a number of base 60, as
// ports are written in 22:22.
func isSexagesimal(s string) bool {
	s = strings.TrimLeft(s, "+-")
	if !strings.Contains(s, ":") {
		return false
	}
	for _, part := range strings.Split(s, ":") {
		if strings.Trim(part, "0123456789_.") != "" {
			return false
		}
	}
	return digits(s) > 0
}

// printable reports whether a character may be written as it is in YAML. The
// line separators are left out: they are line breaks in YAML 1.1.
func printable(r rune) bool {
	switch {
	case r == '\t', r >= ' ' && r <= '~':
		return true
	case r < 0xA0, r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return true
}

// allPrintable reports whether all characters of a string are, line feeds aside.
func allPrintable(s string) bool {
	for _, r := range s {
		if r != '\n' && !printable(r) {
			return false
		}
	}
	return true
}

// AppendString appends a string as a scalar of YAML on one line, in quotes where
// it needs them.
func AppendString(dst []byte, s string) []byte { return appendInline(dst, s, false) }

// appendInline appends a string on one line: plain where that is safe, in
// double quotes where it would be read as another type, else in single quotes
// where those can hold it.
func appendInline(dst []byte, s string, flow bool) []byte {
	switch {
	case plainSafe(s, flow):
		return append(dst, s...)
	case s == "" || ambiguous(s) || strings.ContainsAny(s, "\n\t") || !allPrintable(s):
		return appendDoubleQuoted(dst, s)
	}
	return appendSingleQuoted(dst, s)
}

// singleQuotable reports whether single quotes on one line can hold a string.
func singleQuotable(s string) bool {
	return !strings.ContainsAny(s, "\n\t") && allPrintable(s)
}

func appendSingleQuoted(dst []byte, s string) []byte {
	dst = append(dst, '\'')
	for i := range len(s) {
		if s[i] == '\'' {
			dst = append(dst, '\'')
		}
		dst = append(dst, s[i])
	}
	return append(dst, '\'')
}

// appendDoubleQuoted appends a string in double quotes, with escapes that JSON
// has too.
func appendDoubleQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case !printable(r):
			dst = appendEscape(dst, r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

// appendEscape appends \uXXXX. All that is not printable is below U+10000.
func appendEscape(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// literalFits reports whether a string can be written as a literal block that
// any reader gives back as it was and that ends the line it ends on.
func literalFits(s string) bool {
	if !strings.Contains(s, "\n") || strings.HasSuffix(s, "\n\n") || !allPrintable(s) {
		return false
	}
	content := strings.TrimLeft(s, "\n")
	if content == "" {
		return false
	}
	for l := range strings.Lines(s) {
		if l != "\n" && isBlank(l) {
			return false
		}
	}
	return true
}

// needsIndicator reports whether a literal block must say how deep it is
// indented, because its first line starts with white space.
func needsIndicator(s string) bool {
	s = strings.TrimLeft(s, "\n")
	return s != "" && (s[0] == ' ' || s[0] == '\t')
}
