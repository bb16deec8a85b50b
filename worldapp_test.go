package rehome_test

import (
	"fmt"
	"strings"
)

// documents returns the manifests of an app, one text each.
func (w *world) documents(a *worldApp) []string {
	out := []string{w.service(a), w.deployment(a), serviceAccount(a)}
	if a.flow { // a second Service, which nobody calls
		out = append(out, fmt.Sprintf("apiVersion: v1\nkind: Service\nmetadata: {name: %[1]s-admin}\nspec: {selector: {app: %[1]s}, ports: [{port: 9000, targetPort: http}]}\n", a.name))
	}
	if a.config && !a.generated {
		data := ""
		for _, s := range w.settings(a) {
			key, value, _ := strings.Cut(s, "=")
			data += fmt.Sprintf("  %s: %q\n", key, value)
		}
		out = append(out, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "+a.name+"-config}\ndata:\n"+data)
	}
	return out
}

func (w *world) service(a *worldApp) string {
	if a.flow {
		return fmt.Sprintf("{apiVersion: v1, kind: Service, metadata: {name: %[1]s}, spec: {selector: {app: %[1]s}, ports: [{port: 80, targetPort: 8080}]}} # of %[1]s\n", a.name)
	}
	return fmt.Sprintf(`# Calls of %[1]s arrive here.
apiVersion: v1
kind: Service
metadata:
  name: %[1]s
spec:
  selector:
    app: %[1]s
  ports:
  - name: http
    port: 80 # as everywhere
    targetPort: http
`, a.name)
}

func (w *world) deployment(a *worldApp) string {
	var b text
	b.linef(`apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s, labels: {app: %[1]s}}
spec:
  replicas: 2
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata:
      labels:
        app: %[1]s
    spec:
      serviceAccountName: %[1]s
      containers:
      - name: main
        image: 'ghcr.io/acme/%[1]s:1.0' # pinned
        ports: [{name: http, containerPort: 8080}]
        readinessProbe: {httpGet: {path: /, port: http}}`, a.name)
	if !a.config {
		b.linef("        env:")
		for _, s := range w.settings(a) {
			key, value, _ := strings.Cut(s, "=")
			b.linef("        - {name: %s, value: %q}", key, value)
		}
	}
	if a.config || a.readShared {
		b.linef("        envFrom:")
	}
	if a.config {
		b.linef("        - configMapRef:\n            name: %s-config", a.name)
	}
	if a.readShared {
		b.linef("        - configMapRef: {name: %s-shared}", w.namespaces[a.home].name)
	}
	return b.String()
}

func serviceAccount(a *worldApp) string {
	return fmt.Sprintf("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n    name: %s\nautomountServiceAccountToken: false\n", a.name)
}
