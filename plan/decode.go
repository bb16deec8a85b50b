package plan

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// decoder fills the types of the plan from a tree, by their tags. It goes on
// after an error, so that all of them are reported. A text that breaks a rule
// is taken as it is, so that the checks that follow know it; everything else
// that is wrong is left at its zero value, which is no default.
type decoder struct {
	tree  *manifest.Tree
	types map[reflect.Type][]field
	diags diag.List
}

// subject is the value that is being decoded.
type subject struct {
	node *manifest.Node // nil when the plan does not hold it
	key  *manifest.Node // its key; nil in a list
	path manifest.Path
}

// at returns the position of a value, of its key when nothing is written there.
func (d *decoder) at(s subject) diag.Pos {
	if s.node.IsNull() && s.key != nil {
		return d.tree.At(s.key)
	}
	return d.tree.At(s.node)
}

func (d *decoder) errorf(s subject, format string, args ...any) *diag.Diagnostic {
	return d.diags.Errorf(diag.CodePlan, d.at(s), format, args...)
}

// decode fills a value that is written in the plan.
func (d *decoder) decode(s subject, f *field, into reflect.Value) {
	switch {
	case d.tree.Lost(s.node):
		return
	case s.node.IsNull():
		d.empty(s, f, "%s has no value")
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		d.decode(s, f, into.Elem())
	case reflect.Struct:
		d.structure(s, into)
	case reflect.Slice:
		d.list(s, f, into)
	case reflect.Map:
		d.mapping(s, f, into)
	default:
		d.scalar(s, f, into)
	}
}

// empty reports a field that is there and says nothing.
func (d *decoder) empty(s subject, f *field, format string) {
	e := d.errorf(s, format, where(s.path))
	if f.required {
		e.WithFix("give it a value")
		return
	}
	e.WithFix("give it a value, or leave it out")
}

func (d *decoder) structure(s subject, into reflect.Value) {
	fields := d.fieldsOf(into.Type())
	if pos := into.FieldByName("Pos"); pos.IsValid() && pos.Type() == posType {
		pos.Set(reflect.ValueOf(d.tree.At(s.node)))
	}
	short := shortField(fields)
	switch kind := s.node.Kind(); {
	case kind == manifest.Mapping:
		d.fields(s, fields, into)
	case short == nil:
		d.wrongType(s, "a mapping")
	case kind == manifest.Scalar:
		for i := range fields {
			d.fallback(&fields[i], into.Field(fields[i].index))
		}
		d.decode(s, short, into.Field(short.index))
	default:
		d.wrongType(s, "a text or a mapping")
	}
}

// fields fills the fields of a struct from the entries of a mapping.
func (d *decoder) fields(s subject, fields []field, into reflect.Value) {
	given := make([]bool, len(fields))
	for key, value := range s.node.Pairs() {
		i := indexOf(fields, key.Value())
		if i < 0 {
			if meant := d.unknown(s, key, fields); meant >= 0 {
				given[meant] = true // a required field that is misspelt is not missing too
			}
			continue
		}
		given[i] = true
		d.decode(subject{value, key, s.path.Join(key.Value())}, &fields[i], into.Field(fields[i].index))
	}
	for i := range fields {
		if !given[i] {
			d.absent(s, &fields[i], into.Field(fields[i].index))
		}
	}
}

func indexOf(fields []field, name string) int {
	return slices.IndexFunc(fields, func(f field) bool { return f.name == name })
}

// unknown reports a field that the language does not have, and returns the
// index of the one that is meant, or -1.
func (d *decoder) unknown(s subject, key *manifest.Node, fields []field) int {
	known := names(fields)
	e := d.diags.Errorf(diag.CodePlan, d.tree.At(key), "unknown field %q in %s", key.Value(), where(s.path))
	if near := nearest(key.Value(), known); near != "" {
		e.WithFix("write %q; the fields here are %s", near, strings.Join(known, ", "))
		return indexOf(fields, near)
	}
	e.WithFix("the fields here are %s", strings.Join(known, ", "))
	return -1
}

