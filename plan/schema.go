package plan

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
)

//go:generate go run ../internal/plandocs ../docs

// Schema returns the JSON Schema (draft 2020-12) of a migration plan, for
// editors: `# yaml-language-server: $schema=migrationplan.schema.json`. It is
// made from the types of the plan, their tags and their comments.
func Schema() []byte {
	g := schemaMaker{docs: readComments()}
	root := g.object(reflect.TypeFor[Plan]())
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.Title = Kind + " (" + APIVersion + ")"
	for t := range eachStruct(reflect.TypeFor[Plan]()) {
		if t != reflect.TypeFor[Plan]() {
			root.Defs = append(root.Defs, property{t.Name(), g.definition(t)})
		}
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		return nil // cannot be: the schema is texts and numbers
	}
	return out.Bytes()
}

// schema is the part of JSON Schema that a plan needs.
type schema struct {
	Schema      string     `json:"$schema,omitempty"`
	Ref         string     `json:"$ref,omitempty"`
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Type        any        `json:"type,omitempty"` // a string or []string
	OneOf       []*schema  `json:"oneOf,omitempty"`
	Const       string     `json:"const,omitempty"`
	Enum        []string   `json:"enum,omitempty"`
	Pattern     string     `json:"pattern,omitempty"`
	MinLength   int        `json:"minLength,omitempty"`
	MaxLength   int        `json:"maxLength,omitempty"`
	Minimum     *int64     `json:"minimum,omitempty"`
	MinItems    int        `json:"minItems,omitempty"`
	Default     any        `json:"default,omitempty"` // a string or an int64
	Items       *schema    `json:"items,omitempty"`
	Properties  properties `json:"properties,omitempty"`
	Required    []string   `json:"required,omitempty"`
	MinFields   int        `json:"minProperties,omitempty"`
	Names       *schema    `json:"propertyNames,omitempty"`
	Additional  any        `json:"additionalProperties,omitempty"` // false or a *schema
	Defs        properties `json:"$defs,omitempty"`
}

// properties is a JSON object that keeps its order.
type properties []property

type property struct {
	name   string
	schema *schema
}

// MarshalJSON implements [json.Marshaler].
func (p properties) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	for i, one := range p {
		out.WriteByte("{,"[min(i, 1)])
		out.WriteString(strconv.Quote(one.name) + ":")
		if err := e.Encode(one.schema); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

type schemaMaker struct{ docs comments }

// definition returns the schema of a struct, with its short form.
func (g *schemaMaker) definition(t reflect.Type) *schema {
	object := g.object(t)
	short := shortField(fieldsOf(t))
	if short == nil {
		return object
	}
	description := object.Description
	object.Description = ""
	return &schema{Description: description, OneOf: []*schema{g.value(short), object}}
}

func (g *schemaMaker) object(t reflect.Type) *schema {
	s := &schema{Description: g.docs.of(t.Name()), Type: "object", Additional: false}
	for _, f := range fieldsOf(t) {
		p := g.value(&f)
		p.Description = g.docs.of(t.Name() + "." + f.goName)
		p.Default = defaultOf(&f)
		s.Properties = append(s.Properties, property{f.name, p})
		if f.required {
			s.Required = append(s.Required, f.name)
		}
	}
	return s
}

// value returns the schema of what a field holds.
func (g *schemaMaker) value(f *field) *schema {
	t := f.typ
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case f.constant != "":
		return &schema{Const: f.constant}
	case t == durationType || t.Kind() == reflect.String:
		return textSchema(f)
	}
	switch t.Kind() {
	case reflect.Struct:
		return &schema{Ref: "#/$defs/" + t.Name()}
	case reflect.Slice:
		s := &schema{Type: "array", Items: g.value(f.item())}
		if f.nonempty {
			s.MinItems = 1
		}
		return s
	case reflect.Map:
		s := &schema{Type: "object", Additional: g.value(f.item())}
		if f.keys != nil {
			s.Names = &schema{Pattern: f.keys.pattern, MaxLength: f.keys.max}
		}
		if f.nonempty {
			s.MinFields = 1
		}
		return s
	case reflect.Bool:
		return &schema{Type: "boolean"}
	}
	return &schema{Type: "integer", Minimum: f.min}
}

func textSchema(f *field) *schema {
	s := &schema{Type: "string"}
	switch known := enum(f.typ); {
	case known != nil:
		s.Enum = known
	case f.format == nil:
		s.MinLength = 1
	default:
		s.Pattern, s.MaxLength = f.format.pattern, f.format.max
		if f.format.numbers != "" && f.typ != durationType {
			s.Type, s.Minimum = []string{"string", f.format.numbers}, &f.format.least
		}
	}
	return s
}

// defaultOf returns the default of a field, nil when it has none.
func defaultOf(f *field) any {
	switch {
	case f.fallback == "":
		return nil
	case f.typ.Kind() == reflect.Int:
		return f.fallbackInt()
	}
	return f.fallback
}
