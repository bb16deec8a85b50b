package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// AppendJSON appends the node as JSON, mappings in the order they are written.
func (n *Node) AppendJSON(dst []byte) []byte {
	switch n.Kind() {
	case Mapping:
		dst = append(dst, '{')
		for i := 0; i < len(n.content); i += 2 {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendJSONString(dst, n.content[i].value), ':')
			dst = n.content[i+1].AppendJSON(dst)
		}
		return append(dst, '}')
	case Sequence:
		dst = append(dst, '[')
		for i, item := range n.content {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.AppendJSON(dst)
		}
		return append(dst, ']')
	case Scalar:
		if n.tag == StrTag {
			return appendJSONString(dst, n.value)
		}
	}
	return appendWord(dst, n)
}

// appendJSONString appends a JSON string. What must be escaped is only what RFC
// 8259 names; text between is copied at once.
func appendJSONString(dst []byte, s string) []byte {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r == utf8.RuneError }) < 0 {
		dst = append(append(dst, '"'), s...)
		return append(dst, '"')
	}
	return appendDoubleQuoted(dst, strings.ToValidUTF8(s, "\uFFFD"))
}

// Decode reads the object into a type of k8s.io/api. The error names the object
// and its place.
func (o *Object) Decode(into any) error {
	err := json.Unmarshal(o.root.AppendJSON(nil), into)
	if err == nil {
		return nil
	}
	pos := o.Pos()
	if e := (*json.UnmarshalTypeError)(nil); errors.As(err, &e) {
		pos = o.Pos(strings.Split(e.Field, ".")...)
		return fmt.Errorf("%s: %s: %s can't be a %s: %w", pos, o.ID, e.Field, e.Value, err)
	}
	return fmt.Errorf("%s: %s: %w", pos, o.ID, err)
}
