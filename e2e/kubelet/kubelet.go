// Package kubelet is a hollow kubelet: it runs every pod of a node in a network
// namespace with an address of its own, and every container as a process with its
// environment, volumes, probes and hooks. What runs is not the image but what a
// [Player] says. Everything else is meant to be as the real one does it
// (k8s.io/kubernetes/pkg/kubelet); what is not supported fails the pod, it is
// never passed over.
package kubelet

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/rehome-dev/rehome/e2e/build"
	"github.com/rehome-dev/rehome/e2e/netns"
)

// Node is the node that a kubelet serves.
type Node struct {
	Name    string
	Address netip.Addr
	Pods    netip.Prefix // the addresses of its pods, a /24
	DNS     netip.Addr   // of the cluster
	Space   *netns.Space
}

// Kubelet runs the pods of one node.
type Kubelet struct {
	Node     Node
	Client   kubernetes.Interface
	Player   Player
	Programs *build.Programs
	Dir      string // for the files of its pods, and the output of their containers under logs/
	Log      *slog.Logger

	addresses *pool
	mu        sync.Mutex
	pods      map[types.UID]*pod
	running   sync.WaitGroup
}

// Run serves the node until the context ends; then it kills what still runs.
func (k *Kubelet) Run(ctx context.Context) error {
	k.pods = map[types.UID]*pod{}
	k.addresses = newPool(k.Node.Pods)
	if err := k.register(ctx); err != nil {
		return err
	}
	go k.renewLease(ctx)
	if err := k.watch(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	k.running.Wait()
	return nil
}

// watch follows the pods that are bound to the node.
func (k *Kubelet) watch(ctx context.Context) error {
	own := func(o *metav1.ListOptions) {
		o.FieldSelector = fields.OneTermEqualSelector("spec.nodeName", k.Node.Name).String()
	}
	f := informers.NewSharedInformerFactoryWithOptions(k.Client, 0, informers.WithTweakListOptions(own))
	informer := f.Core().V1().Pods().Informer()
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(o any) { k.seen(ctx, o) },
		UpdateFunc: func(_, o any) { k.seen(ctx, o) },
		DeleteFunc: func(o any) { k.gone(o) },
	})
	if err != nil {
		return fmt.Errorf("watch pods: %w", err)
	}
	f.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return fmt.Errorf("watch pods: %w", ctx.Err())
	}
	return nil
}

// seen starts a new pod, and ends one that is to be deleted.
func (k *Kubelet) seen(ctx context.Context, o any) {
	object, ok := o.(*corev1.Pod)
	if !ok {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	p := k.pods[object.UID]
	switch {
	case p != nil:
		p.update(object)
	case object.DeletionTimestamp != nil: // it was bound and deleted before it was seen
		k.running.Go(func() { k.forget(object) })
	case object.Status.Phase == corev1.PodSucceeded || object.Status.Phase == corev1.PodFailed:
	default:
		p = newPod(k, object)
		k.pods[object.UID] = p
		k.running.Go(func() { p.run(ctx) })
	}
}

// gone ends a pod that somebody deleted without waiting for its end.
func (k *Kubelet) gone(o any) {
	if t, ok := o.(cache.DeletedFinalStateUnknown); ok {
		o = t.Obj
	}
	object, ok := o.(*corev1.Pod)
	if !ok {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if p := k.pods[object.UID]; p != nil {
		p.end(0)
		delete(k.pods, object.UID)
	}
}

// forget tells the API server that nothing of a pod runs any more.
func (k *Kubelet) forget(object *corev1.Pod) {
	// Not the kubelet's context: the last pods end when that has ended.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	now := int64(0)
	err := k.Client.CoreV1().Pods(object.Namespace).Delete(ctx, object.Name, metav1.DeleteOptions{
		GracePeriodSeconds: &now, Preconditions: &metav1.Preconditions{UID: &object.UID},
	})
	if err != nil {
		k.Log.Debug("forget pod", "pod", object.Namespace+"/"+object.Name, "error", err)
	}
}

// podDir is where the files of a pod are.
func (k *Kubelet) podDir(object *corev1.Pod) string {
	return filepath.Join(k.Dir, "pods", string(object.UID))
}
