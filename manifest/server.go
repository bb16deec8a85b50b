package manifest

import (
	"slices"
	"strings"
)

// A dump of a cluster (kubectl get -o yaml) holds fields that the server set.
// They say nothing of what is wanted, and applied elsewhere some of them fail:
// a uid, a clusterIP or a volumeName belong to one object in one cluster.

// serverMetadata are the fields of metadata that the API server sets
// (k8s.io/apimachinery, ObjectMeta: "populated by the system, read-only").
// ownerReferences stay: who owns an object is part of what is wanted.
var serverMetadata = [...]string{
	"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
	"deletionGracePeriodSeconds", "selfLink", "managedFields",
}

// isServerAnnotation reports whether an annotation is the bookkeeping of
// kubectl, of the Deployment controller or of the volume binder.
func isServerAnnotation(key string) bool {
	switch key {
	case "kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision",
		"volume.kubernetes.io/selected-node", "volume.kubernetes.io/storage-provisioner",
		"volume.beta.kubernetes.io/storage-provisioner":
		return true
	}
	return strings.HasPrefix(key, "pv.kubernetes.io/")
}

// fromServer reports whether an object was read from a cluster.
func fromServer(root *Node) bool {
	return root.Text("metadata", "uid") != "" || root.Text("metadata", "resourceVersion") != ""
}

// serverFields returns the paths of an object that a server has set.
func serverFields(o *Object) []Path {
	var paths []Path
	for _, key := range serverMetadata {
		paths = append(paths, P("metadata", key))
	}
	paths = append(paths, serverAnnotations(o.root)...)
	paths = append(paths, P("status"))
	if fromServer(o.root) {
		paths = append(paths, serverSpec(o)...)
	}
	return slices.DeleteFunc(paths, func(p Path) bool { return o.Get(p...) == nil })
}

func serverAnnotations(root *Node) []Path {
	annotations := P("metadata", "annotations")
	var paths []Path
	all := true
	for key := range root.Get(annotations...).Entries() {
		if isServerAnnotation(key) {
			paths = append(paths, annotations.Join(key))
		} else {
			all = false
		}
	}
	if all && len(paths) > 0 {
		return []Path{annotations}
	}
	return paths
}

// serverSpec returns what a server sets in the spec of some kinds.
func serverSpec(o *Object) []Path {
	switch [2]string{o.ID.Group, o.ID.Kind} {
	case [2]string{"", "Service"}:
		return serviceFields(o.root)
	case [2]string{"", "PersistentVolumeClaim"}:
		return []Path{P("spec", "volumeName")}
	case [2]string{"batch", "Job"}:
		return jobFields(o.root)
	}
	return nil
}

// serviceFields are what the API server allocates for a Service. That a Service
// is headless, or of two IP families, is what its author wants.
func serviceFields(root *Node) []Path {
	var paths []Path
	if root.Text("spec", "clusterIP") != "None" {
		paths = append(paths, P("spec", "clusterIP"), P("spec", "clusterIPs"))
	} else {
		paths = append(paths, P("spec", "clusterIPs"))
	}
	paths = append(paths, P("spec", "ipFamilies"), P("spec", "healthCheckNodePort"))
	if root.Text("spec", "ipFamilyPolicy") == "SingleStack" {
		paths = append(paths, P("spec", "ipFamilyPolicy"))
	}
	return paths
}

// jobFields are the selector that the API server makes for a Job unless
// manualSelector is set, and the labels that it selects by. A Job that has them
// is refused: "selector not auto-generated".
func jobFields(root *Node) []Path {
	if root.Get("spec", "manualSelector").Bool() {
		return nil
	}
	labels := P("spec", "template", "metadata", "labels")
	return []Path{
		P("spec", "selector"),
		labels.Join("controller-uid"), labels.Join("job-name"),
		labels.Join("batch.kubernetes.io/controller-uid"), labels.Join("batch.kubernetes.io/job-name"),
	}
}
