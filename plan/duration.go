package plan

import (
	"fmt"
	"strings"
	"time"
)

// Duration is a length of time, written as Go and Kubernetes do: 90s, 5m, 48h.
type Duration time.Duration

// ParseDuration reads a duration. It must not be negative, and it must have a
// unit, or be 0.
func ParseDuration(s string) (Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is no duration, such as 90s, 5m or 1h30m", s)
	}
	if d < 0 {
		return 0, fmt.Errorf("the duration %s is negative", s)
	}
	return Duration(d), nil
}

// String returns the duration as people write it: 48h, not 48h0m0s.
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// MarshalText writes the duration as a plan has it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }
