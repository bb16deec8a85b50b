package manifest

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Limits of what is read. They are far above any manifest that a cluster
// accepts (etcd takes 1.5 MiB an object) and low enough for a machine to bear.
const (
	maxDepth    = 200
	maxExpanded = 1 << 18 // nodes that aliases may add to a document
)

// converter turns the yaml nodes of one document into a tree of ours, with the
// span of each node in the text. The yaml nodes are garbage afterwards.
type converter struct {
	text  string
	lines lineTable

	nodes    []Node  // the nodes to be, allocated at once
	children []*Node // the contents to be, allocated at once

	anchors  map[*yaml.Node]anchored
	expanded int
	aliases  bool // the document uses anchors or merge keys
	openEnd  int  // behind the | or > of a block scalar in whose last line the text ends; 0 if none
	faults   []fault
}

// fault is an error at an offset of the text.
type fault struct {
	at  int
	msg string
}

// anchored is a converted node that aliases can stand for; its node is nil
// while it is being converted.
type anchored struct {
	node *Node
	size int
}

// convert returns the tree of a document.
func convert(text string, y *yaml.Node) (*Node, *converter) {
	c := &converter{text: text, lines: newLineTable(text)}
	nodes, children := measure(y)
	c.nodes, c.children = make([]Node, 0, nodes), make([]*Node, 0, children)
	root, _ := c.node(y, place{indent: -1})
	return root, c
}

// measure counts the nodes of a tree and those that are someone's child.
func measure(y *yaml.Node) (nodes, children int) {
	nodes, children = 1, len(y.Content)
	for _, child := range y.Content {
		n, c := measure(child)
		nodes, children = nodes+n, children+c
	}
	return nodes, children
}

// place is where a node stands: how deep, within which block and in which kind
// of collection.
type place struct {
	depth  int
	indent int // column of the block collection around it, from 0; -1 at the root
	flow   bool
}

func (c *converter) fault(at int, format string, args ...any) {
	c.faults = append(c.faults, fault{at, fmt.Sprintf(format, args...)})
}

// make returns a new node.
func (c *converter) make(n Node) *Node {
	c.nodes = append(c.nodes, n)
	return &c.nodes[len(c.nodes)-1]
}

// lost returns what stands for a node that can't be converted.
func (c *converter) lost() *Node { return c.make(Node{kind: Scalar, tag: NullTag}) }

// reserve returns an empty content with room for n children.
func (c *converter) reserve(n int) []*Node {
	from := len(c.children)
	c.children = c.children[: from+n : cap(c.children)]
	return c.children[from : from : from+n]
}

// node converts a node and returns where its text ends, which for an alias is
// elsewhere than the node it stands for.
func (c *converter) node(y *yaml.Node, p place) (*Node, int) {
	at := c.lines.offset(c.text, y.Line, y.Column)
	if p.depth > maxDepth {
		c.fault(at, "the document is nested deeper than %d levels", maxDepth)
		return c.lost(), at
	}
	if y.Kind == yaml.AliasNode {
		return c.alias(y, at)
	}
	before := c.size()
	if y.Anchor != "" {
		c.anchor(y, anchored{})
	}
	n := c.make(Node{start: uint32(at)})
	switch y.Kind {
	case yaml.MappingNode:
		c.mapping(n, y, p)
	case yaml.SequenceNode:
		c.sequence(n, y, p)
	default:
		c.scalar(n, y, p)
	}
	if y.Anchor != "" {
		c.anchor(y, anchored{n, c.size() - before})
	}
	return n, int(n.end)
}

// size is the number of nodes so far, those counted that aliases repeat.
func (c *converter) size() int { return len(c.nodes) + c.expanded }

func (c *converter) anchor(y *yaml.Node, a anchored) {
	if c.anchors == nil {
		c.anchors = map[*yaml.Node]anchored{}
	}
	c.anchors[y] = a
	c.aliases = true
}

// alias returns the node that an alias stands for.
func (c *converter) alias(y *yaml.Node, at int) (*Node, int) {
	c.aliases = true
	end := at + 1 + len(y.Value)
	target := c.anchors[y.Alias]
	if target.node == nil {
		c.fault(at, "the anchor &%s contains itself", y.Value)
		return c.lost(), end
	}
	if !c.expand(target.size, at) {
		return c.lost(), end
	}
	return target.node, end
}

// expand counts nodes that an alias repeats.
func (c *converter) expand(nodes, at int) bool {
	if c.expanded > maxExpanded {
		return false
	}
	if c.expanded += nodes; c.expanded > maxExpanded {
		c.fault(at, "the aliases of the document expand to more than %d nodes", maxExpanded)
		return false
	}
	return true
}

func (c *converter) scalar(n *Node, y *yaml.Node, p place) {
	n.kind, n.style = Scalar, scalarStyle(y.Style)
	at := c.content(int(n.start), y)
	end := c.scalarEnd(at, y, p)
	n.end = uint32(end)
	tag, value, err := resolveScalar(y)
	if err != nil {
		c.fault(int(n.start), "%v", err)
	}
	if p.flow && n.style == Plain && strings.Contains(y.Value, "?") {
		c.fault(int(n.start), "kubectl does not read %q here: quote it", y.Value)
	}
	n.tag = tag
	n.value = c.share(value, at, end)
}

// share returns the value as a part of the text where it is written there as it
// is, so that the many short strings of a tree need no memory of their own.
func (c *converter) share(value string, at, end int) string {
	if n := len(value); n > 0 && end-at >= n {
		if s := c.text[at : at+n]; s == value {
			return s
		}
		if end-at > n && c.text[at+1:at+1+n] == value {
			return c.text[at+1 : at+1+n]
		}
	}
	return value
}

func scalarStyle(s yaml.Style) Style {
	switch {
	case s&yaml.SingleQuotedStyle != 0:
		return SingleQuoted
	case s&yaml.DoubleQuotedStyle != 0:
		return DoubleQuoted
	case s&yaml.LiteralStyle != 0:
		return Literal
	case s&yaml.FoldedStyle != 0:
		return Folded
	}
	return Plain
}

func (c *converter) sequence(n *Node, y *yaml.Node, p place) {
	n.kind, n.style = Sequence, Block
	at := c.content(int(n.start), y)
	inner := place{depth: p.depth + 1, flow: y.Style&yaml.FlowStyle != 0}
	if inner.flow {
		n.style, inner.indent = Flow, p.indent
	} else {
		inner.indent = c.lines.column(at)
	}
	n.irregular = at != int(n.start)
	content, end := c.reserve(len(y.Content)), at+1
	for _, item := range y.Content {
		var child *Node
		child, end = c.node(item, inner)
		content = append(content, child)
	}
	if inner.flow {
		end = c.closing(end)
	}
	n.content, n.end = content, uint32(end)
}