// absent deals with a field that the plan does not hold.
func (d *decoder) absent(s subject, f *field, into reflect.Value) {
	if f.required {
		d.errorf(s, "%s has no %q, which is required", where(s.path), f.name)
		return
	}
	d.fallback(f, into)
}

// fallback sets a field to its default, and those of a struct to theirs.
func (d *decoder) fallback(f *field, into reflect.Value) {
	if into.Kind() == reflect.Struct {
		for _, inner := range d.fieldsOf(into.Type()) {
			d.fallback(&inner, into.Field(inner.index))
		}
		return
	}
	if f.fallback == "" {
		return
	}
	switch into.Kind() {
	case reflect.String:
		into.SetString(f.fallback)
	case reflect.Int, reflect.Int64:
		into.SetInt(f.fallbackInt())
	}
}

func (d *decoder) list(s subject, f *field, into reflect.Value) {
	if s.node.Kind() != manifest.Sequence {
		d.wrongType(s, "a list")
		return
	}
	if f.nonempty && s.node.Len() == 0 {
		d.errorf(s, "%s is empty: it needs at least one entry", where(s.path))
	}
	into.Set(reflect.MakeSlice(into.Type(), s.node.Len(), s.node.Len()))
	item := f.item()
	for i, n := range s.node.Items() {
		d.decode(subject{node: n, path: s.path.Index(i)}, item, into.Index(i))
	}
}

func (d *decoder) mapping(s subject, f *field, into reflect.Value) {
	if s.node.Kind() != manifest.Mapping {
		d.wrongType(s, "a mapping")
		return
	}
	if f.nonempty && s.node.Len() == 0 {
		d.errorf(s, "%s is empty: it needs at least one entry", where(s.path))
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), s.node.Len()))
	item := f.item()
	for key, n := range s.node.Pairs() {
		if f.keys != nil {
			if problem := f.keys.check(key.Value()); problem != "" {
				d.diags.Errorf(diag.CodePlan, d.tree.At(key), "%s: %s", where(s.path), problem)
			}
		}
		value := reflect.New(into.Type().Elem()).Elem()
		d.decode(subject{n, key, s.path.Join(key.Value())}, item, value)
		into.SetMapIndex(reflect.ValueOf(key.Value()), value)
	}
}

// wrongType says what was found where something else is wanted.
func (d *decoder) wrongType(s subject, want string) {
	e := d.errorf(s, "%s: expected %s, found %s", where(s.path), want, describe(s.node))
	switch {
	case want == "text" && s.node.Kind() == manifest.Scalar:
		e.WithFix("put quotes around it")
	case want == "a list" && s.node.Kind() != manifest.Sequence:
		e.WithFix(`write it as an item, with "- " before it`)
	}
}

// describe names what a node holds.
func describe(n *manifest.Node) string {
	switch n.Kind() {
	case manifest.Mapping:
		return "a mapping"
	case manifest.Sequence:
		return "a list"
	case manifest.Scalar:
	}
	switch n.Tag() {
	case manifest.IntTag, manifest.FloatTag:
		return "the number " + n.Value()
	case manifest.BoolTag:
		return "the boolean " + n.Value()
	case manifest.NullTag:
		return "nothing"
	case manifest.StrTag:
	}
	return "the text " + strconv.Quote(n.Value())
}

// where names a part of the plan in a sentence.
func where(path manifest.Path) string {
	if len(path) == 0 {
		return "the plan"
	}
	return path.String()
}

// nearest returns the word that a misspelt one stands for. One that differs in
// case alone is always meant.
func nearest(word string, words []string) string {
	for _, w := range words {
		if strings.EqualFold(w, word) {
			return w
		}
	}
	return diag.Nearest(word, words)
}

// fieldsOf returns the fields of a struct, which it looks at once.
func (d *decoder) fieldsOf(t reflect.Type) []field {
	fields, ok := d.types[t]
	if !ok {
		fields = fieldsOf(t)
		d.types[t] = fields
	}
	return fields
}

// either writes words with commas, the last with "or".
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return fmt.Sprintf("%s or %s", strings.Join(words[:last], ", "), words[last])
}
