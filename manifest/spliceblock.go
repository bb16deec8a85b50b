package manifest

import (
	"cmp"
	"slices"
)

// mapping writes the differences of two block mappings that have a key in
// common.
func (s *splicer) mapping(old, is *Node) {
	indent := column(s.text, int(old.start))
	units := make([]unit, 0, old.Len())
	for i := 0; i < len(old.content); i += 2 {
		key, value := old.content[i], old.content[i+1]
		units = append(units, unit{int(key.start), int(value.end), is.findKey(key.value, i) >= 0})
	}
	added := additions(old, is)
	slices.SortStableFunc(added, func(a, b addition) int { return cmp.Compare(a.after, b.after) })
	for i, u := range units {
		if u.start < s.at {
			continue // left out together with the one before
		}
		if !u.kept {
			s.drop(units, i, indent)
			continue
		}
		key := old.content[2*i]
		now := is.content[is.findKey(key.value, 2*i)]
		s.node(old.content[2*i+1], now, spot{indent: indent, colon: s.colon(int(key.end))})
		for len(added) > 0 && added[0].after == 2*i+1 {
			s.addEntry(u.end, is, added[0].key, indent)
			added = added[1:]
		}
	}
}

// colon returns the offset behind the colon of a key.
func (s *splicer) colon(keyEnd int) int { return skipBlank(s.text, keyEnd) + 1 }

// addEntry writes an entry on a line of its own behind one that ends at an
// offset.
func (s *splicer) addEntry(end int, is *Node, key, indent int) {
	s.copyTo(lineAfter(s.text, end))
	s.startLine()
	s.dst = appendSpaces(s.dst, indent)
	s.print(indent, func(p *printer) { p.entry(is.content[key].value, is.content[key+1], indent) })
	s.dst = append(s.dst, s.eol...)
}

// sequence writes the differences of two block sequences.
func (s *splicer) sequence(old, is *Node) {
	indent := column(s.text, int(old.start))
	pairs := align(old.content, is.content)
	units := make([]unit, 0, old.Len())
	at := int(old.start)
	for _, p := range pairs {
		if p.old >= 0 {
			at = skipSpace(s.text, at)
			item := old.content[p.old]
			units = append(units, unit{at, int(item.end), p.new >= 0})
			at = int(item.end)
		}
	}
	last := -1
	for _, p := range pairs {
		switch {
		case p.old < 0:
			s.addItem(units, last, is.content[p.new], indent)
		case units[p.old].start < s.at && units[p.old].end <= s.at:
		case p.new < 0:
			s.drop(units, p.old, indent)
		default:
			s.node(old.content[p.old], is.content[p.new], spot{indent: indent, colon: -1})
			last = p.old
		}
	}
}

// addItem writes an item behind a unit, or before the first.
func (s *splicer) addItem(units []unit, after int, item *Node, indent int) {
	if after < 0 {
		s.copyTo(firstKept(units))
		s.print(indent, func(p *printer) { p.noLiteral = false; p.item(item, indent) })
		s.dst = appendSpaces(append(s.dst, s.eol...), indent)
		return
	}
	s.copyTo(lineAfter(s.text, units[after].end))
	s.startLine()
	s.dst = appendSpaces(s.dst, indent)
	s.print(indent, func(p *printer) { p.item(item, indent) })
	s.dst = append(s.dst, s.eol...)
}

func firstKept(units []unit) int {
	for _, u := range units {
		if u.kept {
			return u.start
		}
	}
	return 0
}

func appendSpaces(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, ' ')
	}
	return dst
}

// replace writes a node in the place of one that has nothing in common with it.
func (s *splicer) replace(old, is *Node, p spot) {
	switch {
	case p.flow || old.style == Flow && old.Len() > 0 && is.Len() > 0:
		s.inPlace(old, func(pr *printer) {
			pr.dst = appendFlow(pr.dst, is, flowStyle{json: p.json || quotesAll(old), within: true})
		}, p.indent)
	case p.colon < 0:
		s.replaceItem(old, is, p)
	case is.Len() > 0:
		s.replaceByBlock(old, is, p)
	case old.kind != Scalar && !s.sameLine(p.colon, int(old.start)):
		s.copyTo(p.colon)
		s.dst = appendFlow(append(s.dst, ' '), is, flowStyle{})
		s.copyTo(lineStart(s.text, int(old.start)))
		s.skipTo(lineAfter(s.text, int(old.end)))
	default:
		s.inPlace(old, func(pr *printer) {
			pr.noLiteral = pr.noLiteral || !s.sameLine(p.colon, int(old.start))
			pr.inline(is, p.indent)
		}, p.indent)
	}
}

// inPlace prints in the place of an old value.
func (s *splicer) inPlace(old *Node, to func(*printer), indent int) {
	s.copyTo(int(old.start))
	s.skipTo(int(old.end))
	if old.start == old.end {
		s.dst = append(s.dst, ' ')
	}
	s.print(indent, to)
	s.endValue()
}

// replaceItem writes an item of a block sequence in the place of another.
func (s *splicer) replaceItem(old, is *Node, p spot) {
	indent := p.indent + 2
	if old.start < old.end {
		indent = column(s.text, int(old.start))
	}
	s.inPlace(old, func(pr *printer) {
		if is.Len() == 0 {
			pr.inline(is, p.indent)
			return
		}
		pr.collection(is, indent)
	}, p.indent)
}

// replaceByBlock writes a block collection as the value of a key.
func (s *splicer) replaceByBlock(old, is *Node, p spot) {
	indent := p.indent
	if is.kind == Mapping {
		indent += 2
	}
	if s.sameLine(p.colon, int(old.start)) {
		s.copyTo(p.colon)
		s.skipTo(int(old.end))
		rest := lineEnd(s.text, int(old.end))
		if s.at > 0 && s.text[s.at-1] != '\n' {
			if isBlank(s.text[s.at:rest]) {
				s.skipTo(rest)
			}
			s.copyTo(rest)
		}
		s.print(p.indent, func(pr *printer) { pr.newLine(indent); pr.collection(is, indent) })
		s.endValue()
		return
	}
	if was := column(s.text, int(old.start)); was > p.indent {
		indent = was
	}
	s.copyTo(lineStart(s.text, int(old.start)))
	s.skipTo(int(old.end))
	s.dst = appendSpaces(s.dst, indent)
	s.print(p.indent, func(pr *printer) { pr.collection(is, indent) })
	s.endValue()
}

func (s *splicer) sameLine(a, b int) bool { return nextBreak(s.text[a:max(a, b)]) < 0 }
