package render

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

const sharedIngress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: all, namespace: old}
spec:
  defaultBackend: {service: {name: a}}
  rules:
  - host: a.example.com
    http: {paths: [{path: /, backend: {service: {name: a}}}]}
  - host: both.example.com
    http:
      paths:
      - {path: /a, backend: {service: {name: a}}}
      - {path: /b, backend: {service: {name: b}}}
  - host: static.example.com
`

// What is left of a route that several apps share are the rules of those that
// are wanted, wherever in the list they stand, and what leads to no app.
func TestFilterRules(t *testing.T) {
	inventory, diags := manifest.Read(fstest.MapFS{"i.yaml": {Data: []byte(sharedIngress)}}, []*manifest.Root{{Path: "i.yaml"}}, manifest.ReadOptions{})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	route := inventory.Objects[0]
	a, b := &plan.App{Name: "a"}, &plan.App{Name: "b"}
	parts := &backends{route: route, apps: []*plan.App{a, b}, below: map[string][]*plan.App{
		"/spec/defaultBackend": {a}, "/spec/rules/0": {a}, "/spec/rules/0/http/paths/0": {a},
		"/spec/rules/1": {a, b}, "/spec/rules/1/http/paths/0": {a}, "/spec/rules/1/http/paths/1": {b},
	}}
	hosts := func(wanted ...*plan.App) (out []string) {
		f := &folder{}
		o := f.filterRules(route, parts, func(x *plan.App) bool {
			for _, w := range wanted {
				if w == x {
					return true
				}
			}
			return false
		})
		if len(f.diags) > 0 {
			t.Errorf("every rule can be divided, but %v", f.diags.Err())
		}
		if o.Get("spec", "defaultBackend") != nil {
			out = append(out, "default")
		}
		for _, rule := range o.Get("spec", "rules").Items() {
			out = append(out, rule.Text("host"))
			for _, path := range rule.Get("http", "paths").Items() {
				out = append(out, path.Text("path"))
			}
		}
		return out
	}
	for _, test := range []struct {
		wanted []*plan.App
		share  share
		want   string
	}{
		{[]*plan.App{a, b}, all, "[default a.example.com / both.example.com /a /b static.example.com]"},
		{[]*plan.App{a}, some, "[default a.example.com / both.example.com /a static.example.com]"},
		{[]*plan.App{b}, some, "[both.example.com /b static.example.com]"},
		{nil, none, "[static.example.com]"},
	} {
		if got := fmt.Sprint(hosts(test.wanted...)); got != test.want {
			t.Errorf("left are %s, want %s", got, test.want)
		}
		if got := parts.share(func(x *plan.App) bool { return len(test.wanted) == 2 || len(test.wanted) == 1 && x == test.wanted[0] }); got != test.share {
			t.Errorf("the share is %d, want %d", got, test.share)
		}
	}
}
