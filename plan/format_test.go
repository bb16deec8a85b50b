package plan

import (
	"reflect"
	"strings"
	"testing"
)

func TestFormats(t *testing.T) {
	long := strings.Repeat("a", 64)
	cases := map[string]struct{ good, bad []string }{
		"label":      {[]string{"a", "a-b", "0", "a1", long[:63]}, []string{"", "A", "-a", "a-", "a.b", "a_b", "a b", long, "ä", "a\n"}},
		"subdomain":  {[]string{"cluster.local", "a", "a-b.c0.d"}, []string{"", ".a", "a.", "a..b", "A.b", "a\n", strings.Repeat("a.", 127) + "a"}},
		"labelKey":   {[]string{"app", "app.kubernetes.io/name", "A_b.c-D", "a/b"}, []string{"", "-a", "a/", "/a", "A/b", "a/b/c", long, strings.Repeat("a", 254) + "/b"}},
		"labelValue": {[]string{"", "a", "A_b.c-D", long[:63]}, []string{"-a", "a-", "a b", long}},
		"kind":       {[]string{"Deployment", "HTTPRoute", "X1"}, []string{"", "deployment", "Foo.bar", "Foo/v1"}},
		"image":      {[]string{"haproxy:3.2-alpine", "r.example:5000/a/b@sha256:0123"}, []string{"", "a b", "/a", " a", "a\n"}},
		"path":       {[]string{"k8s", "../k8s/foobar", ".", "a b/c.yaml", "größe", "a.yaml"}, []string{"", "/a", "~/a", "https://a/b", "ssh://a", "git@a:b", "a?ref=b", `a\b`, "C:/a", "a\x00"}},
		"port":       {[]string{"1", "65535", "http", "web-1", "8080-tcp"}, []string{"", "0", "65536", "99999999999999999", "HTTP", "-a", "a-", "a--b", "1-2", "a234567890123456"}},
		"quantity":   {[]string{"0", "500m", "64", "1.5", "256Gi", "1e3", "100k", "+1"}, []string{"", "-1", "1GB", "4 cores", "Gi", "1 Gi", "1e", "1mi"}},
		"duration":   {[]string{"0", "30s", "1h30m", "1.5s"}, []string{"", "30", "-5s", "2d", "1h 30m", "9999999999999h"}},
		"ip":         {[]string{"192.168.100.16", "10.0.0.1", "fd00::1"}, []string{"", "a", "1.2.3", "127.0.0.1", "::", "fe80::1", "224.0.0.1", "1.2.3.4/8", "::ffff:10.0.0.1"}},
		"code":       {[]string{"H01", "H91", "P1"}, []string{"", "H1", "H001", "h01", "P", "P10", "X22"}},
	}
	for name, f := range formats() {
		c, ok := cases[name]
		if !ok {
			t.Errorf("the format %s has no cases", name)
		}
		for _, s := range c.good {
			if problem := f.check(s); problem != "" {
				t.Errorf("%s refuses %q: %s", name, s, problem)
			}
		}
		for _, s := range c.bad {
			if problem := f.check(s); problem == "" {
				t.Errorf("%s takes %q", name, s)
			}
		}
	}
}

// TestTags fails when a plan tag holds a rule or a format that does not exist,
// or a default that breaks the rules of its own field.
func TestTags(t *testing.T) {
	for typ := range eachStruct(reflect.TypeFor[Plan]()) {
		for _, f := range fieldsOf(typ) {
			sf := typ.Field(f.index)
			for rule := range strings.SplitSeq(sf.Tag.Get("plan"), ",") {
				checkRule(t, typ.Name()+"."+sf.Name, rule)
			}
			if f.format != nil && f.fallback != "" && f.format.check(f.fallback) != "" {
				t.Errorf("%s.%s: %s", typ.Name(), sf.Name, f.format.check(f.fallback))
			}
			if known := enum(f.typ); known != nil && f.fallback != "" && !strings.Contains(strings.Join(known, ","), f.fallback) {
				t.Errorf("%s.%s: the default %q is none of %v", typ.Name(), sf.Name, f.fallback, known)
			}
		}
	}
}

func checkRule(t *testing.T, where, rule string) {
	key, value, _ := strings.Cut(rule, "=")
	switch key {
	case "", "required", "nonempty", "short", "default", "const", "min":
	case "format", "keys":
		if formats()[value] == nil {
			t.Errorf("%s: there is no format %q", where, value)
		}
	default:
		t.Errorf("%s: there is no rule %q", where, rule)
	}
}
