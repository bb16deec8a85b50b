package manifest

import (
	"cmp"
	"strings"
)

// ID names an object within one cluster.
type ID struct {
	Group     string // API group, "" for core
	Kind      string
	Namespace string // "" for cluster-scoped objects
	Name      string
}

// String returns Kind namespace/name, with the group where it is not a core one.
func (id ID) String() string {
	kind := id.Kind
	if strings.Contains(id.Group, ".") && !strings.HasSuffix(id.Group, ".k8s.io") {
		kind += "." + id.Group
	}
	if id.Namespace == "" {
		return kind + " " + id.Name
	}
	return kind + " " + id.Namespace + "/" + id.Name
}

// Compare orders IDs by namespace, group, kind and name.
func (id ID) Compare(o ID) int {
	return cmp.Or(
		cmp.Compare(id.Namespace, o.Namespace),
		cmp.Compare(id.Group, o.Group),
		cmp.Compare(id.Kind, o.Kind),
		cmp.Compare(id.Name, o.Name),
	)
}

// In returns the ID of the same object in another namespace. Cluster-scoped
// objects keep theirs.
func (id ID) In(namespace string) ID {
	if id.Namespace != "" {
		id.Namespace = namespace
	}
	return id
}
