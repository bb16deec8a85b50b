package manifest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
)

func TestAppendJSON(t *testing.T) {
	n := parseOne(t, head+"z: [1, 1.5, 0x10, true, null, '', \"a\\\"\\\\\\n\\t\\x01é\\u2028\"]\na: {}\nb: []\n").Root()
	want := `{"apiVersion":"v1","kind":"Test","metadata":{"name":"x"},"z":[1,1.5,16,true,null,"","a\"\\\n\t\u0001é` + "\u2028" + `"],"a":{},"b":[]}`
	got := string(n.AppendJSON(nil))
	if !json.Valid([]byte(got)) {
		t.Errorf("not JSON: %s", got)
	}
	if diff := cmp.Diff(asJSON(t, []byte(want)), asJSON(t, []byte(got))); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(got, `{"apiVersion":"v1","kind":"Test","metadata":{"name":"x"},"z":[1,1.5,16,true,null,""`) {
		t.Errorf("not in the order as written: %s", got)
	}
}

func TestDecode(t *testing.T) {
	const text = "# c\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  replicas: 3\n"
	var d appsv1.Deployment
	if err := parseOne(t, text).Decode(&d); err != nil || d.Name != "web" || *d.Spec.Replicas != 3 {
		t.Errorf("decoded %v, %v", d, err)
	}
	err := parseOne(t, strings.Replace(text, "3", "many", 1)).Decode(&d)
	if err == nil || !strings.HasPrefix(err.Error(), "x.yaml:8:13: Deployment.apps shop/web: spec.replicas can't be a string") &&
		!strings.HasPrefix(err.Error(), "x.yaml:8:13: Deployment shop/web: spec.replicas can't be a string") {
		t.Errorf("the error is %v", err)
	}
}
