package model

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	"github.com/rehome-dev/rehome/e2e/libc"
	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/verify/sim"
)

// Theatre is a real cluster that shows worlds.
type Theatre struct {
	Client kubernetes.Interface
	// Shared is the directory in which stand-ins have their control sockets
	// ([traffic.Socket]).
	Shared string
	// Resolvers are programs that pods run to look names up as C programs do.
	Resolvers libc.Resolvers
}

// question returns what the pod is told.
func (t *Theatre) question(q *Question) traffic.Question {
	out := q.Question
	switch {
	case q.Libc == sim.Musl:
		out.Resolver = t.Resolvers.Musl
	case q.Foreign:
		out.Resolver = t.Resolvers.Glibc
	}
	return out
}

// socket returns the control socket of a pod's first container.
func (t *Theatre) socket(p *corev1.Pod) string {
	return traffic.Socket(t.Shared, p.Namespace, p.Name, p.Spec.Containers[0].Name)
}

// raisePatience is how long the pods of a stage may take to start.
const raisePatience = 2 * time.Minute

// Raise makes the pods of a stage and waits until all of them run.
func (t *Theatre) Raise(ctx context.Context, s *Stage) error {
	for _, ns := range s.Namespaces {
		if _, err := t.Client.CoreV1().Namespaces().Create(ctx, ns, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("raise a stage: %w", err)
		}
		if err := t.awaitServiceAccount(ctx, ns.Name); err != nil {
			return err
		}
	}
	for _, p := range s.Pods {
		if _, err := t.Client.CoreV1().Pods(p.Namespace).Create(ctx, p, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("raise a stage: %w", err)
		}
	}
	for _, p := range s.Pods {
		if err := t.awaitReady(ctx, p, true); err != nil {
			return err
		}
	}
	return nil
}

// awaitServiceAccount waits for the account without which no pod is admitted.
func (t *Theatre) awaitServiceAccount(ctx context.Context, namespace string) error {
	err := wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, raisePatience, true, func(ctx context.Context) (bool, error) {
		_, err := t.Client.CoreV1().ServiceAccounts(namespace).Get(ctx, "default", metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return fmt.Errorf("the ServiceAccount of %s: %w", namespace, err)
	}
	return nil
}

// awaitReady waits until a pod's condition is as wanted.
func (t *Theatre) awaitReady(ctx context.Context, p *corev1.Pod, ready bool) error {
	err := wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, raisePatience, true, func(ctx context.Context) (bool, error) {
		now, err := t.Client.CoreV1().Pods(p.Namespace).Get(ctx, p.Name, metav1.GetOptions{})
		return err == nil && isReady(now) == ready, err
	})
	if err != nil {
		return fmt.Errorf("pod %s to be ready (%t): %w", podName(p), ready, err)
	}
	return nil
}

func isReady(p *corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// Strike removes a stage.
func (t *Theatre) Strike(ctx context.Context, s *Stage) error {
	var errs []error
	for _, ns := range s.Namespaces {
		errs = append(errs, t.Client.CoreV1().Namespaces().Delete(ctx, ns.Name, metav1.DeleteOptions{}))
	}
	return errors.Join(errs...)
}

// setReady tells the programs of a world whether they are ready.
func (t *Theatre) setReady(ctx context.Context, w *World) error {
	for _, p := range w.Pods {
		if err := traffic.SetReady(ctx, t.socket(p), traffic.Readiness(!w.NotReady[podName(p)])); err != nil {
			return err
		}
	}
	return nil
}
