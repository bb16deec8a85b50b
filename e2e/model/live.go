package model

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Live reads from the cluster what the simulator looks at in some namespaces:
// the very state that a phase, or half of one, has led to. It has no questions.
func (t *Theatre) Live(ctx context.Context, namespaces ...string) (*World, error) {
	w := &World{NotReady: map[string]bool{}, Terminating: map[string]bool{}}
	for _, name := range namespaces {
		ns, err := t.Client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			continue // it is not made yet, or gone
		}
		if err != nil {
			return nil, fmt.Errorf("read namespace %s: %w", name, err)
		}
		ns.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"}
		w.Namespaces = append(w.Namespaces, ns)
		for _, read := range []func(context.Context, string, *World) error{t.livePods, t.liveServices, t.livePolicies, t.liveSlices, t.liveRelays} {
			if err := read(ctx, name, w); err != nil {
				return nil, fmt.Errorf("read namespace %s: %w", name, err)
			}
		}
	}
	w.strip()
	return w, nil
}

// livePods adds the pods that have an address and have not ended.
func (t *Theatre) livePods(ctx context.Context, namespace string, w *World) error {
	list, err := t.Client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range list.Items {
		p := &list.Items[i]
		if p.Status.PodIP == "" || p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
			continue
		}
		p.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
		w.NotReady[podName(p)] = !isReady(p)
		w.Terminating[podName(p)] = p.DeletionTimestamp != nil
		w.Pods = append(w.Pods, p)
	}
	return nil
}

func (t *Theatre) liveServices(ctx context.Context, namespace string, w *World) error {
	list, err := t.Client.CoreV1().Services(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range list.Items {
		s := &list.Items[i]
		s.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}
		w.Services = append(w.Services, s)
	}
	return nil
}

func (t *Theatre) livePolicies(ctx context.Context, namespace string, w *World) error {
	list, err := t.Client.NetworkingV1().NetworkPolicies(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range list.Items {
		p := &list.Items[i]
		p.TypeMeta = metav1.TypeMeta{APIVersion: networkingv1.SchemeGroupVersion.String(), Kind: "NetworkPolicy"}
		w.Policies = append(w.Policies, p)
	}
	return nil
}

// The controllers whose slices follow from Services and pods, which the
// simulator works out by itself (endpointslice and endpointslicemirroring).
func derivedSlices() []string {
	return []string{"endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io"}
}

// liveSlices adds the slices that somebody wrote by hand, or left behind.
func (t *Theatre) liveSlices(ctx context.Context, namespace string, w *World) error {
	list, err := t.Client.DiscoveryV1().EndpointSlices(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range list.Items {
		s := &list.Items[i]
		if slices.Contains(derivedSlices(), s.Labels["endpointslice.kubernetes.io/managed-by"]) {
			continue
		}
		s.TypeMeta = metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"}
		w.Slices = append(w.Slices, s)
	}
	return nil
}

// strip removes what manifests do not have.
func (w *World) strip() {
	for _, o := range w.objects() {
		if m, ok := o.(metav1.Object); ok {
			m.SetManagedFields(nil)
			m.SetAnnotations(nil)
			m.SetOwnerReferences(nil)
			m.SetResourceVersion("")
			m.SetUID("")
		}
	}
	for _, p := range w.Pods {
		p.Status = corev1.PodStatus{}
	}
	for _, s := range w.Services {
		s.Status = corev1.ServiceStatus{}
	}
}

// alike reports whether two readings of the cluster found the same state.
func (w *World) alike(o *World) bool {
	return reflect.DeepEqual(w.objects(), o.objects()) && maps.Equal(w.NotReady, o.NotReady) && maps.Equal(w.Terminating, o.Terminating)
}
