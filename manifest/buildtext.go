package manifest

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v2"
	"sigs.k8s.io/kustomize/api/resource"
)

// originAnnotation is where kustomize writes the origin of an object.
const originAnnotation = "config.kubernetes.io/origin"

// buildText returns the bytes that kustomize prints for an object.
// [resource.Resource.AsYAML] goes from nodes to YAML to JSON and back, which is
// a fifth of a whole build; where an object has only values on which these
// conversions do nothing, its nodes are printed by the same printer at once.
func buildText(res *resource.Resource) ([]byte, error) {
	var tree map[string]any
	if err := res.YNode().Decode(&tree); err != nil || !isPlainJSON(tree) {
		return res.AsYAML()
	}
	return yaml.Marshal(tree)
}

// isPlainJSON reports whether a value is the same after a way through JSON:
// not so times, bytes, fractions and keys that are no strings.
func isPlainJSON(v any) bool {
	switch v := v.(type) {
	case nil, bool, int:
		return true
	case string:
		return utf8.ValidString(v)
	case []any:
		for _, item := range v {
			if !isPlainJSON(item) {
				return false
			}
		}
		return true
	case map[string]any:
		for key, value := range v {
			if !utf8.ValidString(key) || !isPlainJSON(value) {
				return false
			}
		}
		return true
	}
	return false
}

// originOf returns the origin of an object. Most often it is a path alone,
// which needs no YAML parser.
func originOf(res *resource.Resource) (*resource.Origin, error) {
	text := res.GetAnnotations(originAnnotation)[originAnnotation]
	p, ok := strings.CutPrefix(text, "path: ")
	p = strings.TrimSuffix(p, "\n")
	if ok && !strings.ContainsAny(p, "\n'\"#: ") {
		return &resource.Origin{Path: p}, nil
	}
	return res.GetOrigin()
}
