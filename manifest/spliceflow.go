package manifest

import (
	"cmp"
	"slices"
)

// flowMapping writes the differences of two flow mappings that have a key in
// common.
func (s *splicer) flowMapping(old, is *Node, p spot) {
	inner := spot{flow: true, json: p.json || quotesAll(old), indent: p.indent}
	units := make([]unit, 0, old.Len())
	for i := 0; i < len(old.content); i += 2 {
		key, value := old.content[i], old.content[i+1]
		units = append(units, unit{int(key.start), int(value.end), is.findKey(key.value, i) >= 0})
	}
	added := additions(old, is)
	slices.SortStableFunc(added, func(a, b addition) int { return cmp.Compare(a.after, b.after) })
	for i, u := range units {
		if !u.kept {
			s.dropFlow(units, i)
			continue
		}
		key, value := old.content[2*i], old.content[2*i+1]
		now := is.content[is.findKey(key.value, 2*i)]
		inner.colon = s.colon(int(key.end))
		s.node(value, now, inner)
		if value == now && value.start == value.end && s.cutsBehind(units, i, added) {
			s.copyTo(u.end)
			s.dst = append(s.dst, " null"...) // {a: ,} can be read, {a:,} not by all
		}
		for len(added) > 0 && added[0].after == 2*i+1 {
			s.separate(u)
			a := added[0].key
			s.dst = appendFlowEntry(s.dst, is.content[a].value, is.content[a+1], inner.style())
			added = added[1:]
		}
	}
}

// style is how nodes at a spot are written on one line.
func (p spot) style() flowStyle { return flowStyle{json: p.json, within: p.flow} }

// cutsBehind reports whether the text right behind a unit changes.
func (s *splicer) cutsBehind(units []unit, i int, added []addition) bool {
	return len(added) > 0 && added[0].after == 2*i+1 || i+1 < len(units) && !units[i+1].kept
}

// flowSequence writes the differences of two flow sequences.
func (s *splicer) flowSequence(old, is *Node, p spot) {
	inner := spot{flow: true, json: p.json || quotesAll(old), indent: p.indent, colon: -1}
	pairs := align(old.content, is.content)
	units := make([]unit, 0, old.Len())
	for _, p := range pairs {
		if p.old >= 0 {
			item := old.content[p.old]
			units = append(units, unit{int(item.start), int(item.end), p.new >= 0})
		}
	}
	last := -1
	for _, p := range pairs {
		switch {
		case p.old < 0 && last < 0:
			s.addFirst(units, is.content[p.new], inner)
		case p.old < 0:
			s.separate(units[last])
			s.dst = appendFlow(s.dst, is.content[p.new], inner.style())
		case p.new < 0:
			s.dropFlow(units, p.old)
		default:
			s.node(old.content[p.old], is.content[p.new], inner)
			last = p.old
		}
	}
}

// dropFlow leaves out a unit with the comma behind it, or before it where it is
// the last.
func (s *splicer) dropFlow(units []unit, i int) {
	for j := i + 1; j < len(units); j++ {
		if units[j].kept {
			s.copyTo(units[i].start)
			s.skipTo(units[i+1].start)
			return
		}
	}
	for j := i - 1; j >= 0; j-- {
		if units[j].kept {
			s.copyTo(units[j].end)
			break
		}
	}
	s.skipTo(units[i].end)
}

// separate starts a new unit behind another: on a line of its own where the
// other one has it.
func (s *splicer) separate(behind unit) {
	s.copyTo(behind.end)
	s.dst = append(s.dst, ',')
	s.gap(behind)
}

func (s *splicer) gap(u unit) {
	if !ownLine(s.text, u.start) {
		s.dst = append(s.dst, ' ')
		return
	}
	s.dst = append(s.dst, s.eol...)
	s.dst = append(s.dst, s.text[lineStart(s.text, u.start):u.start]...)
}

// addFirst writes an item before the first one that stays.
func (s *splicer) addFirst(units []unit, item *Node, p spot) {
	at := firstKept(units)
	s.copyTo(at)
	s.dst = append(appendFlow(s.dst, item, p.style()), ',')
	s.gap(unit{start: at})
}

// quotesAll reports whether a flow collection is written as in JSON.
func quotesAll(n *Node) bool {
	return n.style == Flow && len(n.content) > 0 && n.content[0].style == DoubleQuoted
}
