package manifest

import (
	"iter"
	"sort"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/rehome-dev/rehome/diag"
)

// Tree is one YAML document that is no Kubernetes object, such as a migration
// plan, with the position of everything in it.
type Tree struct {
	Root *Node

	src   *Source
	lines []int // offsets in the document's text at which its lines start
}

// ParseTree parses a file that holds one document. Where it returns a tree
// together with errors, the tree lacks what the errors are about: the second of
// two equal keys, for one. There is no tree when nothing can be read.
func ParseTree(file string, data []byte) (*Tree, diag.List) {
	p := parser{file: file}
	if !p.readable(data) {
		return nil, p.diags
	}
	docs := splitDocuments(strings.TrimPrefix(string(data), byteOrderMark))
	if len(docs) == 0 {
		p.diags.Errorf(diag.CodeYAML, diag.Pos{File: file, Line: 1, Column: 1}, "the file is empty")
		return nil, p.diags
	}
	for _, d := range docs[1:] {
		p.diags.Errorf(diag.CodeYAML, diag.Pos{File: file, Line: d.line + 1, Column: d.column + 1},
			"another document begins here: the file may hold one only")
	}
	return p.tree(docs[0]), p.diags
}

// tree parses a document, whatever it holds.
func (p *parser) tree(d document) *Tree {
	var y yaml.Node
	if err := yaml.Load([]byte(d.text), &y); err != nil {
		p.syntax(d, err)
		return nil
	}
	t := &Tree{src: &Source{file: p.file, text: d.text, line: d.line, first: d.column}, lines: []int{0}}
	for i := range len(d.text) {
		if d.text[i] == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	if len(y.Content) != 1 {
		p.diags.Errorf(diag.CodeYAML, t.at(0), "the file is empty")
		return nil
	}
	root, c := convert(d.text, y.Content[0])
	for _, f := range c.faults {
		p.diags.Errorf(diag.CodeYAML, t.at(f.at), "%s", f.msg)
	}
	t.Root = root
	return t
}

// At returns the position of a node of the tree. A node that an alias repeats
// is where its anchor is.
func (t *Tree) At(n *Node) diag.Pos {
	if n == nil {
		return t.at(0)
	}
	return t.at(int(n.start))
}

// at returns the position of an offset of the text. Plans can be long and every
// part of one keeps its position, so this is a search and not a count.
func (t *Tree) at(offset int) diag.Pos {
	line := sort.SearchInts(t.lines, offset+1) - 1
	pos := diag.Pos{File: t.src.file, Line: t.src.line + line + 1, Column: offset - t.lines[line] + 1}
	if line == 0 {
		pos.Column += t.src.first
	}
	return pos
}

// Lost reports whether a node stands for something that could not be read, such
// as an alias of an anchor that contains itself; ParseTree has reported it.
func (t *Tree) Lost(n *Node) bool {
	return n != nil && n != t.Root && n.kind == Scalar && (n.tag == 0 || n.tag == NullTag && n.end == 0)
}

// Pos returns the position of the value at a path. Where nothing is written
// there, it is that of the deepest key or item on the way to it.
func (t *Tree) Pos(path ...string) diag.Pos {
	key, value := t.find(path)
	if value.Kind() == Scalar && value.start == value.end && key != nil {
		return t.At(key)
	}
	return t.At(value)
}

// KeyPos returns the position of the key at a path, of the item where the path
// ends in a sequence.
func (t *Tree) KeyPos(path ...string) diag.Pos {
	key, value := t.find(path)
	if key != nil {
		return t.At(key)
	}
	return t.At(value)
}

// find returns the value at a path, or the key or item at which the way to it
// ends, with its key where it has one.
func (t *Tree) find(path []string) (key, value *Node) {
	value = t.Root
	for _, elem := range path {
		i := value.find(elem)
		if i < 0 {
			if key != nil {
				return key, key
			}
			return nil, value
		}
		if key = nil; value.kind == Mapping {
			key = value.content[i-1]
		}
		value = value.content[i]
	}
	return key, value
}

// Pairs yields the keys and values of a mapping as nodes in the order they are
// written, nothing for other nodes.
func (n *Node) Pairs() iter.Seq2[*Node, *Node] {
	return func(yield func(key, value *Node) bool) {
		if n.Kind() != Mapping {
			return
		}
		for i := 0; i < len(n.content); i += 2 {
			if !yield(n.content[i], n.content[i+1]) {
				return
			}
		}
	}
}
