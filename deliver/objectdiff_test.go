package deliver

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// parsed returns the one object of a text, nil when it is empty.
func parsed(t *testing.T, text string) *manifest.Object {
	t.Helper()
	if text == "" {
		return nil
	}
	tree, diags := manifest.ParseTree("a.yaml", []byte(text))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return manifest.New(tree.Root)
}

func TestDiffs(t *testing.T) {
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: ns}\n"
	const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: ns, annotations: {last: '{\"data\":{\"k\":\"c2VjcmV0\"}}'}}\n"
	const config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: ns}\n"
	for name, test := range map[string]struct{ before, after, want string }{
		"order and style do not matter": {
			service + "spec: {type: ClusterIP, clusterIP: None}\n",
			service + "spec:\n  clusterIP: \"None\"\n  type: ClusterIP\n",
			"~",
		},
		"fields": {
			service + "spec: {type: ClusterIP, selector: {app: a}}\n",
			service + "spec: {selector: {app: b}, externalName: x}\n",
			"~\n  spec:\n-   type: ClusterIP\n    selector:\n-     app: a\n+     app: b\n+   externalName: x",
		},
		"items by name": {
			service + "spec: {ports: [{name: one, port: 1}, {name: two, port: 2}]}\n",
			service + "spec: {ports: [{name: two, port: 3}, {name: three, port: 4}]}\n",
			"~\n  spec:\n    ports:\n-   - name: one\n-     port: 1\n    - name: two\n-     port: 2\n+     port: 3\n+   - name: three\n+     port: 4",
		},
		"items by content": {
			service + "spec: {externalIPs: [192.0.2.1, 192.0.2.2]}\n",
			service + "spec: {externalIPs: [192.0.2.2]}\n",
			"~\n  spec:\n    externalIPs:\n-   - 192.0.2.1",
		},
		"items without names": {
			service + "spec: {rules: [{host: a, path: /}, {host: b, path: /}]}\n",
			service + "spec: {rules: [{host: b, path: /}, {host: c, path: /}]}\n",
			"~\n  spec:\n    rules:\n-   - host: a\n-     path: /\n+   - host: c\n+     path: /",
		},
		"an item in its place": {
			service + "spec: {rules: [{host: a, path: /}]}\n",
			service + "spec: {rules: [{host: a, path: /b}]}\n",
			"~\n  spec:\n    rules:\n    - host: a\n-     path: /\n+     path: /b",
		},
		"a kind of value": {
			service + "spec: {a: text, b: {c: 1}}\n",
			service + "spec: {a: {text: true}, b: [1]}\n",
			"~\n  spec:\n-   a: text\n+   a:\n+     text: true\n-   b:\n-     c: 1\n+   b:\n+   - 1",
		},
		"lines of a text": {
			config + "data:\n  a.conf: |\n    one\n    two\n    three\n",
			config + "data:\n  a.conf: |\n    one\n    2\n    three\n",
			"~\n  data:\n    a.conf: |\n-     two\n+     2",
		},
		"passwords in addresses": {
			config + "data: {url: 'amqp://user:old@a'}\n",
			config + "data: {url: 'amqp://user:new@b'}\n",
			"~\n  data:\n-   url: amqp://user:***@a\n+   url: amqp://user:***@b",
		},
		"a secret that changes": {
			secret + "data: {k: c2VjcmV0, l: b2xk}\n",
			secret + "data: {k: bmV3, m: bmV3}\nstringData:\n  n: |\n    a\n    b\n",
			"~\n  data:\n-   k: (secret)\n+   k: (secret)\n-   l: (secret)\n+   m: (secret)\n+ stringData: (secret)",
		},
		"a secret that is made": {
			"",
			secret + "data: {k: c2VjcmV0}\n",
			"+\n+ apiVersion: v1\n+ kind: Secret\n+ metadata:\n+   name: a\n+   namespace: ns\n+   annotations:\n+     last: (secret)\n+ data:\n+   k: (secret)",
		},
		"what goes": {service + "spec: {}\n", "", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			c := render.Change{Before: parsed(t, test.before), After: parsed(t, test.after)}
			either := c.After
			if either == nil {
				either = c.Before
			}
			c.Key = render.Key{ID: either.ID}
			d := Diffs(&render.State{Changes: []render.Change{c}})[0]
			got := d.Sign
			for _, l := range d.Lines {
				got += "\n" + l.Sign + " " + l.Text
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			for _, hidden := range []string{"c2VjcmV0", "b2xk", "bmV3", ":old@", ":new@"} {
				if strings.Contains(got, hidden) {
					t.Errorf("shows %s", hidden)
				}
			}
		})
	}
}
