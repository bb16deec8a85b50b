package refs

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	for key, want := range map[string][]string{
		"":                   nil,
		"REDIS_HOST":         {"REDIS", "HOST"},
		"redisHost":          {"redis", "Host"},
		"baseURL":            {"base", "URL"},
		"a.b-c__D":           {"a", "b", "c", "D"},
		"spring.redis.host2": {"spring", "redis", "host2"},
	} {
		if diff := cmp.Diff(want, slices.Collect(words(key))); diff != "" {
			t.Errorf("words of %q (-want +got):\n%s", key, diff)
		}
	}
}

func TestHostKey(t *testing.T) {
	for _, key := range []string{
		"HOST", "REDIS_ADDR", "redisHost", "dbUrl", "baseURL", "server", "SERVICE", "bootstrap.servers", "KAFKA_BROKERS", "PGHOST",
		"DB_HOST_NAME", "hostName", "endpoint", "API_URI", "upstream-url", "CART_SERVICE_ADDR",
	} {
		if !hostKey(key) {
			t.Errorf("%s is no host", key)
		}
	}
	for _, key := range []string{
		"", "NAME", "OTEL_SERVICE_NAME", "SERVER_PORT", "SERVICE_ACCOUNT", "URL_PATH", "curl", "localhost", "MODE", "hostile", "ADDRESS_FAMILY",
	} {
		if hostKey(key) {
			t.Errorf("%s is a host", key)
		}
	}
}

func TestParsePattern(t *testing.T) {
	for pattern, want := range map[string][]string{
		"spec":                          {"spec"},
		"spec.a[*].b":                   {"spec", "a", "*", "b"},
		"spec.*.b":                      {"spec", "*", "b"},
		`metadata.annotations["a.b/c"]`: {"metadata", "annotations", "a.b/c"},
		`a["b.c"].d[*]`:                 {"a", "b.c", "d", "*"},
	} {
		got, err := parsePattern(pattern)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", pattern, err, diff)
		}
	}
	for _, pattern := range []string{"", ".a", "a.", "a..b", "a[0]", `a["b`, "a[*]b"} {
		if got, err := parsePattern(pattern); err == nil {
			t.Errorf("%s is read as %q", pattern, got)
		}
	}
}

// TestTablePatterns holds that every row of the table has a path that can be
// read: compile leaves out those that have not.
func TestTablePatterns(t *testing.T) {
	for _, rows := range [][]row{tableRows(), podRows(), containerRows()} {
		for _, r := range rows {
			if _, err := parsePattern(r.path); err != nil {
				t.Errorf("%s %s: %v", r.group, r.kind, err)
			}
			if r.holds == holdsName && r.target == "" {
				t.Errorf("%s %s %s names nothing", r.group, r.kind, r.path)
			}
		}
	}
}
