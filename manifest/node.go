package manifest

import (
	"iter"
	"slices"
	"strconv"
)

// NodeKind tells scalars, mappings and sequences apart.
type NodeKind uint8

// The kinds of nodes.
const (
	Scalar NodeKind = iota + 1
	Mapping
	Sequence
)

// Tag is the resolved type of a scalar in the YAML core schema, read as
// Kubernetes reads it (sigs.k8s.io/yaml).
type Tag uint8

// The types of scalars.
const (
	StrTag Tag = iota + 1
	IntTag
	FloatTag
	BoolTag
	NullTag
)

// Style is how a node is written in its source, or is to be written.
type Style uint8

// The styles. Plain, SingleQuoted, DoubleQuoted, Literal and Folded are of
// scalars, Block and Flow of collections.
const (
	Plain Style = iota + 1
	SingleQuoted
	DoubleQuoted
	Literal
	Folded
	Block
	Flow
)

// Node is one value of an object's tree. Nodes are immutable: editing makes new
// nodes along the path and shares all others, so that two versions of an object
// differ exactly where their nodes are not identical. A nil *Node is an absent
// value; all methods accept it.
type Node struct {
	kind  NodeKind
	tag   Tag
	style Style
	// irregular marks a collection whose text can't be edited piece by piece: a
	// mapping with explicit keys (? key) or with keys that have no colon, a pair
	// in a flow sequence without braces, a collection with a tag.
	irregular bool
	// start and end delimit the node in the bytes of its source; both are 0 in
	// a node that rehome made.
	start, end uint32
	value      string  // of a scalar, unquoted; numbers and booleans as JSON writes them, null as ""
	content    []*Node // of a sequence its items, of a mapping keys and values in turn
}

// Kind returns the node's kind, 0 for an absent node.
func (n *Node) Kind() NodeKind {
	if n == nil {
		return 0
	}
	return n.kind
}

// Tag returns the resolved type of a scalar, 0 for everything else.
func (n *Node) Tag() Tag {
	if n == nil {
		return 0
	}
	return n.tag
}

// Value returns a scalar's text without quotes, "" for everything else.
func (n *Node) Value() string {
	if n == nil {
		return ""
	}
	return n.value
}

// IsNull reports whether the node is absent or an explicit null.
func (n *Node) IsNull() bool { return n == nil || n.tag == NullTag }

// Int returns a scalar as an integer, and whether it is one.
func (n *Node) Int() (int64, bool) {
	if n == nil || n.tag != IntTag {
		return 0, false
	}
	v, err := strconv.ParseInt(n.value, 0, 64)
	return v, err == nil
}

// Bool reports whether the node is the boolean true.
func (n *Node) Bool() bool {
	return n != nil && n.tag == BoolTag && n.value == "true"
}

// Len returns the number of items of a sequence or of entries of a mapping.
func (n *Node) Len() int {
	switch n.Kind() {
	case Sequence:
		return len(n.content)
	case Mapping:
		return len(n.content) / 2
	case Scalar:
	}
	return 0
}

// Child returns the value under a key of a mapping or at a decimal index of a
// sequence, nil when there is none.
func (n *Node) Child(elem string) *Node {
	if i := n.find(elem); i >= 0 {
		return n.content[i]
	}
	return nil
}

// find returns the position in content of the child named by a path element,
// or -1.
func (n *Node) find(elem string) int {
	switch n.Kind() {
	case Mapping:
		return n.findKey(elem, 0)
	case Sequence:
		if i, err := strconv.Atoi(elem); err == nil && i >= 0 && i < len(n.content) {
			return i
		}
	case Scalar:
	}
	return -1
}

// findKey returns the position in content of the value under a key of a
// mapping, or -1. It looks at the position of a key first, which is where it is
// when two versions of a mapping are compared.
func (n *Node) findKey(key string, hint int) int {
	if hint < len(n.content) && n.content[hint].value == key {
		return hint + 1
	}
	for i := 0; i < len(n.content); i += 2 {
		if n.content[i].value == key {
			return i + 1
		}
	}
	return -1
}

// Get returns the node at a path, nil when the path leads nowhere.
func (n *Node) Get(path ...string) *Node {
	for _, e := range path {
		if n == nil {
			return nil
		}
		n = n.Child(e)
	}
	return n
}

// Text returns the value of the scalar at a path, "" when there is none.
func (n *Node) Text(path ...string) string { return n.Get(path...).Value() }

// Items yields the items of a sequence with their indices, nothing for other
// nodes.
func (n *Node) Items() iter.Seq2[int, *Node] {
	return func(yield func(int, *Node) bool) {
		if n.Kind() != Sequence {
			return
		}
		for i, item := range n.content {
			if !yield(i, item) {
				return
			}
		}
	}
}

// Entries yields the keys and values of a mapping in the order they are
// written, nothing for other nodes.
func (n *Node) Entries() iter.Seq2[string, *Node] {
	return func(yield func(string, *Node) bool) {
		if n.Kind() != Mapping {
			return
		}
		for i := 0; i < len(n.content); i += 2 {
			if !yield(n.content[i].value, n.content[i+1]) {
				return
			}
		}
	}
}

// Equal reports whether two nodes mean the same: the order of a mapping's keys
// and the style of a scalar do not matter.
func (n *Node) Equal(o *Node) bool {
	if n == o {
		return true
	}
	if n.Kind() != o.Kind() || n.Len() != o.Len() {
		return false
	}
	switch n.Kind() {
	case Scalar:
		return n.tag == o.tag && (n.value == o.value || n.tag == NullTag)
	case Sequence:
		return slices.EqualFunc(n.content, o.content, (*Node).Equal)
	case Mapping:
		for i := 0; i < len(n.content); i += 2 {
			at := o.findKey(n.content[i].value, i)
			if at < 0 || !n.content[i+1].Equal(o.content[at]) {
				return false
			}
		}
	}
	return true
}

// Scalars calls visit for every scalar value below the node in the order they
// are written. The path is reused between calls: visit must clone it to keep it.
func (n *Node) Scalars(visit func(Path, *Node)) { n.scalars(nil, visit) }

func (n *Node) scalars(at Path, visit func(Path, *Node)) {
	switch n.Kind() {
	case Scalar:
		visit(at, n)
	case Sequence:
		for i, item := range n.content {
			item.scalars(append(at, strconv.Itoa(i)), visit)
		}
	case Mapping:
		for i := 0; i < len(n.content); i += 2 {
			n.content[i+1].scalars(append(at, n.content[i].value), visit)
		}
	}
}
