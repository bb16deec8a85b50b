package manifest

import "github.com/rehome-dev/rehome/diag"

// clusterKind is a kind of custom resource in a cluster.
type clusterKind struct{ cluster, group, kind string }

// unscopeClusterResources takes the namespace from the IDs of custom resources
// whose CustomResourceDefinition is in the inventory and says that they are
// cluster-scoped. It runs when everything is read, because a resource may stand
// before its definition.
func unscopeClusterResources(objects []*Object) {
	scoped := map[clusterKind]bool{}
	for _, o := range objects {
		if o.ID.Kind == "CustomResourceDefinition" && o.ID.Group == "apiextensions.k8s.io" && o.Text("spec", "scope") == "Cluster" {
			scoped[clusterKind{o.src.Root.Cluster, o.Text("spec", "group"), o.Text("spec", "names", "kind")}] = true
		}
	}
	if len(scoped) == 0 {
		return
	}
	for _, o := range objects {
		if scoped[clusterKind{o.src.Root.Cluster, o.ID.Group, o.ID.Kind}] {
			o.ID.Namespace = "" // nobody else has seen the object yet
		}
	}
}

// duplicates reports objects of one cluster that have the same ID. The version
// does not tell them apart: the API server stores both as one object.
func duplicates(objects []*Object) diag.List {
	type key struct {
		cluster string
		id      ID
	}
	var list diag.List
	first := make(map[key]*Object, len(objects))
	for _, o := range objects {
		k := key{o.src.Root.Cluster, o.ID}
		before, ok := first[k]
		if !ok {
			first[k] = o
			continue
		}
		list.Errorf(diag.CodeSource, o.Pos(), "%s is defined twice", o.ID).
			WithNote(before.Pos(), "first defined here")
	}
	return list
}
