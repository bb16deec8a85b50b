package manifest

import "strconv"

// Field is one entry of a mapping that rehome makes.
type Field struct {
	Key   string
	Value *Node
}

// F is short for a [Field].
func F(key string, value *Node) Field { return Field{Key: key, Value: value} }

// Str returns a string scalar.
func Str(s string) *Node { return &Node{kind: Scalar, tag: StrTag, value: s} }

// Int returns an integer scalar.
func Int(i int64) *Node {
	return &Node{kind: Scalar, tag: IntTag, style: Plain, value: strconv.FormatInt(i, 10)}
}

// Bool returns a boolean scalar.
func Bool(b bool) *Node {
	return &Node{kind: Scalar, tag: BoolTag, style: Plain, value: strconv.FormatBool(b)}
}

// Seq returns a sequence.
func Seq(items ...*Node) *Node {
	return &Node{kind: Sequence, style: Block, content: items}
}

// Strs returns a sequence of strings.
func Strs(items ...string) *Node {
	nodes := make([]*Node, len(items))
	for i, s := range items {
		nodes[i] = Str(s)
	}
	return Seq(nodes...)
}

// Map returns a mapping with the fields in the given order. Fields without a
// value are left out.
func Map(fields ...Field) *Node {
	n := &Node{kind: Mapping, style: Block, content: make([]*Node, 0, 2*len(fields))}
	for _, f := range fields {
		if f.Value != nil {
			n.content = append(n.content, Str(f.Key), f.Value)
		}
	}
	return n
}
