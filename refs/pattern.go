package refs

import (
	"fmt"
	"slices"
	"strings"
)

// wildcard is the element of a pattern that stands for any key or index.
const wildcard = "*"

// parsePattern splits a path pattern into its elements. Keys are separated by
// dots, [*] and * stand for any index or key, and a key that itself has dots is
// quoted as manifest.Path.String writes it: metadata.annotations["example.com/url"].
func parsePattern(pattern string) ([]string, error) {
	var elems []string
	rest := pattern
	for rest != "" {
		elem, tail, err := cutElement(rest)
		if err != nil {
			return nil, fmt.Errorf("path %q: %w", pattern, err)
		}
		elems = append(elems, elem)
		rest = tail
	}
	if slices.Contains(elems, "") || len(elems) == 0 {
		return nil, fmt.Errorf("path %q has an empty element", pattern)
	}
	return elems, nil
}

func cutElement(s string) (elem, rest string, err error) {
	switch {
	case strings.HasPrefix(s, "[*]"):
		elem, rest = wildcard, s[len("[*]"):]
	case strings.HasPrefix(s, `["`):
		var closed bool
		if elem, rest, closed = strings.Cut(s[len(`["`):], `"]`); !closed {
			return "", "", fmt.Errorf(`["%s has no end`, elem)
		}
	case strings.HasPrefix(s, "["):
		return "", "", fmt.Errorf(`%s: write [*] for the items of a list and ["key"] for a key with dots`, s)
	default:
		end := strings.IndexAny(s, ".[")
		if end < 0 {
			return s, "", nil
		}
		elem, rest = s[:end], s[end:]
	}
	if after, ok := strings.CutPrefix(rest, "."); ok {
		if after == "" {
			return "", "", fmt.Errorf("ends in a dot")
		}
		return elem, after, nil
	}
	if rest != "" && rest[0] != '[' {
		return "", "", fmt.Errorf("expected . or [ before %q", rest)
	}
	return elem, rest, nil
}
