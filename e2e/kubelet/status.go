package kubelet

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// reporter keeps the status of one pod up to date on the API server.
type reporter struct {
	pod   *pod
	note  chan struct{}
	mu    sync.Mutex                                      // one report at a time, so that none overtakes another
	since map[corev1.PodConditionType]corev1.PodCondition // when conditions changed last
}

func newReporter(p *pod) *reporter {
	return &reporter{pod: p, note: make(chan struct{}, 1), since: map[corev1.PodConditionType]corev1.PodCondition{}}
}

// changed notes that the status is another one now.
func (r *reporter) changed() {
	select {
	case r.note <- struct{}{}:
	default: // it is noted already
	}
}

// run reports changes until the context ends.
func (r *reporter) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.note:
		}
		r.flush(ctx)
	}
}

// flush reports the status as it is.
func (r *reporter) flush(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.pod
	for {
		patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"uid": p.object.UID}, "status": r.status()})
		if err == nil {
			_, err = p.kubelet.Client.CoreV1().Pods(p.object.Namespace).
				Patch(ctx, p.object.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
		}
		if err == nil || apierrors.IsNotFound(err) || apierrors.IsConflict(err) || ctx.Err() != nil {
			return
		}
		p.kubelet.Log.Warn("report a pod", "pod", p.name(), "error", err)
		if !pause(ctx, 200*time.Millisecond) {
			return
		}
	}
}

// status works the pod's status out from its containers.
func (r *reporter) status() corev1.PodStatus {
	p := r.pod
	s := corev1.PodStatus{HostIP: p.kubelet.Node.Address.String(), StartTime: &p.started}
	s.HostIPs = []corev1.HostIP{{IP: s.HostIP}}
	if p.address.IsValid() {
		s.PodIP = p.address.String()
		s.PodIPs = []corev1.PodIP{{IP: s.PodIP}}
	}
	for _, c := range p.inits {
		s.InitContainerStatuses = append(s.InitContainerStatuses, c.status())
	}
	for _, c := range p.mains {
		s.ContainerStatuses = append(s.ContainerStatuses, c.status())
	}
	p.mu.Lock()
	initialized, failed, gates := p.initialized, p.failed, p.gatesOpen()
	p.mu.Unlock()
	s.Phase = p.phase(s.ContainerStatuses, s.InitContainerStatuses)
	if failed != "" {
		s.Phase, s.Reason, s.Message = corev1.PodFailed, "Failed", failed
	}
	ready := initialized && failed == "" && s.Phase == corev1.PodRunning && allReady(s.ContainerStatuses)
	s.Conditions = []corev1.PodCondition{
		r.condition(corev1.PodReadyToStartContainers, s.PodIP != ""),
		r.condition(corev1.PodInitialized, initialized),
		r.condition(corev1.ContainersReady, ready),
		r.condition(corev1.PodReady, ready && gates),
	}
	return s
}

func allReady(list []corev1.ContainerStatus) bool {
	for i := range list {
		if !list[i].Ready {
			return false
		}
	}
	return true
}

// gatesOpen reports whether all readiness gates of the pod hold.
func (p *pod) gatesOpen() bool {
	for _, g := range p.object.Spec.ReadinessGates {
		open := false
		for _, c := range p.latest.Status.Conditions {
			open = open || c.Type == g.ConditionType && c.Status == corev1.ConditionTrue
		}
		if !open {
			return false
		}
	}
	return true
}

// phase is the phase of the pod (getPhase in pkg/kubelet/kubelet_pods.go).
func (p *pod) phase(mains, inits []corev1.ContainerStatus) corev1.PodPhase {
	for i := range inits {
		if t := inits[i].State.Terminated; t != nil && t.ExitCode != 0 && p.object.Spec.RestartPolicy == corev1.RestartPolicyNever {
			return corev1.PodFailed
		}
	}
	waiting, ended, failed := 0, 0, 0
	for i := range mains {
		st := &mains[i]
		switch {
		case st.State.Terminated != nil:
			ended++
			if st.State.Terminated.ExitCode != 0 {
				failed++
			}
		case st.State.Waiting != nil && st.RestartCount == 0 && st.LastTerminationState.Terminated == nil:
			waiting++
		}
	}
	policy := p.object.Spec.RestartPolicy
	switch {
	case waiting > 0:
		return corev1.PodPending
	case ended < len(mains) || policy == corev1.RestartPolicyAlways:
		return corev1.PodRunning
	case failed == 0:
		return corev1.PodSucceeded
	case policy == corev1.RestartPolicyNever:
		return corev1.PodFailed
	}
	return corev1.PodRunning
}

// status is that of one container.
func (c *containerRun) status() corev1.ContainerStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	up := c.startedUp && c.state.Running != nil
	return corev1.ContainerStatus{
		Name: c.spec.Name, Image: c.spec.Image, ImageID: c.spec.Image, ContainerID: "hollow://" + string(c.pod.object.UID) + "/" + c.spec.Name,
		State: c.state, LastTerminationState: c.last, RestartCount: c.restarts,
		Ready: c.ready && c.state.Running != nil, Started: &up,
	}
}

// condition returns a condition with the time since which it is so.
func (r *reporter) condition(t corev1.PodConditionType, holds bool) corev1.PodCondition {
	status := corev1.ConditionFalse
	if holds {
		status = corev1.ConditionTrue
	}
	if known, ok := r.since[t]; ok && known.Status == status {
		return known
	}
	c := corev1.PodCondition{Type: t, Status: status, LastTransitionTime: metav1.Now()}
	r.since[t] = c
	return c
}
