package manifest

// EditOp is what an edit does.
type EditOp uint8

// The operations, as in a JSON Patch (RFC 6902).
const (
	Add EditOp = iota + 1
	Replace
	Remove
)

// Edit is one difference of two trees.
type Edit struct {
	Path Path
	Op   EditOp
	Old  *Node // nil when added
	New  *Node // nil when removed
}

// Edits returns how the object differs from what was read.
func (o *Object) Edits() []Edit { return Diff(o.base, o.root) }

// Diff returns the edits that make one tree of another. They can be applied one
// after the other in their order, like the operations of a JSON Patch.
func Diff(before, after *Node) []Edit {
	var d differ
	d.node(nil, before, after)
	return d.edits
}

type differ struct{ edits []Edit }

func (d *differ) node(at Path, before, after *Node) {
	if before == after {
		return
	}
	switch {
	case before.Kind() == Mapping && after.Kind() == Mapping:
		d.mapping(at, before, after)
	case before.Kind() == Sequence && after.Kind() == Sequence:
		d.sequence(at, before, after)
	case !before.Equal(after):
		d.add(at, Replace, before, after)
	}
}

func (d *differ) add(at Path, op EditOp, before, after *Node) {
	d.edits = append(d.edits, Edit{Path: at.Join(), Op: op, Old: before, New: after})
}

func (d *differ) mapping(at Path, before, after *Node) {
	for i := 0; i < len(before.content); i += 2 {
		key, old := before.content[i].value, before.content[i+1]
		is := after.findKey(key, i)
		switch {
		case is < 0:
			d.add(at.Join(key), Remove, old, nil)
		case old != after.content[is]:
			d.node(at.Join(key), old, after.content[is])
		}
	}
	for i := 0; i < len(after.content); i += 2 {
		if key := after.content[i].value; before.findKey(key, i) < 0 {
			d.add(at.Join(key), Add, nil, after.content[i+1])
		}
	}
}

// sequence compares two sequences. What changes in place comes first, at the
// old positions; then removals from the back, then additions from the front, so
// that each position is right when its turn comes.
func (d *differ) sequence(at Path, before, after *Node) {
	pairs := align(before.content, after.content)
	for _, p := range pairs {
		if p.old >= 0 && p.new >= 0 && before.content[p.old] != after.content[p.new] {
			d.node(at.Index(p.old), before.content[p.old], after.content[p.new])
		}
	}
	for i := len(pairs) - 1; i >= 0; i-- {
		if p := pairs[i]; p.new < 0 {
			d.add(at.Index(p.old), Remove, before.content[p.old], nil)
		}
	}
	for _, p := range pairs {
		if p.old < 0 {
			d.add(at.Index(p.new), Add, nil, after.content[p.new])
		}
	}
}
