package manifest

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

func (c *converter) mapping(n *Node, y *yaml.Node, p place) {
	n.kind, n.style = Mapping, Block
	at := c.content(int(n.start), y)
	inner := place{depth: p.depth + 1, flow: y.Style&yaml.FlowStyle != 0}
	if inner.flow {
		n.style, inner.indent = Flow, p.indent
	} else {
		inner.indent = c.lines.column(at)
	}
	pair := inner.flow && (at >= len(c.text) || c.text[at] != '{')
	n.irregular = pair || at != int(n.start)
	m := entries{c: c, n: n, content: c.reserve(len(y.Content))}
	end := at + 1
	for i := 0; i+1 < len(y.Content); i += 2 {
		end = m.entry(y.Content[i], y.Content[i+1], inner)
	}
	if inner.flow && !pair {
		end = c.closing(end)
	}
	n.content, n.end = m.content, uint32(end)
}

// entries collects the entries of one mapping.
type entries struct {
	c       *converter
	n       *Node
	content []*Node
	index   map[string]int // positions in content, once there are many
	merged  map[string]bool
}

// entry converts one entry and returns where it ends.
func (m *entries) entry(key, value *yaml.Node, p place) int {
	if key.Kind == yaml.ScalarNode && key.Tag == "!!merge" {
		return m.merge(value, p)
	}
	k, keyEnd, ok := m.key(key, p)
	colon := m.c.colon(keyEnd, p.flow)
	m.n.irregular = m.n.irregular || !m.c.simpleKey(int(k.start), keyEnd, colon, p.flow)
	var v *Node
	var end int
	if isEmpty(value) {
		if colon < 0 {
			colon = keyEnd
		}
		m.emptyValue(key, keyEnd, colon, p)
		v, end = m.c.make(Node{kind: Scalar, tag: NullTag, style: Plain, start: uint32(colon), end: uint32(colon)}), colon
	} else {
		v, end = m.c.node(value, p)
	}
	if ok {
		m.set(k, v)
	}
	return end
}

// emptyValue rejects a plain key with a colon right before a flow indicator:
// kubectl takes the colon for a part of the key.
func (m *entries) emptyValue(key *yaml.Node, keyEnd, colon int, p place) {
	if p.flow && isPlain(key) && colon == keyEnd+1 && colon < len(m.c.text) && strings.IndexByte(",]}", m.c.text[colon]) >= 0 {
		m.c.fault(keyEnd, "kubectl takes the colon of %q for a part of the key: put a space behind it", key.Value)
	}
}

// key converts a key, and reports whether it can be one.
func (m *entries) key(y *yaml.Node, p place) (*Node, int, bool) {
	if y.Kind == yaml.AliasNode {
		k, end := m.c.node(y, p)
		if k.kind != Scalar || k.tag != StrTag {
			m.c.fault(end-1-len(y.Value), "a key must be a string")
			return k, end, false
		}
		return k, end, true
	}
	faults := len(m.c.faults)
	k, end := m.c.node(y, p)
	if k.tag == StrTag {
		return k, end, true
	}
	value, err := resolveKey(y)
	if err != nil {
		if len(m.c.faults) == faults {
			m.c.fault(int(k.start), "%v", err)
		}
		return k, end, false
	}
	k.tag, k.value = StrTag, value
	return k, end, true
}

// set adds an entry. Two entries of one key are an error, but what a merge
// brought is replaced.
func (m *entries) set(k, v *Node) {
	i := m.find(k.value)
	switch {
	case i < 0:
		m.add(k, v)
	case m.merged[k.value]:
		delete(m.merged, k.value)
		m.content[i], m.content[i+1] = k, v
	default:
		m.c.fault(int(k.start), "the key %q is there twice, first on line %d",
			k.value, m.c.lines.line(int(m.content[i].start)))
	}
}

func (m *entries) add(k, v *Node) {
	const many = 16
	m.content = append(m.content, k, v)
	if m.index == nil && len(m.content) > 2*many {
		m.index = make(map[string]int, 2*len(m.content))
		for i := 0; i < len(m.content); i += 2 {
			m.index[m.content[i].value] = i
		}
	}
	if m.index != nil {
		m.index[k.value] = len(m.content) - 2
	}
}

// find returns the position of a key in content, or -1.
func (m *entries) find(key string) int {
	if m.index != nil {
		if i, ok := m.index[key]; ok {
			return i
		}
		return -1
	}
	for i := 0; i < len(m.content); i += 2 {
		if m.content[i].value == key {
			return i
		}
	}
	return -1
}

// merge adds what a merge key brings. sigs.k8s.io/yaml goes through the entries
// in order and lets each replace what is there, merges too.
func (m *entries) merge(y *yaml.Node, p place) int {
	m.c.aliases = true
	v, end := m.c.node(y, p)
	from := []*Node{v}
	if v.kind == Sequence {
		from = slices.Clone(v.content)
		slices.Reverse(from)
	}
	for _, n := range from {
		if n.kind != Mapping {
			m.c.fault(end, "a merge key << takes a mapping or a list of mappings")
			continue
		}
		m.mergeAll(n, end)
	}
	return end
}

func (m *entries) mergeAll(from *Node, at int) {
	if !m.c.expand(len(from.content), at) {
		return
	}
	if m.merged == nil {
		m.merged = map[string]bool{}
	}
	for i := 0; i < len(from.content); i += 2 {
		k, v := from.content[i], from.content[i+1]
		if at := m.find(k.value); at >= 0 {
			m.content[at], m.content[at+1] = k, v
			continue
		}
		m.merged[k.value] = true
		m.add(k, v)
	}
}

// isEmpty reports whether a value is not written at all.
func isEmpty(y *yaml.Node) bool {
	return y.Kind == yaml.ScalarNode && y.Value == "" && isPlain(y) && y.Tag == "!!null" &&
		y.Style&yaml.TaggedStyle == 0 && y.Anchor == ""
}
