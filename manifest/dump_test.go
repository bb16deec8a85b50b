package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const dumped = `apiVersion: v1
items:
- apiVersion: v1
  kind: Service
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"v1"}
    creationTimestamp: "2024-01-01T00:00:00Z"
    name: web
    namespace: shop
    resourceVersion: "7"
    uid: 1-2-3
  spec:
    clusterIP: 10.0.0.1 # given
    clusterIPs:
    - 10.0.0.1
    ipFamilies:
    - IPv4
    ipFamilyPolicy: SingleStack
    ports:
    - port: 80
    selector:
      app: web
  status:
    loadBalancer: {}
- apiVersion: v1
  kind: Service
  metadata:
    annotations:
      deployment.kubernetes.io/revision: "1"
      own: "yes"
    name: db
    namespace: shop
    uid: 1-2-4
  spec:
    clusterIP: None
    clusterIPs:
    - None
    ipFamilyPolicy: PreferDualStack
- apiVersion: v1
  kind: Endpoints
  metadata:
    name: web
    namespace: shop
    uid: 1-2-5
- apiVersion: v1
  kind: Endpoints
  metadata:
    name: db
    namespace: shop
    uid: 1-2-6
- apiVersion: apps/v1
  kind: ReplicaSet
  metadata:
    name: web-1
    ownerReferences:
    - kind: Deployment
      name: web
      controller: true
- apiVersion: v1
  kind: Event
  metadata:
    name: e
- apiVersion: batch/v1
  kind: Job
  metadata:
    name: once
    uid: 1-2-7
  spec:
    selector:
      matchLabels:
        batch.kubernetes.io/controller-uid: 1-2-7
    template:
      metadata:
        labels:
          batch.kubernetes.io/controller-uid: 1-2-7
          app: once
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata:
    name: data
    uid: 1-2-8
    annotations:
      pv.kubernetes.io/bind-completed: "yes"
  spec:
    volumeName: pvc-1
    storageClassName: fast
kind: List
metadata:
  resourceVersion: ""
`

func TestDump(t *testing.T) {
	objects, diags := parseDocuments(&Root{Namespace: "shop"}, "dump.yaml", []byte(dumped))
	wantSaid := []string{
		"dump.yaml: info[source]: removed what the server had set from 6 objects: metadata.uid, metadata.resourceVersion, metadata.creationTimestamp, metadata.annotations, status, spec.clusterIP, spec.clusterIPs, spec.ipFamilies, spec.ipFamilyPolicy, " +
			`metadata.annotations["deployment.kubernetes.io/revision"], spec.selector, spec.template.metadata.labels["batch.kubernetes.io/controller-uid"], spec.volumeName`,
		"dump.yaml: info[source]: left out 3 objects that controllers make: 1 Endpoints, 1 Event, 1 ReplicaSet",
	}
	if diff := cmp.Diff(wantSaid, said(diags)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
	want := []string{
		"apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  ports:\n  - port: 80\n  selector:\n    app: web\n",
		"apiVersion: v1\nkind: Service\nmetadata:\n  annotations:\n    own: \"yes\"\n  name: db\n  namespace: shop\nspec:\n  clusterIP: None\n  ipFamilyPolicy: PreferDualStack\n",
		"apiVersion: v1\nkind: Endpoints\nmetadata:\n  name: db\n  namespace: shop\n",
		"apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: once\nspec:\n  template:\n    metadata:\n      labels:\n        app: once\n",
		"apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  storageClassName: fast\n",
	}
	var got []string
	for _, o := range objects {
		got = append(got, string(o.Bytes()))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	for path, want := range map[string]string{
		"":                     "dump.yaml:3:3",
		"metadata name":        "dump.yaml:10:11",
		"spec ports 0 port":    "dump.yaml:22:13",
		"spec selector app":    "dump.yaml:24:12",
		"spec clusterIP":       "dump.yaml:15:16",
		"spec selector absent": "dump.yaml:23:5",
	} {
		if got := objects[0].Pos(strings.Fields(path)...).String(); got != want {
			t.Errorf("%s is at %s, want %s", path, got, want)
		}
	}
}

func TestListForms(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
		pos        string // of the last object's name
	}{
		{
			"indented items with comments", "kind: List\napiVersion: v1\nitems:\n  # one\n  - apiVersion: v1\n    kind: A # a\n    metadata:\n      name: x\n    data:\n      t: |\n        l1\n\n        l2\n  # two\n  -\n    apiVersion: v1\n    kind: B\n    metadata: {name: z} # b\n",
			[]string{"apiVersion: v1\nkind: A # a\nmetadata:\n  name: x\ndata:\n  t: |\n    l1\n\n    l2\n", "apiVersion: v1\nkind: B\nmetadata: {name: z} # b\n"},
			"x.yaml:18:22",
		},
		{
			"JSON as kubectl prints it", "{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n        {\n            \"apiVersion\": \"v1\",\n            \"kind\": \"A\",\n            \"metadata\": {\n                \"name\": \"x\"\n            }\n        }\n    ],\n    \"kind\": \"List\"\n}\n",
			[]string{"{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"A\",\n    \"metadata\": {\n        \"name\": \"x\"\n    }\n}\n"},
			"x.yaml:8:25",
		},
		{
			"JSON on one line", `{"kind":"List","apiVersion":"v1","items":[{"apiVersion":"v1","kind":"A","metadata":{"name":"x"}},{"apiVersion":"v1","kind":"A","metadata":{"name":"z"}}]}`,
			[]string{`{"apiVersion":"v1","kind":"A","metadata":{"name":"x"}}` + "\n", `{"apiVersion":"v1","kind":"A","metadata":{"name":"z"}}` + "\n"},
			"x.yaml:1:147",
		},
		{
			"typed list", "apiVersion: v1\nkind: ServiceList\nitems:\n- metadata:\n    name: x\n",
			[]string{"metadata:\n  name: x\napiVersion: v1\nkind: Service\n"},
			"x.yaml:5:11",
		},
		{
			"aliases", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: A\n  metadata: &m {name: x}\n- apiVersion: v1\n  kind: B\n  metadata: *m\n",
			[]string{"apiVersion: v1\nkind: A\nmetadata:\n  name: x\n", "apiVersion: v1\nkind: B\nmetadata:\n  name: x\n"},
			"x.yaml:6:23",
		},
		{"empty", "apiVersion: v1\nkind: List\nitems: []\n", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			objects, diags := parseDocuments(&Root{}, "x.yaml", []byte(tt.text))
			if len(diags) > 0 {
				t.Fatal(said(diags))
			}
			var got []string
			for _, o := range objects {
				got = append(got, string(o.Bytes()))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			if n := len(objects); n > 0 && objects[n-1].Pos("metadata", "name").String() != tt.pos {
				t.Errorf("the name is at %s, want %s", objects[n-1].Pos("metadata", "name"), tt.pos)
			}
		})
	}
}

func TestPlainManifestsKeepTheirFields(t *testing.T) {
	const text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: x\n  creationTimestamp: null\nspec:\n  clusterIP: 10.0.0.1\nstatus: {}\n"
	o := parseOne(t, text)
	if got := string(o.Bytes()); got != text {
		t.Errorf("a manifest that is no dump was changed:\n%s", got)
	}
}
