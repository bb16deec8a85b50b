package kubelet

import (
	"context"
	"errors"
	"os/exec"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The pauses between restarts (MaxContainerBackOff and backOffPeriod in
// pkg/kubelet/kubelet.go): the first restart is at once, then 10 s, doubled each
// time up to five minutes, and forgotten after ten minutes without a crash.
const (
	firstPause  = 10 * time.Second
	maxPause    = 5 * time.Minute
	forgetAfter = 2 * maxPause
	// retryStart is the pause after a container that could not be made.
	retryStart = time.Second
	// leastGrace is what a container has after its preStop hook
	// (minimumGracePeriodInSeconds in pkg/kubelet/kuberuntime).
	leastGrace = 2 * time.Second
)

// containerRun is one container, through all its restarts.
type containerRun struct {
	pod     *pod
	spec    *corev1.Container
	over    chan struct{} // closed when it does not run and never will
	begun   sync.Once
	stopper chan struct{} // closed when it must not start again
	halt    sync.Once

	mu        sync.Mutex
	state     corev1.ContainerState
	last      corev1.ContainerState
	restarts  int32
	ready     bool
	startedUp bool // the startup probe has passed
	process   *process
}

// process is one run of a container's program.
type process struct {
	cmd   *exec.Cmd
	env   []string
	begun time.Time
	done  chan struct{} // closed when it has ended
	code  int           // valid then
}

func newContainerRun(p *pod, spec *corev1.Container) *containerRun {
	return &containerRun{
		pod: p, spec: spec, over: make(chan struct{}), stopper: make(chan struct{}),
		state: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "PodInitializing"}},
	}
}

// begin starts the container and keeps it running as its restart policy says.
func (c *containerRun) begin(ctx context.Context) {
	c.begun.Do(func() { go c.keep(ctx) })
}

// cancel makes a container that was not begun count as over.
func (c *containerRun) cancel() {
	c.halt.Do(func() { close(c.stopper) })
	c.begun.Do(func() { close(c.over) })
}

func (c *containerRun) wait() { <-c.over }

// keep runs the container again and again.
func (c *containerRun) keep(ctx context.Context) {
	defer close(c.over)
	pause := time.Duration(0)
	for {
		code, lasted, err := c.once(ctx)
		if err != nil {
			c.waiting("CreateContainerConfigError", err.Error())
			if !c.sleep(ctx, retryStart) {
				return
			}
			continue
		}
		if !c.again(code) || c.stopped(ctx) {
			return
		}
		if lasted > forgetAfter {
			pause = 0
		}
		if pause > 0 {
			c.waiting("CrashLoopBackOff", "back-off "+pause.String())
		}
		if !c.sleep(ctx, pause) {
			return
		}
		pause = min(max(firstPause, 2*pause), maxPause)
		c.mu.Lock()
		c.restarts++
		c.mu.Unlock()
	}
}

// once runs the program once and returns its exit code and how long it ran.
func (c *containerRun) once(ctx context.Context) (int, time.Duration, error) {
	p, err := c.start(ctx)
	if err != nil {
		return 0, 0, err
	}
	probing, stop := context.WithCancel(ctx)
	c.enter(p)
	go c.probeAll(probing, p)
	select {
	case <-p.done:
	case <-ctx.Done():
		p.signal(syscall.SIGKILL)
		<-p.done
	}
	stop()
	c.leave(p)
	return p.code, time.Since(p.begun), nil
}

// enter notes that a program runs.
func (c *containerRun) enter(p *process) {
	c.mu.Lock()
	c.process, c.ready, c.startedUp = p, c.spec.ReadinessProbe == nil && c.spec.StartupProbe == nil, c.spec.StartupProbe == nil
	c.state = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(p.begun)}}
	c.mu.Unlock()
	c.pod.reporter.changed()
}

// leave notes that it has ended.
func (c *containerRun) leave(p *process) {
	ended := &corev1.ContainerStateTerminated{ExitCode: int32(p.code), Reason: "Completed", StartedAt: metav1.NewTime(p.begun), FinishedAt: metav1.Now()}
	if p.code != 0 {
		ended.Reason = "Error"
	}
	c.pod.kubelet.Log.Debug("container ended", "pod", c.pod.name(), "container", c.spec.Name, "code", p.code)
	c.mu.Lock()
	c.process, c.ready, c.startedUp = nil, false, false
	c.state = corev1.ContainerState{Terminated: ended}
	c.last = c.state
	c.mu.Unlock()
	c.pod.reporter.changed()
}

// waiting notes why the container does not run.
func (c *containerRun) waiting(reason, message string) {
	c.mu.Lock()
	same := c.state.Waiting != nil && c.state.Waiting.Message == message
	c.state = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	c.mu.Unlock()
	if !same {
		c.pod.kubelet.Log.Debug(reason, "pod", c.pod.name(), "container", c.spec.Name, "message", message)
		c.pod.reporter.changed()
	}
}

// again reports whether the restart policy starts the container once more.
func (c *containerRun) again(code int) bool {
	policy := c.pod.object.Spec.RestartPolicy
	switch {
	case c.spec.RestartPolicy != nil: // a sidecar
		policy = corev1.RestartPolicy(*c.spec.RestartPolicy)
	case c.initial() && policy == corev1.RestartPolicyAlways:
		policy = corev1.RestartPolicyOnFailure
	}
	return policy == corev1.RestartPolicyAlways || policy == corev1.RestartPolicyOnFailure && code != 0
}

// initial reports whether this is an init container.
func (c *containerRun) initial() bool {
	for _, i := range c.pod.inits {
		if i == c {
			return true
		}
	}
	return false
}

// passed waits until an init container lets the next one start.
func (c *containerRun) passed(ctx context.Context) bool {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		c.mu.Lock()
		up := c.spec.RestartPolicy != nil && c.startedUp
		c.mu.Unlock()
		if up {
			return true
		}
		select {
		case <-c.over:
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.state.Terminated != nil && c.state.Terminated.ExitCode == 0
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

// stop runs the preStop hook and ends the program within a time.
func (c *containerRun) stop(ctx context.Context, grace time.Duration) {
	c.halt.Do(func() { close(c.stopper) })
	c.mu.Lock()
	p := c.process
	c.mu.Unlock()
	if p != nil {
		c.terminate(ctx, p, grace)
	}
}

// terminate ends one run of the program.
func (c *containerRun) terminate(ctx context.Context, p *process, grace time.Duration) {
	deadline := time.Now().Add(grace)
	if grace > 0 {
		hook, cancel := context.WithDeadline(ctx, deadline)
		if err := c.preStop(hook, p); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			c.pod.kubelet.Log.Warn("preStop", "pod", c.pod.name(), "container", c.spec.Name, "error", err)
		}
		cancel()
		deadline = later(deadline, time.Now().Add(leastGrace))
		p.signal(syscall.SIGTERM)
	}
	select {
	case <-p.done:
	case <-ctx.Done():
	case <-time.After(time.Until(deadline)):
	}
	p.signal(syscall.SIGKILL)
	<-p.done
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// signal sends a signal to the program; one that has ended needs none.
func (p *process) signal(s syscall.Signal) {
	_ = p.cmd.Process.Signal(s)
}

// stopped reports whether the container must not start again.
func (c *containerRun) stopped(ctx context.Context) bool {
	select {
	case <-c.stopper:
		return true
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

// sleep waits, and reports whether the container may start afterwards.
func (c *containerRun) sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-c.stopper:
		return false
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
