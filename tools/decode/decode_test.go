// Package decode holds that what rehome writes for other controllers is what
// their own Go types read. It is a module of its own, so that rehome depends on
// none of them.
package decode

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	traefik "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/apimachinery/pkg/runtime"
	externaldns "sigs.k8s.io/external-dns/apis/v1alpha1"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	gatewaybeta "sigs.k8s.io/gateway-api/apis/v1beta1"
	"sigs.k8s.io/yaml"
)

// kinds are the custom resources that rehome writes, with the type that their
// controllers read them into and, where YAML is not all, a check of their own.
var kinds = map[string]struct {
	into  func() runtime.Object
	check func(runtime.Object) error
}{
	"traefik.io/v1alpha1 IngressRoute":                 {func() runtime.Object { return &traefik.IngressRoute{} }, routes},
	"traefik.io/v1alpha1 IngressRouteTCP":              {func() runtime.Object { return &traefik.IngressRouteTCP{} }, tcpRoutes},
	"gateway.networking.k8s.io/v1 HTTPRoute":           {func() runtime.Object { return &gateway.HTTPRoute{} }, httpRoute},
	"gateway.networking.k8s.io/v1 GRPCRoute":           {func() runtime.Object { return &gateway.GRPCRoute{} }, grpcRoute},
	"gateway.networking.k8s.io/v1beta1 ReferenceGrant": {func() runtime.Object { return &gatewaybeta.ReferenceGrant{} }, nil},
	"externaldns.k8s.io/v1alpha1 DNSEndpoint":          {func() runtime.Object { return &externaldns.DNSEndpoint{} }, endpoints},
}

// TestEmitted decodes every custom resource of the committed goldens and of the
// examples' output, strictly: a field that the type does not have is an error.
func TestEmitted(t *testing.T) {
	seen := map[string]int{}
	for _, dir := range []string{"../../testdata/golden", "../../examples"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".txtar") && !strings.HasSuffix(path, ".yaml") {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, document := range documents(data) {
				if kind := decode(t, path, document); kind != "" {
					seen[kind]++
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for kind := range kinds {
		if seen[kind] == 0 {
			t.Errorf("no golden and no example has a %s", kind)
		}
	}
	t.Logf("decoded: %v", seen)
}

// documents splits archives and streams of YAML into documents.
func documents(data []byte) []string {
	var out []string
	var current strings.Builder
	for line := range strings.Lines(string(data)) {
		trimmed := strings.TrimRight(line, "\n")
		if trimmed == "---" || strings.HasPrefix(trimmed, "-- ") && strings.HasSuffix(trimmed, " --") {
			out = append(out, current.String())
			current.Reset()
			continue
		}
		current.WriteString(line)
	}
	return append(out, current.String())
}

// decode decodes a document of one of the kinds, and returns the kind, "" of any
// other.
func decode(t *testing.T, path, document string) string {
	t.Helper()
	if !strings.HasPrefix(document, "apiVersion: ") {
		return ""
	}
	var meta struct{ APIVersion, Kind string }
	if yaml.Unmarshal([]byte(document), &meta) != nil {
		return "" // a patch, or a sample of something else
	}
	kind := meta.APIVersion + " " + meta.Kind
	k, ok := kinds[kind]
	if !ok {
		return ""
	}
	o := k.into()
	if err := yaml.UnmarshalStrict([]byte(document), o); err != nil {
		t.Errorf("%s: %s: %v\n%s", path, kind, err, document)
		return kind
	}
	if k.check != nil {
		if err := k.check(o); err != nil {
			t.Errorf("%s: %s: %v\n%s", path, kind, err, document)
		}
	}
	return kind
}
