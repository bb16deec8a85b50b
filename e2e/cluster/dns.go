package cluster

import (
	"bytes"
	"context"
	_ "embed" // the manifests of the cluster's DNS

	"github.com/rehome-dev/rehome/e2e/kubelet"

	corev1 "k8s.io/api/core/v1"
)

// dnsManifests are those that kubeadm applies, see the file.
//
//go:embed dns.yaml
var dnsManifests []byte

// startDNS runs CoreDNS and waits until both of its pods answer.
func (c *Cluster) startDNS(ctx context.Context) error {
	if _, err := c.KubectlWith(ctx, bytes.NewReader(dnsManifests), "apply", "-f", "-"); err != nil {
		return err
	}
	_, err := c.Kubectl(ctx, "-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=2m")
	return err
}

// playDNS gives CoreDNS its program, and asks the tests' player about all others.
func (c *Cluster) playDNS(pod *corev1.Pod, container *corev1.Container) (kubelet.Program, error) {
	if pod.Namespace == "kube-system" && pod.Labels["k8s-app"] == "kube-dns" {
		return kubelet.Program{Path: c.opts.Programs.CoreDNS}, nil
	}
	return c.opts.Player(pod, container)
}
