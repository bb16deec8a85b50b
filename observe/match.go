package observe

import (
	"encoding/base64"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/rehome-dev/rehome/manifest"
)

// differences returns the fields of an object that a cluster does not hold as
// they are asked for. Fields that only the cluster has are defaults, or belong to
// somebody else (Kubernetes' server-side apply has the same notion).
func differences(want *manifest.Object, holds *manifest.Node) []manifest.Path {
	if want.APIVersion() != holds.Text("apiVersion") {
		return nil // another version of the same kind spells fields differently
	}
	m := &matcher{}
	for key, value := range want.Root().Entries() {
		switch {
		case key == "status" || key == "apiVersion" || key == "kind":
		case key == "stringData" && want.ID.Kind == "Secret":
			m.encoded(value, holds.Get("data"))
		default:
			m.node(manifest.P(key), value, holds.Get(key))
		}
	}
	return m.paths
}

// matcher collects what differs.
type matcher struct{ paths []manifest.Path }

func (m *matcher) node(at manifest.Path, want, holds *manifest.Node) {
	switch {
	case empty(want) && empty(holds):
	case want.Kind() == manifest.Mapping && holds.Kind() == manifest.Mapping:
		for key, value := range want.Entries() {
			if !serverOwned(at, key) {
				m.node(at.Join(key), value, holds.Get(key))
			}
		}
	case want.Kind() == manifest.Sequence && holds.Kind() == manifest.Sequence && want.Len() == holds.Len():
		for i, item := range want.Items() {
			at := at.Index(i)
			m.node(at, item, holds.Get(at[len(at)-1]))
		}
	case !want.Equal(holds) && !sameScalar(want, holds):
		m.paths = append(m.paths, at.Join())
	}
}

// empty reports whether a field says nothing: null, "" and collections without
// entries are dropped by the server where they mean the default.
func empty(n *manifest.Node) bool {
	return n.IsNull() || n.Kind() != manifest.Scalar && n.Len() == 0 || n.Kind() == manifest.Scalar && n.Value() == ""
}

// serverOwned reports whether a server sets a field of metadata whatever is asked
// for.
func serverOwned(at manifest.Path, key string) bool {
	return len(at) == 1 && at[0] == "metadata" && (key == "creationTimestamp" || key == "resourceVersion" || key == "uid" || key == "generation" || key == "managedFields")
}

// sameScalar compares texts that the server writes in its own way: quantities
// (resource.Quantity), and numbers and strings of one content (IntOrString).
func sameScalar(want, holds *manifest.Node) bool {
	if want.Kind() != manifest.Scalar || holds.Kind() != manifest.Scalar {
		return false
	}
	if want.Value() == holds.Value() {
		return true
	}
	a, errA := resource.ParseQuantity(want.Value())
	b, errB := resource.ParseQuantity(holds.Value())
	return errA == nil && errB == nil && a.Cmp(b) == 0
}

// encoded compares the stringData of a Secret with the data that the server makes
// of it.
func (m *matcher) encoded(want, holds *manifest.Node) {
	for key, value := range want.Entries() {
		if base64.StdEncoding.EncodeToString([]byte(value.Value())) != holds.Text(key) {
			m.paths = append(m.paths, manifest.P("stringData", key))
		}
	}
}
