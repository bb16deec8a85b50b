package plan

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/diag"
)

// field is what the tags of a struct's field say of it.
type field struct {
	name     string
	index    int
	goName   string
	typ      reflect.Type
	required bool
	nonempty bool
	short    bool
	format   *format // nil when any text will do
	keys     *format // of the keys of a mapping
	min      *int64
	fallback string // the default; "" when there is none
	constant string
}

// values is implemented by texts of which a plan knows a closed set.
type values interface{ values() []string }

var (
	posType      = reflect.TypeFor[diag.Pos]()
	durationType = reflect.TypeFor[Duration]()
)

// fieldsOf returns the fields of a struct that a plan can hold, in the order
// of their declaration.
func fieldsOf(t reflect.Type) []field {
	out := make([]field, 0, t.NumField())
	for i := range t.NumField() {
		sf := t.Field(i)
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		f := field{name: name, index: i, goName: sf.Name, typ: sf.Type}
		for rule := range strings.SplitSeq(sf.Tag.Get("plan"), ",") {
			f.rule(rule)
		}
		out = append(out, f)
	}
	return out
}

// rule takes in one rule of a plan tag; plan.go lists them.
func (f *field) rule(rule string) {
	key, value, _ := strings.Cut(rule, "=")
	switch key {
	case "required":
		f.required = true
	case "nonempty":
		f.nonempty = true
	case "short":
		f.short = true
	case "format":
		f.format = formats()[value]
	case "keys":
		f.keys = formats()[value]
	case "default":
		f.fallback = value
	case "const":
		f.constant = value
	case "min":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			f.min = &n
		}
	}
}

// item returns the rules that hold for each item of a list or each value of a
// mapping.
func (f *field) item() *field {
	return &field{name: f.name, typ: f.typ.Elem(), format: f.format}
}

// enum returns the texts that a type knows, nil when it takes any.
func enum(t reflect.Type) []string {
	if v, ok := reflect.Zero(t).Interface().(values); ok {
		return v.values()
	}
	return nil
}

// shortField returns the field that stands for the whole mapping when a text is
// written instead of it, nil when the type knows no such form.
func shortField(fields []field) *field {
	for i := range fields {
		if fields[i].short {
			return &fields[i]
		}
	}
	return nil
}

func names(fields []field) []string {
	out := make([]string, len(fields))
	for i := range fields {
		out[i] = fields[i].name
	}
	return out
}
