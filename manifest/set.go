package manifest

import "slices"

// With returns the tree with the value at a path replaced, or added when the
// path leads nowhere: mappings that are missing on the way are made, a new key
// goes behind the others, and an index equal to a sequence's length appends.
// A node that is equal to what is there already leaves the tree unchanged.
func (n *Node) With(path Path, value *Node) *Node {
	if len(path) == 0 {
		if n.Equal(value) {
			return n
		}
		return value
	}
	if n.Kind() != Sequence && n.Kind() != Mapping {
		n = Map()
	}
	i := n.find(path[0])
	if i < 0 {
		made := (*Node)(nil).With(path[1:], value)
		out := *n
		out.content = slices.Clip(n.content)
		if n.kind == Mapping {
			out.content = append(out.content, Str(path[0]))
		}
		out.content = append(out.content, made)
		return &out
	}
	return n.replace(i, n.content[i].With(path[1:], value))
}

// insertAfter returns a mapping with a new entry behind another one.
func (n *Node) insertAfter(sibling, key string, value *Node) *Node {
	at := n.findKey(sibling, 0) + 1
	if at <= 0 {
		return n.With(P(key), value)
	}
	out := *n
	out.content = slices.Insert(slices.Clone(n.content), at, Str(key), value)
	return &out
}

// Without returns the tree without the node at a path. A path that leads
// nowhere leaves the tree unchanged.
func (n *Node) Without(path Path) *Node {
	if n == nil || len(path) == 0 {
		return n
	}
	i := n.find(path[0])
	if i < 0 {
		return n
	}
	if len(path) > 1 {
		return n.replace(i, n.content[i].Without(path[1:]))
	}
	from := i
	if n.kind == Mapping {
		from--
	}
	out := *n
	out.content = slices.Delete(slices.Clone(n.content), from, i+1)
	return &out
}

// replace returns the node with one child exchanged, itself when the child is
// the one it has.
func (n *Node) replace(i int, child *Node) *Node {
	if n.content[i] == child {
		return n
	}
	out := *n
	out.content = slices.Clone(n.content)
	out.content[i] = child
	return &out
}

// MapItems returns a sequence with each item replaced by what a function makes
// of it, without those of which it makes nil; itself when nothing is different.
// Other nodes are returned as they are.
func (n *Node) MapItems(to func(i int, item *Node) *Node) *Node {
	if n.Kind() != Sequence {
		return n
	}
	content := make([]*Node, 0, len(n.content))
	same := true
	for i, item := range n.content {
		is := to(i, item)
		same = same && is == item
		if is != nil {
			content = append(content, is)
		}
	}
	if same {
		return n
	}
	out := *n
	out.content = content
	return &out
}
