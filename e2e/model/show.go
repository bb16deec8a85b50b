package model

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// spreading is how long a change may take from the API server to the last rule
// of the last node: kube-proxy writes at most once in a second, and what is
// still spreading afterwards is asked again.
const spreading = 1500 * time.Millisecond

// Show makes a stage what a world says, and waits until the cluster knows.
func (t *Theatre) Show(ctx context.Context, w *World) error {
	steps := []func(context.Context, *World) error{t.clear, t.relabel, t.setReady, t.place}
	for _, step := range steps {
		if err := step(ctx, w); err != nil {
			return fmt.Errorf("show world %d: %w", w.Seed, err)
		}
	}
	for _, p := range w.Pods {
		if err := t.awaitReady(ctx, p, !w.NotReady[podName(p)]); err != nil {
			return fmt.Errorf("show world %d: %w", w.Seed, err)
		}
	}
	time.Sleep(spreading)
	return nil
}

// clear removes the Services and policies of the world that was shown before.
func (t *Theatre) clear(ctx context.Context, w *World) error {
	for _, ns := range w.Namespaces {
		services, err := t.Client.CoreV1().Services(ns.Name).List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		for i := range services.Items {
			err := t.Client.CoreV1().Services(ns.Name).Delete(ctx, services.Items[i].Name, metav1.DeleteOptions{})
			if err != nil && !apierrors.IsNotFound(err) {
				return err
			}
		}
		if err := t.Client.NetworkingV1().NetworkPolicies(ns.Name).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// relabel gives the namespaces and pods the labels of the world.
func (t *Theatre) relabel(ctx context.Context, w *World) error {
	for _, ns := range w.Namespaces {
		patch, err := labelPatch(ns.Labels)
		if err != nil {
			return err
		}
		if _, err := t.Client.CoreV1().Namespaces().Patch(ctx, ns.Name, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
			return err
		}
	}
	for _, p := range w.Pods {
		patch, err := labelPatch(p.Labels)
		if err != nil {
			return err
		}
		if _, err := t.Client.CoreV1().Pods(p.Namespace).Patch(ctx, p.Name, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// labelPatch sets the labels that worlds give, and removes those that this one
// does not.
func labelPatch(labels map[string]string) ([]byte, error) {
	patch := map[string]any{"app": nil, "tier": nil, "team": nil}
	for k, v := range labels {
		patch[k] = v
	}
	return json.Marshal(map[string]any{"metadata": map[string]any{"labels": patch}})
}

// place makes the Services and policies of the world.
func (t *Theatre) place(ctx context.Context, w *World) error {
	for _, p := range w.Policies {
		if _, err := t.Client.NetworkingV1().NetworkPolicies(p.Namespace).Create(ctx, p, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	for _, s := range w.Services {
		if _, err := t.Client.CoreV1().Services(s.Namespace).Create(ctx, s, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return nil
}
