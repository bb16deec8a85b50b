package refs

import "strings"

// fold returns a host name in small letters: DNS does not tell capitals from them
// (RFC 4343). Texts keep theirs; only what is looked up is folded.
func fold(word string) string {
	if !capitals(word) {
		return word
	}
	return strings.ToLower(word)
}

// capitals reports whether a word has capital letters.
func capitals(word string) bool {
	for i := range len(word) {
		if capital(word[i]) {
			return true
		}
	}
	return false
}
