package plan

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"unicode/utf8"
)

// schemaNode is what Schema uses of JSON Schema. Decoding refuses other
// keywords, so none goes unchecked.
type schemaNode struct {
	Schema      string                 `json:"$schema"`
	Ref         string                 `json:"$ref"`
	Title       string                 `json:"title"`
	Description string                 `json:"description"`
	Type        any                    `json:"type"`
	OneOf       []*schemaNode          `json:"oneOf"`
	Const       any                    `json:"const"`
	Enum        []any                  `json:"enum"`
	Pattern     string                 `json:"pattern"`
	MinLength   int                    `json:"minLength"`
	MaxLength   int                    `json:"maxLength"`
	Minimum     *float64               `json:"minimum"`
	MinItems    int                    `json:"minItems"`
	Default     any                    `json:"default"`
	Items       *schemaNode            `json:"items"`
	Properties  map[string]*schemaNode `json:"properties"`
	Required    []string               `json:"required"`
	MinFields   int                    `json:"minProperties"`
	Names       *schemaNode            `json:"propertyNames"`
	Additional  json.RawMessage        `json:"additionalProperties"`
	Defs        map[string]*schemaNode `json:"$defs"`
}

// schemaCheck validates a value by the rules of JSON Schema (draft 2020-12)
// that Schema uses.
type schemaCheck struct {
	defs     map[string]*schemaNode
	problems []string
}

func (v *schemaCheck) check(at string, s *schemaNode, value any) {
	if s.Ref != "" {
		v.check(at, v.defs[s.Ref[len("#/$defs/"):]], value)
	}
	if s.Type != nil && !hasType(s.Type, value) {
		v.problem(at, "%v is no %v", value, s.Type)
		return
	}
	if s.Const != nil && s.Const != value {
		v.problem(at, "%v is not %v", value, s.Const)
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, value) {
		v.problem(at, "%v is none of %v", value, s.Enum)
	}
	if len(s.OneOf) > 0 {
		v.oneOf(at, s.OneOf, value)
	}
	switch value := value.(type) {
	case string:
		v.text(at, s, value)
	case float64:
		if s.Minimum != nil && value < *s.Minimum {
			v.problem(at, "%v is less than %v", value, *s.Minimum)
		}
	case []any:
		v.array(at, s, value)
	case map[string]any:
		v.object(at, s, value)
	}
}

func hasType(types, value any) bool {
	if list, ok := types.([]any); ok {
		return slices.ContainsFunc(list, func(t any) bool { return hasType(t, value) })
	}
	switch value := value.(type) {
	case string:
		return types == "string"
	case float64:
		return types == "number" || types == "integer" && value == math.Trunc(value) && math.Abs(value) < 1<<53
	case bool:
		return types == "boolean"
	case []any:
		return types == "array"
	case map[string]any:
		return types == "object"
	}
	return types == "null"
}

func (v *schemaCheck) oneOf(at string, choices []*schemaNode, value any) {
	fits := 0
	for _, c := range choices {
		alone := schemaCheck{defs: v.defs}
		if alone.check(at, c, value); len(alone.problems) == 0 {
			fits++
		}
	}
	if fits != 1 {
		v.problem(at, "fits %d of the choices", fits)
	}
}

func (v *schemaCheck) text(at string, s *schemaNode, value string) {
	n := utf8.RuneCountInString(value)
	if n < s.MinLength || s.MaxLength > 0 && n > s.MaxLength {
		v.problem(at, "%q has %d characters", value, n)
	}
	if s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(value) {
		v.problem(at, "%q does not match %s", value, s.Pattern)
	}
}

func (v *schemaCheck) array(at string, s *schemaNode, value []any) {
	if len(value) < s.MinItems {
		v.problem(at, "%d items", len(value))
	}
	for i, item := range value {
		if s.Items != nil {
			v.check(fmt.Sprintf("%s[%d]", at, i), s.Items, item)
		}
	}
}

func (v *schemaCheck) object(at string, s *schemaNode, value map[string]any) {
	if len(value) < s.MinFields {
		v.problem(at, "%d fields", len(value))
	}
	for _, name := range s.Required {
		if _, ok := value[name]; !ok {
			v.problem(at, "%s is missing", name)
		}
	}
	for name, item := range value {
		if s.Names != nil {
			v.text(at, s.Names, name)
		}
		switch p := s.Properties[name]; {
		case p != nil:
			v.check(at+"."+name, p, item)
		case string(s.Additional) == "false":
			v.problem(at, "%s is unknown", name)
		case len(s.Additional) > 0:
			var other schemaNode
			if err := json.Unmarshal(s.Additional, &other); err != nil {
				v.problem(at, "%v", err)
			}
			v.check(at+"."+name, &other, item)
		}
	}
}
