package manifest

import (
	"slices"
	"strings"
)

// keptKinds are the kinds of which kustomize leaves an object as it is when
// nothing is renamed. Of others it fills in namespaces of what they name
// (bindings, webhooks), or may know them by a schema.
var keptKinds = []string{
	"ConfigMap", "CronJob", "DaemonSet", "Deployment", "HorizontalPodAutoscaler", "Ingress", "Job", "NetworkPolicy",
	"PersistentVolumeClaim", "PodDisruptionBudget", "Secret", "Service", "ServiceAccount", "StatefulSet",
}

// keptByKustomize reports whether a build certainly prints an object that was
// read plainly with the values that it has here.
func keptByKustomize(o *Object) bool {
	if !builtInGroup(o.ID.Group) || !slices.Contains(keptKinds, o.ID.Kind) {
		return false
	}
	metadata := o.Get("metadata")
	for key, value := range metadata.Entries() {
		switch key {
		case "labels", "annotations":
			if value.Len() == 0 || !keptStrings(value) {
				return false
			}
		case "name", "namespace":
			if value.Tag() != StrTag {
				return false
			}
		}
	}
	for key, value := range o.Root().Entries() {
		data := key == "data" || key == "stringData" || key == "binaryData"
		if data && !keptStrings(value) || !data && key != "metadata" && !keptShape(value) {
			return false
		}
	}
	return keptScalars(o.Root())
}

// builtInGroup reports whether a group is one of those of [keptKinds].
func builtInGroup(group string) bool {
	switch group {
	case "", "apps", "batch", "autoscaling", "policy", "networking.k8s.io":
		return true
	}
	return false
}

// keptStrings reports whether a node is a mapping of strings, with no key that
// is a word of kustomize to itself.
func keptStrings(n *Node) bool {
	if n.Kind() != Mapping {
		return false
	}
	for key, value := range n.Entries() {
		if value.Tag() != StrTag || strings.Contains(key, "config.k8s.io/") || strings.Contains(key, "config.kubernetes.io/") {
			return false
		}
	}
	return true
}

// keptScalars reports whether every scalar is read the same by YAML 1.1, as here,
// and by YAML 1.2, as in kustomize, and printed the same.
func keptScalars(n *Node) bool {
	switch n.kind {
	case Scalar:
		return n.style != Plain || keptPlain(n)
	case Mapping, Sequence:
		for _, child := range n.content {
			if !keptScalars(child) {
				return false
			}
		}
	}
	return true
}

// keptPlain is [keptScalars] for a scalar without quotes.
func keptPlain(n *Node) bool {
	switch n.tag {
	case StrTag:
		return isKeptWord(n.value)
	case IntTag:
		// No sign, no leading zero, no underscore: written as it is kept.
		return int(n.end-n.start) == len(n.value) && isDecimal(n.value)
	case BoolTag:
		return int(n.end-n.start) == len(n.value) // true and false, no other words
	case NullTag, FloatTag: // printed in one of several forms
	}
	return false
}

// isKeptWord reports whether YAML 1.2 takes a string for one too.
func isKeptWord(s string) bool {
	switch c := s[0]; {
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.':
		return !isTimestamp(s) && strings.Trim(s, "+-.:_0123456789abcdefABCDEFoOxX") != ""
	}
	return s != "<<" && s != "="
}

// onTheWay are fields through which kustomize looks for names of other objects.
// It fails where one holds a scalar.
var onTheWay = []string{
	"annotations", "azureFile", "backend", "configMap", "configMapKeyRef", "configMapRef", "configSource", "containers",
	"defaultBackend", "env", "envFrom", "http", "imagePullSecrets", "initContainers", "jobTemplate", "labels", "metadata",
	"parameters", "paths", "persistentVolumeClaim", "projected", "rules", "scaleTargetRef", "secret", "secretKeyRef",
	"secretRef", "service", "sources", "spec", "template", "tls", "valueFrom", "volumeClaimTemplates", "volumes",
}

// itsName are fields that hold the name of another object. Kustomize fails where
// one holds a mapping.
var itsName = []string{
	"claimName", "ingressClassName", "name", "priorityClassName", "secretName", "serviceAccountName", "serviceName",
	"storageClassName", "volumeName",
}

// keptShape reports whether the fields that kustomize looks at hold what it
// expects there.
func keptShape(n *Node) bool {
	if n.Kind() == Sequence {
		return !slices.ContainsFunc(n.content, func(item *Node) bool { return item.kind == Sequence || !keptShape(item) })
	}
	for key, value := range n.Entries() {
		switch {
		case value.kind == Scalar:
			if slices.Contains(onTheWay, key) {
				return false
			}
		case slices.Contains(itsName, key), !isLabelMap(key) && !keptShape(value):
			return false
		}
	}
	return true
}

// isLabelMap reports whether what stands below a field are keys of its author's.
func isLabelMap(key string) bool {
	switch key {
	case "annotations", "labels", "matchLabels", "nodeSelector", "selector":
		return true
	}
	return false
}
