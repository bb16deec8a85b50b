package manifest

import (
	"strings"
	"testing"

	sigs "sigs.k8s.io/yaml"
)

// words are scalars that YAML readers disagree about.
var words = []string{
	"", "~", "null", "Null", "NULL", "nULL", "y", "Y", "n", "N", "yes", "Yes", "YES", "yEs", "no", "on", "On", "off", "OFF", "true", "True", "TRUE", "tRue", "false",
	"0", "-0", "+0", "1", "-1", "+1", "007", "0644", "08", "09.5", "0o14", "0x1F", "0X1f", "-0x1", "0b101", "-0b11", "0b-11", "0b2", "1_000", "1__0", "_1", "1_", "0x_1",
	"9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "+18446744073709551615", "-9223372036854775809", "123456789012345678901234567890",
	"1.", ".5", "1.5", "-.5", "+.5", "-1.50", "1e3", "1E3", "1e+3", "1e-7", "1e21", "1e400", "1.5e", "e3", ".", "..", ".e1", "+", "-", "1.2.3", "10.0.0.1", "0x1p4", "0x1.8", ".5e3", "._5",
	"12:30", "12:30:45", "1:2.5", "2024-01-01", "2024-1-1", "2024-01-01T00:00:00Z", "2024-01-01t00:00:00z", "2024-01-01 00:00:00", "2024-13-01", "2024-", "20240-01-01",
	".inf", "-.INF", ".nan", ".NaN", "inf", "nan", "NaN", "Infinity", "<<", "=", "web", "500m", "1Gi", "v1", "1a", "0xg", "--1", "+-1", "1-1",
}

// wantScalar checks what a value is read as against sigs.k8s.io/yaml.
func wantScalar(t *testing.T, text string) {
	t.Helper()
	o, diags := parseDocuments(&Root{}, "x.yaml", []byte(text))
	want, err := sigs.YAMLToJSON([]byte(text))
	if err != nil {
		if !diags.HasErrors() {
			t.Errorf("%q is no error, but %v for sigs.k8s.io/yaml", text, err)
		}
		return
	}
	if diags.HasErrors() {
		t.Errorf("%q: %v, but sigs.k8s.io/yaml reads %s", text, diags.Err(), want)
		return
	}
	sameAsKubernetes(t, text, o[0].Root())
}

func TestScalarsAreReadAsKubernetesDoes(t *testing.T) {
	for _, w := range words {
		wantScalar(t, head+"a: "+w+"\n")
		wantScalar(t, head+"a: '"+w+"'\n")
		if w != "" {
			wantScalar(t, head+"a: !!str "+w+"\n")
			wantScalar(t, head+"a: !own "+w+"\n")
			wantScalar(t, head+"a: ! "+w+"\n")
		}
		if !strings.Contains(strings.ToLower(w), ".inf") && !strings.Contains(strings.ToLower(w), ".nan") && w != "<<" && len(w) < 19 {
			wantScalar(t, head+"a: {"+w+" : x}\n")
		}
	}
}

func TestTaggedScalars(t *testing.T) {
	for _, text := range []string{"!!int 12", "!!float 1", "!!float 1.5", "!!bool true", "!!null ~", "!!int \"12\"", "!!timestamp 2024-01-01", "!!map {b: c}", "!!seq [1]", "&x 1", "!!str &x 1", "&x !!str 1", "!!str", "&x"} {
		wantScalar(t, head+"a: "+text+"\n")
		wantScalar(t, head+"a:\n- "+text+"\n- 1\n")
	}
}

func TestStringsSurvivePrinting(t *testing.T) {
	for _, w := range words {
		for _, s := range []string{w, w + " ", " " + w, w + ":", w + " #", w + "\n", "\n" + w, w + "\n\n" + w, w + "\tx", w + "\r", "'" + w + "\""} {
			tree := Map(F("apiVersion", Str("v1")), F("kind", Str("Test")), F("metadata", Map(F("name", Str("x")))), F("a", Str(s)), F("b", Map(F(s+"k", Seq(Str(s))))), F(s+"z", Int(1)))
			text := string(New(tree).Bytes())
			if !parseOne(t, text).Root().Equal(tree) {
				t.Errorf("%q is read back differently from:\n%s", s, text)
			}
			sameAsKubernetes(t, text, tree)
			flow := string(appendFlow(nil, tree, flowStyle{})) + "\n"
			if !parseOne(t, flow).Root().Equal(tree) {
				t.Errorf("%q is read back differently from:\n%s", s, flow)
			}
			sameAsKubernetes(t, flow, tree)
		}
	}
}
