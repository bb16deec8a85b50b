package kubelet

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rehome-dev/rehome/e2e/netns"
)

// pod is one pod on its way from start to end.
type pod struct {
	kubelet *Kubelet
	object  *corev1.Pod // as it was first seen: the specification does not change
	space   *netns.Space
	address netip.Addr
	started metav1.Time

	inits, mains []*containerRun
	ending       chan struct{} // closed when the pod is to end
	once         sync.Once
	reporter     *reporter

	mu          sync.Mutex
	grace       time.Duration
	latest      *corev1.Pod
	initialized bool
	failed      string // why the pod as a whole failed
}

func newPod(k *Kubelet, object *corev1.Pod) *pod {
	p := &pod{kubelet: k, object: object, latest: object, ending: make(chan struct{}), started: metav1.Now()}
	p.reporter = newReporter(p)
	for i := range object.Spec.InitContainers {
		p.inits = append(p.inits, newContainerRun(p, &object.Spec.InitContainers[i]))
	}
	for i := range object.Spec.Containers {
		p.mains = append(p.mains, newContainerRun(p, &object.Spec.Containers[i]))
	}
	return p
}

// update takes in what changed of the object.
func (p *pod) update(object *corev1.Pod) {
	p.mu.Lock()
	p.latest = object
	p.mu.Unlock()
	if object.DeletionTimestamp != nil {
		seconds := int64(corev1.DefaultTerminationGracePeriodSeconds)
		if object.DeletionGracePeriodSeconds != nil {
			seconds = *object.DeletionGracePeriodSeconds
		}
		p.end(time.Duration(seconds) * time.Second)
	}
}

// end asks the pod to end within a time.
func (p *pod) end(grace time.Duration) {
	p.once.Do(func() {
		p.mu.Lock()
		p.grace = grace
		p.mu.Unlock()
		close(p.ending)
	})
}

// run is the whole life of the pod.
func (p *pod) run(ctx context.Context) {
	defer p.tidy()
	alive, kill := context.WithCancel(ctx)
	defer kill() // whatever still runs
	err := p.connect(ctx)
	go p.reporter.run(alive)
	if err != nil {
		p.fail(err)
		<-p.ending
	} else {
		p.serve(alive)
	}
	select {
	case <-p.ending:
		p.stop(alive)
		kill()
		p.wait()
		p.kubelet.forget(p.object)
	default: // it ended by itself, or the kubelet ends
		kill()
		p.wait()
	}
}

// serve runs the containers until all have ended or the pod is to end.
func (p *pod) serve(ctx context.Context) {
	p.reporter.changed()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if p.initialize(ctx) {
			for _, c := range p.mains {
				c.begin(ctx)
			}
		}
		for _, c := range p.mains {
			c.wait()
		}
	}()
	select {
	case <-p.ending:
		return
	case <-ctx.Done():
	case <-ended:
		for _, c := range p.inits { // sidecars end when the others have
			c.stop(ctx, p.specGrace())
		}
		p.reporter.flush(ctx)
	}
}

// initialize runs the init containers in their order, and reports whether the
// others may start.
func (p *pod) initialize(ctx context.Context) bool {
	for _, c := range p.inits {
		c.begin(ctx)
		if !c.passed(ctx) {
			for _, m := range p.mains {
				m.cancel()
			}
			return false
		}
	}
	p.mu.Lock()
	p.initialized = true
	p.mu.Unlock()
	p.reporter.changed()
	return true
}

// stop ends all containers within the grace period, the sidecars last.
func (p *pod) stop(ctx context.Context) {
	p.mu.Lock()
	grace := p.grace
	p.mu.Unlock()
	deadline := time.Now().Add(grace)
	for _, group := range [][]*containerRun{p.mains, p.inits} {
		var stopping sync.WaitGroup
		for _, c := range group {
			stopping.Go(func() { c.stop(ctx, time.Until(deadline)) })
		}
		stopping.Wait()
	}
}

// wait returns when no container runs any more.
func (p *pod) wait() {
	for _, c := range append(p.inits, p.mains...) {
		c.cancel()
		c.wait()
	}
}

// tidy removes what the pod left on the node.
func (p *pod) tidy() {
	err := errors.Join(p.disconnect(context.Background()), os.RemoveAll(p.kubelet.podDir(p.object)))
	if err != nil {
		p.kubelet.Log.Debug("tidy up", "pod", p.name(), "error", err)
	}
}

// fail ends the pod as a whole for a reason.
func (p *pod) fail(err error) {
	p.mu.Lock()
	p.failed = err.Error()
	p.mu.Unlock()
	p.kubelet.Log.Error("pod failed", "pod", p.name(), "error", err)
	p.reporter.changed()
}

// specGrace is the grace period that the manifest asks for.
func (p *pod) specGrace() time.Duration {
	if s := p.object.Spec.TerminationGracePeriodSeconds; s != nil {
		return time.Duration(*s) * time.Second
	}
	return corev1.DefaultTerminationGracePeriodSeconds * time.Second
}

func (p *pod) name() string { return p.object.Namespace + "/" + p.object.Name }
