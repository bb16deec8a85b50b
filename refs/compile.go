package refs

import (
	"fmt"
	"strings"
)

// kindOf is the group and kind of objects that a trie is for.
type kindOf struct{ group, kind string }

// branch is a node of a trie over path elements: what the rows say of the
// values below one path. A nil branch says nothing.
type branch struct {
	keys map[string]*branch
	any  *branch // below any key or index that keys does not hold
	rows []*row
}

// down returns what is said of the value under a key or index.
func (b *branch) down(elem string) *branch {
	if b == nil {
		return nil
	}
	if next := b.keys[elem]; next != nil {
		return next
	}
	return b.any
}

func (b *branch) add(path []string, r *row) {
	parent := b
	for _, elem := range path {
		parent, b = b, b.child(elem)
	}
	b.rows = append(b.rows, r)
	if r.namespace != "" && !strings.Contains(r.namespace, "/") {
		sibling := parent.child(r.namespace)
		sibling.rows = append(sibling.rows, &row{holds: holdsBeside})
	}
}

// settle gives what is said of any key to the keys that more is said of, so
// that one step down finds all rows.
func (b *branch) settle() {
	if b == nil {
		return
	}
	for _, next := range b.keys {
		next.absorb(b.any)
		next.settle()
	}
	b.any.settle()
}

func (b *branch) absorb(o *branch) {
	if o == nil {
		return
	}
	b.rows = append(b.rows, o.rows...)
	for key, next := range o.keys {
		b.child(key).absorb(next)
	}
	if o.any != nil {
		b.child(wildcard).absorb(o.any)
	}
}

// child returns the branch below an element, which it makes where it is missing.
func (b *branch) child(elem string) *branch {
	if elem == wildcard {
		if b.any == nil {
			b.any = &branch{}
		}
		return b.any
	}
	if b.keys == nil {
		b.keys = map[string]*branch{}
	}
	if b.keys[elem] == nil {
		b.keys[elem] = &branch{}
	}
	return b.keys[elem]
}

// table is the compiled reference table.
type table struct {
	kinds     map[kindOf]*branch
	others    *branch // of kinds without rows of their own
	pod       *branch // below a pod's spec
	container *branch // below a container
	errs      []error // of user rows, by position in Options.Fields; nil where there is none
}

// compile turns rows into one trie for each kind, so that an object is scanned
// in one walk whatever the number of rows.
func compile(user []FieldRow) *table {
	t := &table{
		kinds: map[kindOf]*branch{}, others: &branch{}, pod: &branch{}, container: &branch{},
		errs: make([]error, len(user)),
	}
	var rows []row
	for i := range user {
		r, err := user[i].row()
		if err != nil {
			t.errs[i] = err
			continue
		}
		r.user = i + 1
		rows = append(rows, r)
	}
	t.addAll(t.pod, podRows())
	t.addAll(t.container, containerRows())
	t.addKinds(append(rows, tableRows()...))
	for _, b := range t.kinds {
		b.settle()
	}
	t.others.settle()
	return t
}

// addAll adds rows of this package, whose paths the tests have parsed.
func (t *table) addAll(b *branch, rows []row) {
	for i := range rows {
		if path, err := parsePattern(rows[i].path); err == nil {
			b.add(path, &rows[i])
		}
	}
}

// addKinds adds rows to the tries of their kinds: first those of one kind,
// which make the tries, then those of several.
func (t *table) addKinds(rows []row) {
	groups := map[string][]*branch{"": nil}
	for i := range rows {
		eachKind(&rows[i], func(k kindOf) {
			if k.group != wildcard && k.kind != wildcard && t.kinds[k] == nil {
				t.kinds[k] = &branch{}
				groups[k.group] = append(groups[k.group], t.kinds[k])
			}
		})
	}
	for i := range rows {
		r := &rows[i]
		path, err := parsePattern(r.path)
		if err != nil {
			continue
		}
		eachKind(r, func(k kindOf) { t.place(k, path, r, groups) })
	}
}

func (t *table) place(k kindOf, path []string, r *row, groups map[string][]*branch) {
	switch {
	case k.group == wildcard && k.kind == wildcard:
		t.others.add(path, r)
		for _, b := range t.kinds {
			b.add(path, r)
		}
	case k.kind == wildcard:
		for _, b := range groups[k.group] {
			b.add(path, r)
		}
		t.groupOf(k.group).add(path, r)
	default:
		t.kinds[k].add(path, r)
	}
}

// groupOf returns the trie for the kinds of a group that have no rows of their own.
func (t *table) groupOf(group string) *branch {
	k := kindOf{group, wildcard}
	if t.kinds[k] == nil {
		t.kinds[k] = &branch{}
	}
	return t.kinds[k]
}

// of returns the trie for a kind.
func (t *table) of(group, kind string) *branch {
	if b := t.kinds[kindOf{group, kind}]; b != nil {
		return b
	}
	if b := t.kinds[kindOf{group, wildcard}]; b != nil {
		return b
	}
	return t.others
}

func eachKind(r *row, visit func(kindOf)) {
	for group := range strings.SplitSeq(r.group, "|") {
		for kind := range strings.SplitSeq(r.kind, "|") {
			visit(kindOf{group, kind})
		}
	}
}

// row returns the table row for a field that the plan declares.
func (f *FieldRow) row() (row, error) {
	r := row{group: f.Group, kind: f.Kind, path: f.Path}
	if _, err := parsePattern(f.Path); err != nil {
		return row{}, err
	}
	switch f.Refers {
	case RefersService:
		r.holds, r.target = holdsName, "Service"
	case RefersNamespace:
		r.holds = holdsNamespace
	case RefersURL:
		r.holds = holdsDestination
	default:
		return row{}, fmt.Errorf("refers to %q: must be %s, %s or %s", f.Refers, RefersService, RefersNamespace, RefersURL)
	}
	if f.Kind == "" {
		return row{}, fmt.Errorf("a field needs the kind of objects that have it")
	}
	return r, nil
}
