package e2e_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/rehome-dev/rehome/e2e/walk"
)

// unchanged applies state 0 to today's cluster, which must change nothing.
func (j *journey) unchanged(t *testing.T) {
	t.Helper()
	today, err := j.Scenario.Today(t.Context(), j.Cluster)
	if err != nil {
		t.Fatal(err)
	}
	before, err := j.Objects(t.Context(), j.Cluster)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Walker.Today(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := j.Objects(t.Context(), j.Cluster)
	if err != nil {
		t.Fatal(err)
	}
	if len(today) == 0 {
		t.Fatal("state 0 holds nothing")
	}
	for _, name := range today {
		if diff := cmp.Diff(intent(before[name], before), intent(after[name], after)); diff != "" {
			t.Errorf("state 0 changed %s (-before +after):\n%s", name, diff)
		}
	}
}

// intent is what somebody wanted of an object: without what the API server and
// controllers keep in it.
func intent(o walk.Object, all map[string]walk.Object) map[string]any {
	if o.Unstructured == nil {
		return nil
	}
	out := o.DeepCopy().Object
	for _, field := range [][]string{
		{"status"},
		{"metadata", "managedFields"},
		{"metadata", "resourceVersion"},
		{"metadata", "generation"},
		{"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"},
	} {
		unstructured.RemoveNestedField(out, field...)
	}
	if kept, _, _ := unstructured.NestedMap(out, "metadata", "annotations"); len(kept) == 0 {
		unstructured.RemoveNestedField(out, "metadata", "annotations")
	}
	if _, scaled := all["HorizontalPodAutoscaler "+o.GetNamespace()+"/"+o.GetName()]; scaled {
		unstructured.RemoveNestedField(out, "spec", "replicas")
	}
	return out
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
