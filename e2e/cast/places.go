package cast

import (
	"path"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/rehome-dev/rehome/e2e/kubelet"
	"github.com/rehome-dev/rehome/e2e/traffic"
)

// places returns where a container finds what stands under one of the keys.
func places(pod *corev1.Pod, c *corev1.Container, hints []string) []traffic.Place {
	hinted := func(key string) bool { return slices.Contains(hints, key) }
	var out []traffic.Place
	for i := range c.Env {
		if v := &c.Env[i]; hinted(v.Name) || hinted(keyOf(v)) {
			out = append(out, traffic.Place{Env: v.Name})
		}
	}
	if len(c.EnvFrom) > 0 {
		for _, from := range c.EnvFrom {
			for _, h := range hints {
				out = append(out, traffic.Place{Env: from.Prefix + h})
			}
		}
	}
	if hinted(commandLine) {
		out = append(out, traffic.Place{Env: kubelet.CommandVariable})
	}
	for _, m := range c.VolumeMounts {
		for _, file := range files(pod, m.Name, hints) {
			out = append(out, mounted(&m, file)...)
		}
	}
	return out
}

// keyOf is the key of a ConfigMap or Secret that a variable takes its value from.
func keyOf(v *corev1.EnvVar) string {
	switch {
	case v.ValueFrom == nil:
		return ""
	case v.ValueFrom.ConfigMapKeyRef != nil:
		return v.ValueFrom.ConfigMapKeyRef.Key
	case v.ValueFrom.SecretKeyRef != nil:
		return v.ValueFrom.SecretKeyRef.Key
	}
	return ""
}

// files returns the files of a volume that hold the keys.
func files(pod *corev1.Pod, volume string, hints []string) []string {
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		switch {
		case v.Name != volume:
		case v.ConfigMap != nil:
			return named(v.ConfigMap.Items, hints)
		case v.Secret != nil:
			return named(v.Secret.Items, hints)
		case v.Projected != nil:
			return projected(v.Projected.Sources, hints)
		}
	}
	return nil
}

func projected(sources []corev1.VolumeProjection, hints []string) []string {
	var out []string
	for _, s := range sources {
		if s.ConfigMap != nil {
			out = append(out, named(s.ConfigMap.Items, hints)...)
		}
		if s.Secret != nil {
			out = append(out, named(s.Secret.Items, hints)...)
		}
	}
	return out
}

// named returns the file names that a volume gives to keys: their own where the
// volume lists none.
func named(items []corev1.KeyToPath, hints []string) []string {
	if len(items) == 0 {
		return hints
	}
	var out []string
	for _, i := range items {
		if slices.Contains(hints, i.Key) {
			out = append(out, i.Path)
		}
	}
	return out
}

// mounted returns where a file of a volume is in the container.
func mounted(m *corev1.VolumeMount, file string) []traffic.Place {
	switch m.SubPath {
	case "":
		return []traffic.Place{{File: path.Join(m.MountPath, file)}}
	case file:
		return []traffic.Place{{File: m.MountPath}}
	}
	return nil
}
