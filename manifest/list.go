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
	items := root.Get("items")
	c := cutter{list: list, flow: items.style == Flow}
	for _, item := range items.Items() {
		if item.Kind() != Mapping {
			p.take(list, item)
			continue
		}
		src, is := c.cut(item), item
		if kind != "" && item.Get("kind") == nil {
			is = is.With(P("apiVersion"), Str(root.Text("apiVersion"))).With(P("kind"), Str(kind))
		}
		if p.complete(src, item, is) {
			p.objects = append(p.objects, p.clean(newObject(src, item, is)))
		}
	}
}

// cutter cuts the text of a List into those of its items, one after the other.
type cutter struct {
	list  *Source
	flow  bool // the items are in a flow sequence
	at    int  // where the last item started
	line  int  // where its line started
	lines int  // lines before that
}

// cut returns the source of one item: its lines without the indentation. The
// spans of the item's nodes move with the text.
func (c *cutter) cut(item *Node) *Source {
	src := *c.list
	src.dumped = true
	if src.whole { // nodes may be a part of several items
		src.printed = true
		return &src
	}
	text, start := src.text, int(item.start)
	c.advance(start)
	d := dedenter{text: text, indent: start - c.line}
	if c.flow {
		d.indent = skipBlank(text, c.line) - c.line
		d.run(start, int(item.end))
	} else {
		d.run(start, lineAfter(text, int(item.end)))
	}
	move(item, d.offset)
	if c.line > 0 {
		src.first = src.column
	}
	src.first += start - c.line
	src.line += c.lines
	src.column += d.indent
	src.text = d.out.String()
	return &src
}

// advance goes on to where an item starts.
func (c *cutter) advance(start int) {
	between := c.list.text[c.at:start]
	c.lines += strings.Count(between, "\n")
	if i := strings.LastIndexByte(between, '\n'); i >= 0 {
		c.line = c.at + i + 1
	}
	c.at = start
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
