package kubelet

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/rehome-dev/rehome/e2e/build"
)

// The lease of a node, as kubelets keep it by default (nodeLeaseDurationSeconds).
const (
	leaseNamespace = "kube-node-lease"
	leaseSeconds   = 40
	leaseEvery     = 10 * time.Second
)

// register makes the node and says that it is ready.
func (k *Kubelet) register(ctx context.Context) error {
	n := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: k.Node.Name, Labels: map[string]string{
			corev1.LabelHostname: k.Node.Name, corev1.LabelOSStable: runtime.GOOS, corev1.LabelArchStable: runtime.GOARCH,
		}},
		Spec: corev1.NodeSpec{PodCIDR: k.Node.Pods.String(), PodCIDRs: []string{k.Node.Pods.String()}},
	}
	if _, err := k.Client.CoreV1().Nodes().Create(ctx, n, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("register node %s: %w", k.Node.Name, err)
	}
	patch, err := json.Marshal(map[string]any{"status": k.nodeStatus()})
	if err != nil {
		return err
	}
	if _, err := k.Client.CoreV1().Nodes().Patch(ctx, n.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status"); err != nil {
		return fmt.Errorf("report node %s: %w", k.Node.Name, err)
	}
	return nil
}

// nodeStatus is that of a node with room for every test.
func (k *Kubelet) nodeStatus() corev1.NodeStatus {
	now := metav1.Now()
	room := corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse("64"), corev1.ResourceMemory: resource.MustParse("256Gi"),
		corev1.ResourcePods: resource.MustParse("250"), corev1.ResourceEphemeralStorage: resource.MustParse("1Ti"),
	}
	return corev1.NodeStatus{
		Capacity: room, Allocatable: room,
		Addresses:  []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: k.Node.Address.String()}, {Type: corev1.NodeHostName, Address: k.Node.Name}},
		Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady", LastHeartbeatTime: now, LastTransitionTime: now}},
		NodeInfo:   corev1.NodeSystemInfo{KubeletVersion: build.KubernetesVersion, OperatingSystem: runtime.GOOS, Architecture: runtime.GOARCH},
	}
}

// renewLease tells that the node lives until the context ends.
func (k *Kubelet) renewLease(ctx context.Context) {
	leases := k.Client.CoordinationV1().Leases(leaseNamespace)
	seconds, holder := int32(leaseSeconds), k.Node.Name
	lease := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: holder, Namespace: leaseNamespace}}
	for {
		now := metav1.NowMicro()
		lease.Spec = coordinationv1.LeaseSpec{HolderIdentity: &holder, LeaseDurationSeconds: &seconds, RenewTime: &now}
		var err error
		if lease.ResourceVersion == "" {
			lease, err = leases.Create(ctx, lease, metav1.CreateOptions{})
		} else {
			lease, err = leases.Update(ctx, lease, metav1.UpdateOptions{})
		}
		if err != nil {
			k.Log.Warn("renew the lease", "node", holder, "error", err)
			lease = &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: holder, Namespace: leaseNamespace}}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(leaseEvery):
		}
	}
}
