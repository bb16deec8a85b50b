package sim

import (
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// plainLabels reports whether labels are valid at a glance, so that the library
// need not look at them, which takes it longer than everything else that is done
// with a policy. Labels that are not plain may be valid too.
func plainLabels(set labels.Set) bool {
	for k, v := range set {
		if !plainKey(k) || v != "" && !plainName(v) {
			return false
		}
	}
	return true
}

// plainKey reports whether a text is a name, or a name behind the domain of its
// owner: kubernetes.io/metadata.name.
func plainKey(s string) bool {
	domain, name, owned := strings.Cut(s, "/")
	if !owned {
		return plainName(s)
	}
	return plainName(name) && plainName(domain) && domain == strings.ToLower(domain) &&
		!strings.Contains(domain, "_") && !strings.Contains(domain, "..") && !strings.Contains(domain, ".-") && !strings.Contains(domain, "-.")
}

// plainName reports whether a text is letters and digits, and between them
// anything that may stand in a label
// (k8s.io/apimachinery/pkg/util/validation.IsValidLabelValue).
func plainName(s string) bool {
	const longest = 63 // validation.LabelValueMaxLength
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case i == 0, i == len(s)-1, c != '-' && c != '_' && c != '.':
			return false
		}
	}
	return s != "" && len(s) <= longest
}
