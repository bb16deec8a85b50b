package deliver

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// ObjectDiff is what a phase does to one object, as a person reads YAML.
type ObjectDiff struct {
	Sign   string     `json:"sign"` // +, - or ~
	Object string     `json:"object"`
	Why    string     `json:"why"`
	Like   string     `json:"like,omitempty"` // of a copy: what the lines compare it with
	Lines  []DiffLine `json:"lines"`
}

// DiffLine is a line of YAML: one that is there before and after, only before or
// only after. Lines that are the same and lead to none that differs are left out.
type DiffLine struct {
	Sign string `json:"sign"` // " ", "-" or "+"
	Text string `json:"text"`
}

// Diffs returns what the phase that leads to a state does, object by object.
// Values of Secrets, and passwords in URLs, are masked.
func Diffs(state *render.State) []ObjectDiff {
	out := make([]ObjectDiff, 0, len(state.Changes))
	for _, c := range state.Changes {
		out = append(out, objectDiff(c))
	}
	return out
}

// objectDiff compares the two forms of an object. One that is made from an
// object of the sources is compared with that: what a reviewer has to read of a
// copy is what is different about it.
func objectDiff(c render.Change) ObjectDiff {
	out := ObjectDiff{Sign: sign(c), Object: objectName(c), Why: reason(c)}
	d := &lineDiffer{secret: c.Key.Kind == "Secret"}
	var before, after *manifest.Node
	if c.Before != nil {
		before = c.Before.Root()
	}
	if c.After != nil {
		after = c.After.Root()
	}
	if before == nil && c.After.Source() != nil {
		before, out.Like = c.After.Base(), c.After.Pos().String()
	}
	switch {
	case before == nil:
		d.block("+", after, 0)
	case after == nil:
		// What goes was reviewed when it came.
	default:
		d.node(before, after, 0)
	}
	out.Lines = d.lines
	return out
}

// lineDiffer writes the differences of two trees as lines of YAML.
type lineDiffer struct {
	lines  []DiffLine
	secret bool // below a mapping whose values are not to be shown
	masks  bool // in such a mapping
}

// say adds lines at an indentation; the first of them follows a text.
func (d *lineDiffer) say(sign, first string, n *manifest.Node, indent int) {
	wrapped := manifest.PrintBlock(manifest.Map(manifest.F("x", d.masked(n))))
	for i, l := range strings.Split(strings.TrimSuffix(strings.TrimPrefix(wrapped, "x:"), "\n"), "\n") {
		if i == 0 {
			l = first + l
		}
		d.line(sign, l, indent)
	}
}

// line adds one line.
func (d *lineDiffer) line(sign, text string, indent int) {
	text = strings.TrimRight(strings.Repeat(" ", indent)+text, " ")
	d.lines = append(d.lines, DiffLine{sign, credentials.ReplaceAllString(text, "://$1:***@")})
}

// key adds a line that leads to lines that differ.
func (d *lineDiffer) key(text string, indent int) { d.line(" ", text, indent) }

// block adds a whole tree.
func (d *lineDiffer) block(sign string, n *manifest.Node, indent int) {
	for key, value := range n.Entries() {
		within := *d
		within.lines = nil
		within.masks = d.masks || d.secret && hidden(key)
		if value.Kind() == manifest.Mapping && value.Len() > 0 {
			within.lines = append(within.lines, DiffLine{sign, strings.Repeat(" ", indent) + key + ":"})
			within.block(sign, value, indent+2)
		} else {
			within.say(sign, key+":", value, indent)
		}
		d.lines = append(d.lines, within.lines...)
	}
}

// hidden reports whether a field of a Secret holds what must not be seen.
func hidden(key string) bool { return key == "data" || key == "stringData" || key == "annotations" }

// masked returns what may be shown of a node.
func (d *lineDiffer) masked(n *manifest.Node) *manifest.Node {
	if d.masks {
		return manifest.Str(masked)
	}
	return n
}

// node adds the differences of two mappings.
func (d *lineDiffer) node(before, after *manifest.Node, indent int) {
	for key, was := range before.Entries() {
		d.entry(key, was, after.Get(key), indent)
	}
	for key, is := range after.Entries() {
		if before.Get(key) == nil {
			d.entry(key, nil, is, indent)
		}
	}
}

