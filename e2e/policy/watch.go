package policy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	corelisters "k8s.io/client-go/listers/core/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"
)

// watcher compiles the rules of a node from what informers know.
type watcher struct {
	node       string
	pods       corelisters.PodLister
	namespaces corelisters.NamespaceLister
	policies   networkinglisters.NetworkPolicyLister
	changed    chan struct{}
}

// gather is the time for which changes are collected, so that a rollout is not
// one transaction for each field of each pod.
const gather = 20 * time.Millisecond

// Watch keeps the rules of a node as the cluster's objects ask for, until the
// context ends. The factory is started by the caller afterwards; Watch waits for
// it.
func Watch(ctx context.Context, factory informers.SharedInformerFactory, node string, e *Enforcer) error {
	w := &watcher{node: node, changed: make(chan struct{}, 1)}
	pods, namespaces, policies := factory.Core().V1().Pods(), factory.Core().V1().Namespaces(), factory.Networking().V1().NetworkPolicies()
	w.pods, w.namespaces, w.policies = pods.Lister(), namespaces.Lister(), policies.Lister()
	var synced []cache.InformerSynced
	for _, i := range []cache.SharedIndexInformer{pods.Informer(), namespaces.Informer(), policies.Informer()} {
		if _, err := i.AddEventHandler(w.handler()); err != nil {
			return fmt.Errorf("watch for NetworkPolicies: %w", err)
		}
		synced = append(synced, i.HasSynced)
	}
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), synced...) {
		return ctx.Err()
	}
	for {
		if err := w.apply(ctx, e); err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-w.changed:
			time.Sleep(gather)
		}
	}
}

// handler notes that something changed.
func (w *watcher) handler() cache.ResourceEventHandler {
	note := func() {
		select {
		case w.changed <- struct{}{}:
		default: // it is noted already
		}
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { note() },
		UpdateFunc: func(any, any) { note() },
		DeleteFunc: func(any) { note() },
	}
}

func (w *watcher) apply(ctx context.Context, e *Enforcer) error {
	s := &Snapshot{Node: w.node}
	var errs [3]error
	s.Pods, errs[0] = w.pods.List(labels.Everything())
	s.Namespaces, errs[1] = w.namespaces.List(labels.Everything())
	s.Policies, errs[2] = w.policies.List(labels.Everything())
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	r, err := Compile(s)
	if err != nil {
		return err
	}
	return e.Apply(ctx, r)
}
