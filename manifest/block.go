package manifest

// blockScalar is where the parts of a literal or folded scalar are.
type blockScalar struct {
	header int  // end of the header's indicators
	body   int  // start of the first line below the header
	end    int  // end of the last line that belongs to the value, before its break
	indent int  // columns that are indentation
	fixed  bool // the header says how many
	chomp  byte // '-', '+' or 0
}

// scanBlock finds the parts of a block scalar that starts at an offset, within
// a block collection at a column (-1 at the root).
func scanBlock(text string, at, parent int) blockScalar {
	b := blockScalar{header: at + 1}
	for ; b.header < len(text); b.header++ {
		ch := text[b.header]
		if ch == '-' || ch == '+' {
			b.chomp = ch
		} else if ch >= '1' && ch <= '9' {
			b.indent, b.fixed = max(parent, 0)+int(ch-'0'), true
		} else {
			break
		}
	}
	b.body = nextLine(text, b.header)
	b.end = b.header
	if !b.fixed {
		b.indent = max(leadingIndent(text, b.body), parent+1, 1)
	}
	b.scanLines(text)
	return b
}

// leadingIndent returns the indentation that the first line with content
// shows, or a longer blank line above it.
func leadingIndent(text string, at int) int {
	deepest := 0
	for at < len(text) {
		col := spaces(text[at:])
		deepest = max(deepest, col)
		n := breakAt(text[at+col:])
		if n == 0 {
			break
		}
		at += col + n
	}
	return deepest
}

// scanLines finds the end of the lines that belong to the scalar.
func (b *blockScalar) scanLines(text string) {
	for at := b.body; at < len(text); {
		col := min(spaces(text[at:]), b.indent)
		blank := breakAt(text[at+col:]) > 0
		if !blank && (col < b.indent || at+col == len(text)) {
			break
		}
		next := nextLine(text, at)
		switch {
		case b.chomp == '+':
			b.end = next
		case !blank:
			b.end = lineEnd(text, at)
		}
		at = next
	}
}

// spaces returns the number of spaces that s starts with.
func spaces(s string) int {
	for i := range len(s) {
		if s[i] != ' ' {
			return i
		}
	}
	return len(s)
}
