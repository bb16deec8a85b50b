package deliver_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/internal/kustbuild"
)

// apps is the manifests of two apps.
const apps = `
-- k8s/all.yaml --
apiVersion: v1
kind: Service
metadata:
  name: appa # called by appb
spec:
  selector: {app: appa}
  ports:
  - {name: http, port: 80, targetPort: 8080}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: appa
spec:
  selector: {matchLabels: {app: appa}}
  template:
    metadata: {labels: {app: appa}}
    spec:
      serviceAccountName: appa
      containers:
      - name: main
        image: a:1
        env:
        - {name: SELF, value: "http://appa:80/x"}
        volumeMounts: []
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: appa}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: appa}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: appa-reader}
subjects:
- {kind: ServiceAccount, name: appa, namespace: foobar}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: appa}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: appa-reader}
subjects:
- {kind: ServiceAccount, name: appa, namespace: foobar}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: appa-reader}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get]}
---
apiVersion: v1
kind: Secret
metadata: {name: appa}
stringData: {token: "s3cret http://appa:80"}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: appa.x}
spec: {url: "http://appa:80", list: [1, 2, 3], "a/b~c": "http://appa:80"}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: appb}
spec:
  rules:
  - http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: appa, port: {number: 80}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: appb}
spec:
  replicas: 2
  selector: {matchLabels: {app: appb}}
  template:
    metadata: {labels: {app: appb}}
    spec:
      containers:
      - name: main
        image: b:1
        envFrom:
        - configMapRef: {name: appb-config}
        env:
        - {name: A, value: "http://appa:80"}
`

// sources are the ways in which the manifests can be a source.
var sources = map[string]struct {
	archive string
	root    string
	service string
}{
	"directory":     {apps, "k8s", "appa"},
	"kustomization": {apps + "-- k8s/kustomization.yaml --\nresources: [all.yaml]\n", "k8s", "appa"},
	"generators": {apps + `-- k8s/kustomization.yaml --
resources: [all.yaml]
configMapGenerator:
- name: appb-config
  literals: ["URL=http://appa:80/"]
`, "k8s", "appa"},
	"namespace": {apps + `-- k8s/kustomization.yaml --
namespace: foobar
resources: [all.yaml]
configMapGenerator:
- name: appb-config
  literals: ["URL=http://appa:80/"]
`, "k8s", "appa"},
	"prefix": {apps + `-- k8s/kustomization.yaml --
namespace: foobar
namePrefix: dev-
resources: [all.yaml]
configMapGenerator:
- name: appb-config
  literals: ["URL=http://appa:80/"]
patches:
- target: {kind: Deployment}
  patch: |
    - {op: add, path: /metadata/labels, value: {patched: "yes"}}
`, "k8s", "dev-appa"},
}

func TestBuildsEqualStates(t *testing.T) {
	for name, source := range sources {
		for mode, opts := range map[string]deliver.Options{"overlay": {}, "flat": {Flat: true}} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				s := begin(t, source.archive, source.root).everything(source.service)
				kustbuild.CheckBuild(t, s.files, "out", s.output(opts), s.states)
			})
		}
	}
}

func TestSameBytesWithAnyNumberOfWorkers(t *testing.T) {
	for name, source := range sources {
		s := begin(t, source.archive, source.root).everything(source.service)
		want := s.output(deliver.Options{Workers: 1})
		for _, workers := range []int{0, 2, 7} {
			if diff := cmp.Diff(want, s.output(deliver.Options{Workers: workers})); diff != "" {
				t.Errorf("%s with %d workers:\n%s", name, workers, diff)
			}
		}
		if !slices.IsSortedFunc(want, func(a, b deliver.File) int { return strings.Compare(a.Path, b.Path) }) {
			t.Errorf("%s: files are not sorted", name)
		}
	}
}

func TestFilesHaveUniquePaths(t *testing.T) {
	for name, source := range sources {
		seen := map[string]bool{}
		for _, f := range begin(t, source.archive, source.root).everything(source.service).output(deliver.Options{}) {
			if seen[f.Path] {
				t.Errorf("%s: %s is written twice", name, f.Path)
			}
			if seen[f.Path] = true; len(f.Data) == 0 || !bytes.HasSuffix(f.Data, []byte("\n")) {
				t.Errorf("%s: %s does not end in a line break", name, f.Path)
			}
		}
	}
}
