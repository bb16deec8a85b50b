package manifest

import (
	"slices"
	"strings"
)

// isList reports whether a document is a list of objects, as kubectl get prints
// it: kind List, or a kind of its own with List at the end.
func isList(root *Node) bool {
	return strings.HasSuffix(root.Text("kind"), "List") && root.Get("items").Kind() == Sequence &&
		root.Get("metadata", "name") == nil
}

// list adds the items of a List. Those of a typed list (ServiceList) may leave
// out their apiVersion and kind, as the API server does.
func (p *parser) list(list *Source, root *Node) {
	kind := strings.TrimSuffix(root.Text("kind"), "List")
	for _, item := range root.Get("items").Items() {
		if item.Kind() != Mapping {
			p.take(list, item)
			continue
		}
		src := *list
		src.dumped = true
		if list.whole {
			src.shared = true
		} else {
			cut(&src, item)
		}
		is := item
		if kind != "" && item.Get("kind") == nil {
			is = is.With(P("apiVersion"), Str(root.Text("apiVersion"))).With(P("kind"), Str(kind))
		}
		if p.complete(&src, item, is) {
			p.objects = append(p.objects, p.clean(newObject(&src, item, is)))
		}
	}
}

// cut makes the source of a list that of one item: its lines without the
// indentation. The spans of the item's nodes move with the text.
func cut(src *Source, item *Node) {
	text, start := src.text, int(item.start)
	end := max(int(item.end), itemEnd(text, int(item.end)))
	lineStart := strings.LastIndexByte(text[:start], '\n') + 1
	indent := start - lineStart
	if item.style == Flow {
		indent = skipBlank(text, lineStart) - lineStart
	}
	d := dedenter{text: text, indent: indent}
	d.run(start, end)
	move(item, d.offset)
	src.line += strings.Count(text[:start], "\n")
	src.first += start - lineStart
	if lineStart > 0 {
		src.first = start - lineStart + src.column
	}
	src.column += indent
	src.text = d.out.String()
}

// itemEnd returns the end of an item with the comment behind its last value.
func itemEnd(text string, at int) int {
	if at > 0 && text[at-1] == '\n' {
		return at
	}
	next := skipBlank(text, at)
	if next < len(text) && text[next] == '#' {
		return lineEnd(text, next)
	}
	return at
}

// dedenter takes indentation from lines and remembers what it took.
type dedenter struct {
	text   string
	indent int
	out    strings.Builder
	olds   []int // starts of lines in the text, behind what was taken
	news   []int // the same in the output
}

func (d *dedenter) run(at, end int) {
	for at < end {
		d.olds, d.news = append(d.olds, at), append(d.news, d.out.Len())
		next := end
		if i := strings.IndexByte(d.text[at:end], '\n'); i >= 0 {
			next = at + i + 1
		}
		d.out.WriteString(d.text[at:next])
		at = next + min(spaces(d.text[next:end]), d.indent)
	}
}

// offset returns where an offset of the text is in the output.
func (d *dedenter) offset(old uint32) uint32 {
	i, found := slices.BinarySearch(d.olds, int(old))
	if !found {
		i--
	}
	if i < 0 {
		return 0
	}
	return uint32(min(d.news[i]+int(old)-d.olds[i], d.out.Len()))
}

// move changes the spans of a tree that nobody else has seen yet.
func move(n *Node, to func(uint32) uint32) {
	n.start, n.end = to(n.start), to(n.end)
	for _, child := range n.content {
		move(child, to)
	}
}
