package corpus

import (
	"bytes"
	"fmt"
)

// planFile returns the plan that moves every app from ns-0000 to new-ns-0000
// and so on. The platform's apps stay.
func planFile(n int, layout Layout) []byte {
	var b bytes.Buffer
	b.WriteString("apiVersion: rehome.dev/v1alpha1\nkind: MigrationPlan\nmetadata:\n  name: corpus\nspec:\n")
	if layout == Files {
		b.WriteString("  sources:\n")
		for i := 0; i < n; i += AppsPerNamespace {
			writeSource(&b, namespaceOf(i))
		}
		writeSource(&b, platform)
	}
	b.WriteString("  apps:\n")
	for _, a := range everyApp(n) {
		fmt.Fprintf(&b, "    - name: %s\n", a.name)
		if layout == Kustomizations {
			fmt.Fprintf(&b, "      manifests: %s/%s\n", manifestsDir(a.namespace), a.name)
		}
		fmt.Fprintf(&b, "      from: {namespace: %s}\n", a.namespace)
		if a.namespace != platform {
			fmt.Fprintf(&b, "      to: {namespace: new-%s}\n", a.namespace)
		}
	}
	return b.Bytes()
}

func writeSource(b *bytes.Buffer, namespace string) {
	fmt.Fprintf(b, "    - path: %s\n      namespace: %s\n", manifestsDir(namespace), namespace)
}
