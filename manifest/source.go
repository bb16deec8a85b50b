package manifest

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
)

// Source is where an object was read: the bytes of its document and their
// place in a file.
type Source struct {
	Root *Root // the manifest root it was found under

	file string
	text string // this one document, with its comments, without marker lines
	// line, first and column are added to a position within text to get the
	// position in the file: the lines before the document, the bytes before its
	// first line, and the indentation that was taken from the others (of a
	// List's item).
	line, first, column int
	// whole is set when an edit of the object prints it whole. The document uses
	// anchors, aliases or merge keys, and text that is shared cannot be edited in
	// one place; or its lines end in something else than a line feed.
	whole bool
	// printed is set when the object is always printed from its tree: an item of a
	// List that has to be printed whole, because text holds more than this
	// object, or a text that can't be followed by another.
	printed bool
	plain   bool // it was read without the library
	dumped  bool // it was read from a dump of a cluster
	// origin is the file that a kustomize build took the object from, parsed;
	// nil for objects that are read directly.
	origin *originFile
	build  *Build
}

// File returns the slash-separated path of the file that the object was read
// from, relative to the root of the file system.
func (s *Source) File() string { return s.file }

// Text returns the document that the object was read from, without marker
// lines and, for an item of a List, without the indentation.
func (s *Source) Text() string { return s.text }

// pos returns the position in the user's file of the value at a path of the
// tree, or of the deepest key or item on the way to it that exists.
func (s *Source) pos(base *Node, path []string) diag.Pos {
	if s.origin != nil {
		return s.origin.pos(path)
	}
	at, n := 0, base
	if base != nil {
		at = int(base.start)
	}
	for i, elem := range path {
		found := n.find(elem)
		if found < 0 {
			break
		}
		key := n
		if n = n.content[found]; i == len(path)-1 {
			at = int(n.start)
		} else if at = int(n.start); key.kind == Mapping {
			at = int(key.content[found-1].start)
		}
	}
	return s.at(at)
}

// at returns the position in the user's file of an offset in the text.
func (s *Source) at(offset int) diag.Pos {
	before := s.text[:min(offset, len(s.text))]
	lines := strings.Count(before, "\n")
	column := len(before) - strings.LastIndexByte(before, '\n')
	if lines == 0 {
		column += s.first
	} else {
		column += s.column
	}
	return diag.Pos{File: s.file, Line: s.line + lines + 1, Column: column}
}
