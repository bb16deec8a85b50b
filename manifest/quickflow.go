package manifest

// flow reads a flow collection on one line, of plain and quoted scalars and of
// such collections.
func (q *quick) flow(at int) *Node {
	if q.depth++; q.depth > maxQuick {
		return q.fail()
	}
	defer func() { q.depth-- }()
	n := q.slab.node(Node{kind: Mapping, style: Flow, start: uint32(at)})
	closing := byte('}')
	if q.text[at] == '[' {
		n.kind, closing = Sequence, ']'
	}
	from := len(q.stack)
	at = q.blanks(at + 1)
	for at < len(q.text) && q.text[at] != closing {
		if n.kind == Mapping {
			at = q.flowKey(at, from)
		}
		if at = q.flowValue(at); q.bad {
			return nil
		}
		if at = q.blanks(at); at < len(q.text) && q.text[at] == ',' {
			if at = q.blanks(at + 1); at < len(q.text) && q.text[at] == closing {
				return q.fail()
			}
		} else if at < len(q.text) && q.text[at] != closing {
			return q.fail()
		}
	}
	if at >= len(q.text) {
		return q.fail()
	}
	return q.close(n, from, uint32(at+1))
}

// flowKey reads the key of an entry and returns where its value starts.
func (q *quick) flowKey(at, from int) int {
	key := q.key(at)
	if key == nil || q.text[key.end] != ':' || q.repeats(from, key.value) {
		q.bad = true
		return at
	}
	q.stack = append(q.stack, key)
	at = int(key.end) + 1
	if at >= len(q.text) || q.text[at] != ' ' {
		q.bad = true
		return at
	}
	return q.blanks(at)
}

// flowValue reads a value and returns where it ends.
func (q *quick) flowValue(at int) int {
	if q.bad || at >= len(q.text) {
		q.bad = true
		return at
	}
	var n *Node
	switch q.text[at] {
	case '{', '[':
		n = q.flow(at)
	case '"', '\'':
		n = q.quotedScalar(at)
	default:
		n = q.flowPlain(at)
	}
	if q.bad {
		return at
	}
	q.stack = append(q.stack, n)
	return int(n.end)
}

// flowPlain reads a scalar without quotes and blanks.
func (q *quick) flowPlain(at int) *Node {
	end := at
	for end < len(q.text) && (isKeyByte(q.text[end]) || q.text[end] == ':' && end > at) {
		end++
	}
	if end == at || q.text[end-1] == ':' || q.text[at] == '-' {
		return q.fail()
	}
	return q.scalar(at, end)
}
