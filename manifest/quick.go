package manifest

// quick reads the plain subset of YAML that nearly all manifests are written in,
// ten times as fast as the library: block collections, flow collections on one
// line, scalars on one line and literal blocks, in ASCII. It gives up on
// everything else, errors too, and the library reads the document instead. What
// it does read has the tree, span by span, that [convert] makes of the library's
// nodes.
type quick struct {
	text string
	at   int // the first character of the line that is not read yet
	col  int // its column, -1 at the end of the text
	bad  bool

	depth int
	slab  *slab
	stack []*Node // the children of the collections that are being read
}

// maxQuick bounds recursion, well below what the library takes.
const maxQuick = 50

// readQuick returns the tree of a document, nil when it is not plain enough.
func readQuick(text string, s *slab) *Node {
	if !isPlainText(text) {
		return nil
	}
	q := quick{text: text, slab: s, stack: s.stack[:0]}
	q.skipLines(0)
	var root *Node
	if q.col == 0 {
		root = q.block()
	}
	s.stack = q.stack[:0]
	if q.bad || q.col >= 0 {
		return nil
	}
	return root
}

// isPlainText reports whether a text consists of printable ASCII and line feeds.
func isPlainText(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\n' || c > '~' {
			return false
		}
	}
	return true
}

// fail gives up. It returns nil, so that a reader can return it.
func (q *quick) fail() *Node {
	q.bad = true
	return nil
}

// skipLines goes to the next line with content at or behind the start of a line.
func (q *quick) skipLines(at int) {
	for at < len(q.text) {
		start := at
		for at < len(q.text) && q.text[at] == ' ' {
			at++
		}
		if at < len(q.text) && q.text[at] != '\n' && q.text[at] != '#' {
			q.at, q.col = at, at-start
			return
		}
		at = q.lineAfter(at)
	}
	q.at, q.col = len(q.text), -1
}

// lineAfter returns the start of the next line.
func (q *quick) lineAfter(at int) int {
	for at < len(q.text) {
		at++
		if q.text[at-1] == '\n' {
			break
		}
	}
	return at
}

// ends reports whether an offset is at a blank, a line break or the end.
func (q *quick) ends(at int) bool {
	return at == len(q.text) || q.text[at] == ' ' || q.text[at] == '\n'
}

// blanks passes spaces.
func (q *quick) blanks(at int) int {
	for at < len(q.text) && q.text[at] == ' ' {
		at++
	}
	return at
}

// endsLine reports whether nothing but a comment follows on a line, where what
// comes before ends at an offset. It returns where the next line starts.
func (q *quick) endsLine(at int) (int, bool) {
	next := q.blanks(at)
	switch {
	case next == len(q.text):
		return next, true
	case q.text[next] == '\n':
		return next + 1, true
	case q.text[next] == '#' && next > at:
		return q.lineAfter(next), true
	}
	return next, false
}

// block reads the block collection that starts where the reader is.
func (q *quick) block() *Node {
	if q.depth++; q.depth > maxQuick {
		return q.fail()
	}
	defer func() { q.depth-- }()
	if q.text[q.at] == '-' && q.ends(q.at+1) {
		return q.sequence()
	}
	return q.mapping()
}

// sequence reads a block sequence.
func (q *quick) sequence() *Node {
	n := q.slab.node(Node{kind: Sequence, style: Block, start: uint32(q.at)})
	col, from := q.col, len(q.stack)
	var item *Node
	for q.col == col && q.text[q.at] == '-' && q.ends(q.at+1) {
		if item = q.item(col); q.bad {
			return nil
		}
		q.stack = append(q.stack, item)
	}
	if q.col > col {
		return q.fail()
	}
	return q.close(n, from, item.end)
}

// close gives a collection the children that were read since.
func (q *quick) close(n *Node, from int, end uint32) *Node {
	n.content = q.slab.children(q.stack[from:])
	q.stack = q.stack[:from]
	n.end = end
	return n
}

// item reads an item behind its dash.
func (q *quick) item(col int) *Node {
	at := q.blanks(q.at + 1)
	if next, ended := q.endsLine(at); ended || q.text[at] == '#' {
		q.skipLines(next)
		if q.col <= col {
			return q.fail() // nothing there
		}
		return q.block()
	}
	if q.text[at] == '-' && q.ends(at+1) || q.isKey(at) {
		q.col += at - q.at
		q.at = at
		return q.block()
	}
	return q.value(at, col)
}

// isKey reports whether the key of an entry starts at an offset.
func (q *quick) isKey(at int) bool {
	_, end, ok := q.keyText(at)
	return ok && end < len(q.text) && q.text[end] == ':' && q.ends(end+1)
}

// mapping reads a block mapping.
func (q *quick) mapping() *Node {
	n := q.slab.node(Node{kind: Mapping, style: Block, start: uint32(q.at)})
	col, from := q.col, len(q.stack)
	var value *Node
	for q.col == col {
		key := q.key(q.at)
		if key == nil || q.text[key.end] != ':' || !q.ends(int(key.end)+1) || q.repeats(from, key.value) {
			return q.fail()
		}
		q.stack = append(q.stack, key)
		if value = q.entry(int(key.end)+1, col); q.bad {
			return nil
		}
		q.stack = append(q.stack, value)
	}
	if q.col > col {
		return q.fail()
	}
	return q.close(n, from, value.end)
}

// entry reads the value of an entry from behind its colon.
func (q *quick) entry(colon, col int) *Node {
	at := q.blanks(colon)
	if next, ended := q.endsLine(at); !ended && q.text[at] != '#' {
		return q.value(at, col)
	} else if ended {
		q.skipLines(next)
	} else {
		q.skipLines(q.lineAfter(at))
	}
	switch {
	case q.col > col, q.col == col && q.text[q.at] == '-' && q.ends(q.at+1):
		return q.nested(col)
	}
	return q.slab.node(Node{kind: Scalar, tag: NullTag, style: Plain, start: uint32(colon), end: uint32(colon)})
}

// nested reads the collection that is the value of an entry and starts on a
// line below it. A sequence may start in the column of the key.
func (q *quick) nested(col int) *Node {
	n := q.block()
	if q.bad || q.col > col {
		return q.fail()
	}
	return n
}

// repeats reports whether a mapping has a key already: the library says where.
func (q *quick) repeats(from int, key string) bool {
	content := q.stack[from:]
	if len(content) > 1024 {
		return true // too many to compare with each
	}
	for i := 0; i < len(content); i += 2 {
		if content[i].value == key {
			return true
		}
	}
	return false
}
