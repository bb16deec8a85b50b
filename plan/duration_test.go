package plan

import (
	"encoding/json"
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "90s": 90 * time.Second, "5m": 5 * time.Minute, "48h": 48 * time.Hour,
		"1h30m": 90 * time.Minute, "1.5s": 1500 * time.Millisecond,
	} {
		if got, err := ParseDuration(in); err != nil || time.Duration(got) != want {
			t.Errorf("ParseDuration(%q) = %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "30", "-5s", "2d", "a minute", "5 m"} {
		if got, err := ParseDuration(in); err == nil {
			t.Errorf("ParseDuration(%q) = %v, want an error", in, got)
		}
	}
}

func TestDurationString(t *testing.T) {
	for want, in := range map[string]time.Duration{
		"0s": 0, "30s": 30 * time.Second, "1m": time.Minute, "1m30s": 90 * time.Second, "48h": 48 * time.Hour,
		"1h30m": 90 * time.Minute, "1h0m5s": time.Hour + 5*time.Second, "10h": 10 * time.Hour, "10m": 10 * time.Minute,
		"1.5s": 1500 * time.Millisecond, "200ms": 200 * time.Millisecond,
	} {
		if got := Duration(in).String(); got != want {
			t.Errorf("%v prints as %q, want %q", in, got, want)
		}
		if back, err := ParseDuration(want); err != nil || time.Duration(back) != in {
			t.Errorf("%q reads as %v, %v", want, back, err)
		}
	}
}

func TestDurationInJSON(t *testing.T) {
	got, err := json.Marshal(Windows{DNSTTL: Duration(time.Minute)})
	if want := `{"dnsTTL":"1m"}`; err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}
