package plan

import (
	"reflect"
	"strconv"

	"github.com/rehome-dev/rehome/manifest"
)

// scalar fills a text, a number, a boolean or a duration.
func (d *decoder) scalar(s subject, f *field, into reflect.Value) {
	switch {
	case into.Type() == durationType:
		if text, ok := d.text(s, f); ok {
			if v, err := ParseDuration(text); err == nil {
				into.SetInt(int64(v))
			}
		}
	case into.Kind() == reflect.String:
		if text, ok := d.text(s, f); ok {
			into.SetString(text)
		}
	case into.Kind() == reflect.Bool:
		d.boolean(s, into)
	case into.Kind() == reflect.Int:
		d.integer(s, f, into)
	}
}

// text returns the text of a node, and reports when it breaks the rules of its
// field. It is no text where it is something else, or none of the known texts.
func (d *decoder) text(s subject, f *field) (string, bool) {
	n := s.node
	number := n.Tag() == manifest.IntTag || n.Tag() == manifest.FloatTag
	if n.Tag() != manifest.StrTag && !(number && f.format != nil && f.format.numbers != "") {
		d.wrongType(s, "text")
		return "", false
	}
	text := n.Value()
	if known := enum(f.typ); known != nil {
		return text, d.oneOf(s, text, known)
	}
	switch {
	case text == "" && (f.format == nil || !f.format.blank):
		d.empty(s, f, "%s is empty")
	case f.format != nil:
		if problem := f.format.check(text); problem != "" {
			e := d.errorf(s, "%s: %s", where(s.path), problem)
			if f.typ == durationType && number {
				e.WithFix("give it a unit: %ss", text)
			}
		}
	}
	return text, true
}

// oneOf reports a text that is none of those that are known.
func (d *decoder) oneOf(s subject, text string, known []string) bool {
	for _, k := range known {
		if k == text {
			return true
		}
	}
	e := d.errorf(s, "%s: unknown value %q, expected %s", where(s.path), text, either(known))
	if near := nearest(text, known); near != "" {
		e.WithFix("write %q", near)
	}
	return false
}

func (d *decoder) boolean(s subject, into reflect.Value) {
	if s.node.Tag() != manifest.BoolTag {
		d.wrongType(s, "true or false")
		return
	}
	into.SetBool(s.node.Bool())
}

func (d *decoder) integer(s subject, f *field, into reflect.Value) {
	v, ok := s.node.Int()
	switch {
	case !ok || into.OverflowInt(v):
		d.wrongType(s, "a whole number")
	case f.min != nil && v < *f.min:
		d.errorf(s, "%s: %d is too small, the least is %d", where(s.path), v, *f.min)
	default:
		into.SetInt(v)
	}
}

// fallbackInt returns the default of a number or a duration.
func (f *field) fallbackInt() int64 {
	if f.typ == durationType {
		d, _ := ParseDuration(f.fallback)
		return int64(d)
	}
	n, _ := strconv.ParseInt(f.fallback, 10, 64)
	return n
}
