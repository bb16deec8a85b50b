package e2e_test

import (
	"strings"
	"testing"
)

// unchanged applies state 0 to today's cluster, which must change nothing.
func (j *journey) unchanged(t *testing.T) {
	t.Helper()
	before, err := j.Objects(t.Context(), j.Cluster)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Today(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := j.Objects(t.Context(), j.Cluster)
	if err != nil {
		t.Fatal(err)
	}
	for name, version := range after {
		// The autoscaler's controller reports every 15 s.
		if before[name] != version && !strings.HasPrefix(name, "HorizontalPodAutoscaler ") {
			t.Errorf("state 0 changed %s from version %q to %s", name, before[name], version)
		}
	}
	for name := range before {
		if after[name] == "" {
			t.Errorf("state 0 removed %s", name)
		}
	}
}

// final compares the cluster with the last state: nothing is missing, nothing is
// left over.
func (j *journey) final(t *testing.T) {
	t.Helper()
	extra, missing, err := j.Leftover(t.Context(), j.Cluster)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range extra {
		t.Errorf("%s is left over", o)
	}
	for _, o := range missing {
		t.Errorf("%s is missing", o)
	}
}
