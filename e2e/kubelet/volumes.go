package kubelet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rehome-dev/rehome/e2e/container"
)

// mounts makes the container's volumes and returns where they go. A ConfigMap is
// read when the container starts; a change of it reaches a running container at
// its next start only.
func (c *containerRun) mounts(ctx context.Context) ([]container.Mount, error) {
	out, err := c.pod.hostFiles()
	if err != nil {
		return nil, err
	}
	for _, m := range c.spec.VolumeMounts {
		v := c.pod.volume(m.Name)
		if v == nil {
			return nil, fmt.Errorf("volume %s: %w", m.Name, os.ErrNotExist)
		}
		dir, err := c.pod.provide(ctx, v)
		if err != nil {
			return nil, fmt.Errorf("volume %s: %w", m.Name, err)
		}
		from := filepath.Join(dir, m.SubPath)
		if _, err := os.Stat(from); os.IsNotExist(err) && writable(v) {
			if err := MakeOpen(from); err != nil {
				return nil, err
			}
		}
		out = append(out, container.Mount{From: from, To: m.MountPath, ReadOnly: m.ReadOnly || !writable(v)})
	}
	return out, nil
}

func (p *pod) volume(name string) *corev1.Volume {
	for i := range p.object.Spec.Volumes {
		if p.object.Spec.Volumes[i].Name == name {
			return &p.object.Spec.Volumes[i]
		}
	}
	return nil
}

// writable reports whether containers write to a volume.
func writable(v *corev1.Volume) bool {
	return v.EmptyDir != nil || v.PersistentVolumeClaim != nil || v.HostPath != nil
}

// provide returns the directory of a volume, made or written anew.
func (p *pod) provide(ctx context.Context, v *corev1.Volume) (string, error) {
	dir := filepath.Join(p.kubelet.podDir(p.object), "volumes", v.Name)
	switch {
	case v.EmptyDir != nil:
		return dir, MakeOpen(dir)
	case v.PersistentVolumeClaim != nil: // every node reaches it, as it reaches network storage
		dir = filepath.Join(filepath.Dir(p.kubelet.Dir), "claims", p.object.Namespace, v.PersistentVolumeClaim.ClaimName)
		return dir, MakeOpen(dir)
	case v.HostPath != nil:
		dir = filepath.Join(p.kubelet.Dir, "host", v.HostPath.Path)
		return dir, MakeOpen(dir)
	}
	files, err := p.contents(ctx, v)
	if err != nil {
		return "", err
	}
	for _, name := range sortedKeys(files) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, []byte(files[name]), 0o644); err != nil {
			return "", err
		}
	}
	return dir, os.MkdirAll(dir, 0o755)
}

// contents returns the files of a volume that is made from objects.
func (p *pod) contents(ctx context.Context, v *corev1.Volume) (map[string]string, error) {
	switch {
	case v.ConfigMap != nil:
		return p.chosen(ctx, source{"ConfigMap", v.ConfigMap.Name, v.ConfigMap.Optional}, v.ConfigMap.Items)
	case v.Secret != nil:
		return p.chosen(ctx, source{"Secret", v.Secret.SecretName, v.Secret.Optional}, v.Secret.Items)
	case v.DownwardAPI != nil:
		return p.downward(v.DownwardAPI.Items)
	case v.Projected != nil:
		return p.projected(ctx, v.Projected.Sources)
	}
	return nil, errUnsupported
}

// chosen returns the keys of a source under the paths that a volume gives them.
func (p *pod) chosen(ctx context.Context, s source, items []corev1.KeyToPath) (map[string]string, error) {
	if len(items) == 0 {
		return p.read(ctx, s)
	}
	out := map[string]string{}
	for _, i := range items {
		value, there, err := p.readKey(ctx, s, i.Key)
		if err != nil {
			return nil, err
		}
		if there {
			out[i.Path] = value
		}
	}
	return out, nil
}

func (p *pod) downward(items []corev1.DownwardAPIVolumeFile) (map[string]string, error) {
	out := map[string]string{}
	for _, i := range items {
		if i.FieldRef == nil {
			return nil, fmt.Errorf("file %s: %w", i.Path, errUnsupported)
		}
		value, err := p.field(i.FieldRef.FieldPath)
		if err != nil {
			return nil, err
		}
		out[i.Path] = value
	}
	return out, nil
}

func (p *pod) projected(ctx context.Context, sources []corev1.VolumeProjection) (map[string]string, error) {
	out := map[string]string{}
	for i := range sources {
		files, err := p.projection(ctx, &sources[i])
		if err != nil {
			return nil, err
		}
		for name, text := range files { // from a map to a map
			out[name] = text
		}
	}
	return out, nil
}

func (p *pod) projection(ctx context.Context, v *corev1.VolumeProjection) (map[string]string, error) {
	switch {
	case v.ConfigMap != nil:
		return p.chosen(ctx, source{"ConfigMap", v.ConfigMap.Name, v.ConfigMap.Optional}, v.ConfigMap.Items)
	case v.Secret != nil:
		return p.chosen(ctx, source{"Secret", v.Secret.Name, v.Secret.Optional}, v.Secret.Items)
	case v.DownwardAPI != nil:
		return p.downward(v.DownwardAPI.Items)
	case v.ServiceAccountToken != nil:
		token, err := p.token(ctx, v.ServiceAccountToken)
		return map[string]string{v.ServiceAccountToken.Path: token}, err
	}
	return nil, errUnsupported
}

// token asks for a token of the pod's ServiceAccount. It is not renewed: its
// least lifetime is an hour.
func (p *pod) token(ctx context.Context, v *corev1.ServiceAccountTokenProjection) (string, error) {
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: v.ExpirationSeconds,
		BoundObjectRef:    &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: p.object.Name, UID: p.object.UID},
	}}
	if v.Audience != "" {
		request.Spec.Audiences = []string{v.Audience}
	}
	accounts := p.kubelet.Client.CoreV1().ServiceAccounts(p.object.Namespace)
	answer, err := accounts.CreateToken(ctx, p.object.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	return answer.Status.Token, nil
}