// entry adds the differences of a field.
func (d *lineDiffer) entry(key string, was, is *manifest.Node, indent int) {
	if was == is || was != nil && is != nil && was.Equal(is) {
		return
	}
	masks := d.masks
	d.masks = masks || d.secret && hidden(key)
	defer func() { d.masks = masks }()
	switch {
	case was.Kind() == manifest.Mapping && is.Kind() == manifest.Mapping:
		d.key(key+":", indent)
		d.node(was, is, indent+2)
	case was.Kind() == manifest.Sequence && is.Kind() == manifest.Sequence && !d.masks:
		d.key(key+":", indent)
		d.items(was, is, indent)
	case several(was) && several(is) && !d.masks:
		d.key(key+": |", indent)
		d.text(was.Value(), is.Value(), indent+2)
	default:
		if was != nil {
			d.say("-", key+":", was, indent)
		}
		if is != nil {
			d.say("+", key+":", is, indent)
		}
	}
}

// several reports whether a node is a text of several lines.
func several(n *manifest.Node) bool {
	return n.Kind() == manifest.Scalar && strings.Contains(n.Value(), "\n")
}

// items adds the differences of two sequences. Items are the same by their name,
// where they have one.
func (d *lineDiffer) items(before, after *manifest.Node, indent int) {
	matched := map[*manifest.Node]bool{}
	for i, was := range before.Items() {
		is := counterpart(before, after, was, i)
		switch {
		case is == nil:
			d.item("-", was, indent)
		case was.Kind() == manifest.Mapping && is.Kind() == manifest.Mapping:
			matched[is] = true
			if !was.Equal(is) {
				d.key("- "+itemName(is), indent)
				d.node(was, is, indent+2)
			}
		default:
			matched[is] = was.Equal(is)
			if !matched[is] {
				d.item("-", was, indent)
			}
		}
	}
	for _, is := range after.Items() {
		if !matched[is] {
			d.item("+", is, indent)
		}
	}
}

// counterpart finds the item of another sequence that an item became: the one of
// its name, else one that is the same, else the one in its place if that is new.
func counterpart(before, after, item *manifest.Node, at int) *manifest.Node {
	name := item.Text("name")
	for _, candidate := range after.Items() {
		if name != "" && candidate.Text("name") == name || name == "" && candidate.Equal(item) {
			return candidate
		}
	}
	if name != "" || at >= after.Len() || item.Kind() != manifest.Mapping {
		return nil
	}
	candidate := after.Get(strconv.Itoa(at))
	for _, was := range before.Items() {
		if was.Equal(candidate) {
			return nil
		}
	}
	return candidate
}

// itemName tells an item from its neighbours.
func itemName(n *manifest.Node) string {
	for key, value := range n.Entries() {
		if value.Kind() == manifest.Scalar && slices.Contains([]string{"name", "host", "key", "kind", "path", "port"}, key) {
			return key + ": " + value.Value()
		}
	}
	return "..."
}

// item adds a whole item.
func (d *lineDiffer) item(sign string, n *manifest.Node, indent int) {
	text := strings.TrimSuffix(manifest.PrintBlock(manifest.Seq(n)), "\n")
	for l := range strings.SplitSeq(text, "\n") {
		d.line(sign, l, indent)
	}
}

// text adds the differences of two texts of several lines: what is the same at
// their ends is left out.
func (d *lineDiffer) text(before, after string, indent int) {
	was, is := strings.Split(strings.TrimSuffix(before, "\n"), "\n"), strings.Split(strings.TrimSuffix(after, "\n"), "\n")
	for len(was) > 0 && len(is) > 0 && was[0] == is[0] {
		was, is = was[1:], is[1:]
	}
	for len(was) > 0 && len(is) > 0 && was[len(was)-1] == is[len(is)-1] {
		was, is = was[:len(was)-1], is[:len(is)-1]
	}
	for _, l := range was {
		d.line("-", l, indent)
	}
	for _, l := range is {
		d.line("+", l, indent)
	}
}
