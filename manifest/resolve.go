package manifest

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// resolveScalar returns the type and the text of a scalar as Kubernetes reads
// it: kubectl, the API server and kustomize convert YAML to JSON with
// sigs.k8s.io/yaml, which resolves plain scalars by YAML 1.1 (yes, no, on and
// off are booleans, 0644 is octal). Numbers and booleans come back in the one
// form that JSON has for them, so that equal values have equal text.
func resolveScalar(y *yaml.Node) (Tag, string, error) {
	if y.Style&yaml.TaggedStyle != 0 {
		return resolveTagged(y)
	}
	if !isPlain(y) || y.Tag == "!" {
		return StrTag, y.Value, nil
	}
	return resolvePlain(y.Value)
}

// isPlain reports whether a scalar is written without quotes or block header.
func isPlain(y *yaml.Node) bool {
	const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	return y.Style&quoted == 0
}

// resolveTagged resolves a scalar with an explicit tag. Tags of one's own leave
// a string, as in sigs.k8s.io/yaml.
func resolveTagged(y *yaml.Node) (Tag, string, error) {
	var want Tag
	switch y.Tag {
	case "!!int":
		want = IntTag
	case "!!float":
		want = FloatTag
	case "!!bool":
		want = BoolTag
	case "!!null":
		want = NullTag
	case "!!binary":
		return StrTag, "", fmt.Errorf("the tag !!binary has no meaning in Kubernetes: write the base64 text as a string")
	default:
		return StrTag, y.Value, nil
	}
	tag, value, err := resolvePlain(y.Value)
	if err != nil {
		return 0, "", err
	}
	if tag != want && (tag != IntTag || want != FloatTag) {
		return 0, "", fmt.Errorf("%q is no %s", y.Value, y.Tag)
	}
	return tag, value, nil
}

// resolvePlain resolves a scalar without quotes and tag.
func resolvePlain(s string) (Tag, string, error) {
	if s == "" {
		return NullTag, "", nil
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.':
		return resolveNumber(s)
	case strings.IndexByte("yYnNtTfFoO~", c) >= 0:
		return resolveWord(s)
	}
	return StrTag, s, nil
}

// resolveWord resolves the words that YAML 1.1 reserves.
func resolveWord(s string) (Tag, string, error) {
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return BoolTag, "true", nil
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return BoolTag, "false", nil
	case "~", "null", "Null", "NULL":
		return NullTag, "", nil
	}
	return StrTag, s, nil
}

// resolveNumber resolves a scalar that starts like a number. What is a
// timestamp stays a string, because JSON has none.
func resolveNumber(s string) (Tag, string, error) {
	if isDecimal(s) {
		return IntTag, s, nil
	}
	switch s {
	case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
		return 0, "", fmt.Errorf("%s has no JSON form: quote it if it is meant as text", s)
	}
	if s[0] == '.' {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return jsonFloat(f)
		}
		return StrTag, s, nil
	}
	if isTimestamp(s) {
		return StrTag, s, nil
	}
	return resolveDigits(s, strings.ReplaceAll(s, "_", ""))
}

// resolveDigits tries the number forms of go-yaml v2 in its order.
func resolveDigits(s, plain string) (Tag, string, error) {
	if i, err := strconv.ParseInt(plain, 0, 64); err == nil {
		return IntTag, strconv.FormatInt(i, 10), nil
	}
	if u, err := strconv.ParseUint(plain, 0, 64); err == nil {
		return IntTag, strconv.FormatUint(u, 10), nil
	}
	if isFloat(plain) {
		if f, err := strconv.ParseFloat(plain, 64); err == nil {
			return jsonFloat(f)
		}
	}
	if digits, ok := strings.CutPrefix(plain, "0b"); ok {
		if i, err := strconv.ParseInt(digits, 2, 64); err == nil {
			return IntTag, strconv.FormatInt(i, 10), nil
		}
	}
	return StrTag, s, nil
}

// isDecimal reports whether s is an integer in the form that JSON has for it
// and that surely fits 64 bits.
func isDecimal(s string) bool {
	if s[0] == '0' || len(s) > 18 {
		return s == "0"
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// isFloat reports whether s is digits with a fraction, an exponent or both.
func isFloat(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-")
	whole := digits(s)
	s = s[whole:]
	fraction := 0
	if strings.HasPrefix(s, ".") {
		fraction = digits(s[1:])
		s = s[1+fraction:]
	}
	if whole+fraction == 0 {
		return false
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		n := digits(s)
		return n > 0 && n == len(s)
	}
	return s == ""
}

// digits returns the number of decimal digits that s starts with.
func digits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

// jsonFloat returns a float as JSON writes it, which for a whole number is an
// integer.
func jsonFloat(f float64) (Tag, string, error) {
	text, err := json.Marshal(f)
	if err != nil || math.IsInf(f, 0) {
		return 0, "", fmt.Errorf("the number has no JSON form: %w", err)
	}
	s := string(text)
	if digits(strings.TrimPrefix(s, "-")) == len(strings.TrimPrefix(s, "-")) {
		return IntTag, s, nil
	}
	return FloatTag, s, nil
}

// isTimestamp reports whether go-yaml reads s as a timestamp.
func isTimestamp(s string) bool {
	if digits(s) != 4 || len(s) == 4 || s[4] != '-' {
		return false
	}
	for _, layout := range [...]string{
		"2006-1-2T15:4:5.999999999Z07:00", "2006-1-2t15:4:5.999999999Z07:00", "2006-1-2 15:4:5.999999999", "2006-1-2",
	} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// resolveKey returns a mapping's key as Kubernetes reads it: numbers and
// booleans become strings, as sigs.k8s.io/yaml makes them.
func resolveKey(y *yaml.Node) (string, error) {
	if y.Kind != yaml.ScalarNode {
		return "", fmt.Errorf("a key must be a string")
	}
	tag, value, err := resolveScalar(y)
	if err != nil {
		return "", err
	}
	if tag == NullTag {
		return "", fmt.Errorf("a key must be a string, this one is null")
	}
	if tag == FloatTag || (tag == IntTag && strings.ContainsAny(y.Value, ".eE")) {
		return floatKey(value)
	}
	if tag == IntTag {
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return "", fmt.Errorf("the key %s is too large a number: quote it", y.Value)
		}
	}
	return value, nil
}

// floatKey formats a float key with the 32 bits that sigs.k8s.io/yaml gives it.
func floatKey(value string) (string, error) {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return "", fmt.Errorf("the key %s is no number: %w", value, err)
	}
	return strconv.FormatFloat(f, 'g', -1, 32), nil
}
