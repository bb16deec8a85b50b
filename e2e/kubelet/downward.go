package kubelet

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// errUnsupported says that a manifest asks for what this kubelet cannot do.
var errUnsupported = errors.New("not supported by the hollow kubelet")

// field returns what the downward API says of the pod.
func (p *pod) field(path string) (string, error) {
	o := p.current()
	if key, ok := keyed(path, "metadata.labels"); ok {
		return o.Labels[key], nil
	}
	if key, ok := keyed(path, "metadata.annotations"); ok {
		return o.Annotations[key], nil
	}
	fields := map[string]string{
		"metadata.name": o.Name, "metadata.namespace": o.Namespace, "metadata.uid": string(o.UID),
		"spec.nodeName": o.Spec.NodeName, "spec.serviceAccountName": o.Spec.ServiceAccountName,
		"status.podIP": o.Status.PodIP, "status.podIPs": o.Status.PodIP, "status.hostIP": o.Status.HostIP, "status.hostIPs": o.Status.HostIP,
		"metadata.labels": quoted(o.Labels), "metadata.annotations": quoted(o.Annotations),
	}
	value, known := fields[path]
	if !known {
		return "", fmt.Errorf("field %s: %w", path, errUnsupported)
	}
	return value, nil
}

// keyed takes the key out of a path such as metadata.labels['app'].
func keyed(path, of string) (string, bool) {
	rest, ok := strings.CutPrefix(path, of+"['")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, "']")
}

// quoted writes a map as files of the downward API have it.
func quoted(m map[string]string) string {
	var out strings.Builder
	for _, k := range sortedKeys(m) {
		fmt.Fprintf(&out, "%s=%q\n", k, m[k])
	}
	return out.String()
}

// resource returns a request or limit of the container in units of the divisor.
func (c *containerRun) resource(ref *corev1.ResourceFieldSelector) (string, error) {
	kind, name, ok := strings.Cut(ref.Resource, ".")
	lists := map[string]corev1.ResourceList{"requests": c.spec.Resources.Requests, "limits": c.spec.Resources.Limits}
	list, known := lists[kind]
	if !ok || !known || ref.ContainerName != "" && ref.ContainerName != c.spec.Name {
		return "", fmt.Errorf("resource %s: %w", ref.Resource, errUnsupported)
	}
	q := list[corev1.ResourceName(name)]
	divisor := ref.Divisor
	if divisor.IsZero() {
		divisor = resource.MustParse("1")
	}
	// Rounded up, as ConvertResourceCPUToString and its like do.
	n := (q.MilliValue() + divisor.MilliValue() - 1) / divisor.MilliValue()
	return strconv.FormatInt(n, 10), nil
}
