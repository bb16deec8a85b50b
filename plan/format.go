package plan

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/api/resource"
)

// format is a rule for a text of the plan. The pattern is what the JSON Schema
// says of it; it holds in RE2 and in ECMA 262 alike.
type format struct {
	name    string
	title   string // what the reference calls it
	pattern string
	max     int    // bytes; no limit when 0
	numbers string // number or integer: one that is written without quotes is taken as its text
	least   int64  // such a number must be
	blank   bool   // an empty text is one
	is      string // what a text must be, to complete "is no"

	// check finds what a pattern cannot, "" when nothing is wrong.
	check func(string) string
}

const (
	labelPattern = `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
	wordPattern  = `[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?`
)

// formats are the rules that tags name. Those of names are Kubernetes's own
// (k8s.io/apimachinery/pkg/util/validation).
var formats = sync.OnceValue(func() map[string]*format {
	all := []*format{
		{
			name: "label", title: "DNS label", pattern: "^" + labelPattern + "$", max: 63,
			is: "DNS label (RFC 1123): lower-case letters, digits and '-', beginning and ending with a letter or digit, at most 63 characters",
		},
		{
			name: "subdomain", title: "DNS name", pattern: "^" + labelPattern + `(\.` + labelPattern + ")*$", max: 253,
			is: "DNS name: DNS labels with dots between them, at most 253 characters",
		},
		{
			name: "labelKey", title: "label key", pattern: "^(" + labelPattern + `(\.` + labelPattern + ")*/)?" + wordPattern + "$", max: 253 + 1 + 63,
			is: "label key: a word of letters, digits, '-', '_' and '.', with a DNS name and '/' before it or not", check: checkLabelKey,
		},
		{
			name: "labelValue", title: "label value", pattern: "^(" + wordPattern + ")?$", max: 63, blank: true,
			is: "label value: letters, digits, '-', '_' and '.', beginning and ending with a letter or digit, at most 63 characters",
		},
		{
			name: "kind", title: "kind", pattern: "^[A-Z][A-Za-z0-9]*$", max: 63,
			is: "kind, such as Deployment",
		},
		{
			name: "image", title: "container image", pattern: `^[A-Za-z0-9][^ \t\r\n]*$`,
			is: "container image",
		},
		{
			name: "path", title: "relative path", pattern: `^[^/~].*$`,
			is: "relative path", check: checkPath,
		},
		{
			name: "port", title: "port number or name", pattern: "^(" + labelPattern + ")$", max: 15, numbers: "integer", least: 1,
			is: "port: a number from 1 to 65535, or a name of lower-case letters, digits and '-' with at most 15 characters", check: checkPort,
		},
		{
			name: "quantity", title: "quantity", pattern: `^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]+)?$`, numbers: "number",
			is: "quantity that Kubernetes takes, such as 500m, 64 or 256Gi", check: checkQuantity,
		},
		{
			name: "duration", title: "duration", pattern: `^(0|([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+)$`, numbers: "number",
			is: "duration, such as 90s, 5m or 1h30m", check: checkDuration,
		},
		{
			name: "ip", title: "IP address", pattern: `^[0-9A-Fa-f:.]+$`,
			is: "IP address", check: checkIP,
		},
		{
			name: "code", title: "code", pattern: "^(H[0-9][0-9]|P[0-9])$",
			is: "code of a hazard or a check, such as H22 or P5",
		},
	}
	byName := make(map[string]*format, len(all))
	for _, f := range all {
		byName[f.name] = f
		re := regexp.MustCompile(f.pattern)
		f.check = withPattern(f, re, f.check)
	}
	return byName
})

// withPattern returns a check that looks at the length and the pattern first.
func withPattern(f *format, re *regexp.Regexp, more func(string) string) func(string) string {
	return func(s string) string {
		switch {
		case !re.MatchString(s) || f.max > 0 && len(s) > f.max:
			return fmt.Sprintf("%q is no %s", s, f.is)
		case more != nil:
			return more(s)
		}
		return ""
	}
}

func checkLabelKey(s string) string {
	prefix, name, found := strings.Cut(s, "/")
	if !found {
		prefix, name = "", s
	}
	if len(prefix) > 253 || len(name) > 63 {
		return fmt.Sprintf("%q is too long: a label key has at most 63 characters, its prefix at most 253", s)
	}
	return ""
}

// checkPath refuses what is not a path below or beside the plan: rehome reads
// local files only.
func checkPath(s string) string {
	switch {
	case strings.Contains(s, "://") || strings.Contains(s, "?ref=") || strings.HasPrefix(s, "git@") || strings.HasPrefix(s, "git::"):
		return fmt.Sprintf("%q is remote: rehome reads local files only", s)
	case strings.ContainsAny(s, "\\\x00") || len(s) > 1 && s[1] == ':':
		return fmt.Sprintf("%q is no relative path with '/' between its parts", s)
	}
	return ""
}

func checkPort(s string) string {
	if isNumber(s) {
		if n, err := strconv.Atoi(s); err != nil || n < 1 || n > 65535 {
			return fmt.Sprintf("%s is no port number from 1 to 65535", s)
		}
		return ""
	}
	if strings.Contains(s, "--") || !strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz") {
		return fmt.Sprintf("%q is no port name: it has a letter, and no two '-' in a row", s)
	}
	return ""
}

func checkQuantity(s string) string {
	if _, err := resource.ParseQuantity(s); err != nil {
		return fmt.Sprintf("%q is no quantity that Kubernetes takes", s)
	}
	return ""
}

// checkIP refuses what no pod of another cluster could reach.
func checkIP(s string) string {
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil || a.Is4In6():
		return fmt.Sprintf("%q is no IP address", s)
	case a.IsLoopback() || a.IsUnspecified() || a.IsMulticast() || a.IsLinkLocalUnicast():
		return fmt.Sprintf("%s cannot be reached from other hosts", s)
	}
	return ""
}

func checkDuration(s string) string {
	if _, err := ParseDuration(s); err != nil {
		return err.Error()
	}
	return ""
}
