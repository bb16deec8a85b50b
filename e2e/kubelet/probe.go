package kubelet

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// probeAll runs the container's probes until the context ends: the startup probe
// first, then the others side by side.
func (c *containerRun) probeAll(ctx context.Context, p *process) {
	if s := c.spec.StartupProbe; s != nil {
		if !c.startUp(ctx, p, s) {
			return
		}
		c.set(func() { c.startedUp, c.ready = true, c.spec.ReadinessProbe == nil })
	}
	if r := c.spec.ReadinessProbe; r != nil {
		go c.watchProbe(ctx, p, r, func(ok bool) bool {
			c.set(func() { c.ready = ok })
			return true
		})
	}
	if l := c.spec.LivenessProbe; l != nil {
		c.watchProbe(ctx, p, l, func(ok bool) bool {
			if !ok {
				c.unwell(ctx, p, l, "liveness")
			}
			return ok
		})
	}
}

// startUp reports whether the startup probe passed; the container ends if not.
func (c *containerRun) startUp(ctx context.Context, p *process, probe *corev1.Probe) bool {
	up := false
	c.watchProbe(ctx, p, probe, func(ok bool) bool {
		up = ok
		if !ok {
			c.unwell(ctx, p, probe, "startup")
		}
		return false
	})
	return up
}

// unwell ends a program that fails its probe; the restart policy does the rest.
func (c *containerRun) unwell(ctx context.Context, p *process, probe *corev1.Probe, kind string) {
	c.pod.kubelet.Log.Info("probe failed, container is killed", "pod", c.pod.name(), "container", c.spec.Name, "probe", kind)
	grace := c.pod.specGrace()
	if probe.TerminationGracePeriodSeconds != nil {
		grace = time.Duration(*probe.TerminationGracePeriodSeconds) * time.Second
	}
	// The end of the program ends this context, and must not cut its grace short.
	go c.terminate(context.WithoutCancel(ctx), p, grace)
}

// set changes the state under the lock and reports it.
func (c *containerRun) set(change func()) {
	c.mu.Lock()
	change()
	c.mu.Unlock()
	c.pod.reporter.changed()
}

// watchProbe probes again and again. It tells every change of the verdict, the
// first one too, until it is told to stop (pkg/kubelet/prober/worker.go).
func (c *containerRun) watchProbe(ctx context.Context, p *process, probe *corev1.Probe, tell func(ok bool) bool) {
	if !pause(ctx, time.Duration(probe.InitialDelaySeconds)*time.Second) {
		return
	}
	var run int32 // how many results in a row were like the last one
	var last, verdict, told bool
	for {
		ok := c.probe(ctx, p, probe) == nil
		if ctx.Err() != nil {
			return
		}
		if ok != last {
			run = 0
		}
		last = ok
		run++
		enough := run >= max(probe.FailureThreshold, 1)
		if ok {
			enough = run >= max(probe.SuccessThreshold, 1)
		}
		if enough && (!told || ok != verdict) {
			verdict, told = ok, true
			if !tell(ok) {
				return
			}
		}
		if !pause(ctx, time.Duration(max(probe.PeriodSeconds, 1))*time.Second) {
			return
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// probe probes once.
func (c *containerRun) probe(ctx context.Context, p *process, probe *corev1.Probe) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(max(probe.TimeoutSeconds, 1))*time.Second)
	defer cancel()
	switch {
	case probe.Exec != nil:
		return c.execute(ctx, p, probe.Exec.Command)
	case probe.HTTPGet != nil:
		return c.get(ctx, probe.HTTPGet)
	case probe.TCPSocket != nil:
		return c.connect(ctx, probe.TCPSocket.Host, probe.TCPSocket.Port)
	case probe.GRPC != nil:
		// The stand-ins speak no gRPC: what can be told is whether the port is open.
		return c.connect(ctx, "", intstr.FromInt32(probe.GRPC.Port))
	}
	return errUnsupported
}

// execute runs a command in the container.
func (c *containerRun) execute(ctx context.Context, p *process, command []string) error {
	args := []string{"--target", strconv.Itoa(p.cmd.Process.Pid), "--mount", "--pid", "--net", "--uts", "--root", "--wd"}
	if uid, gid := c.identity(); uid != 0 || gid != 0 {
		args = append(args, "--setgid", strconv.Itoa(gid), "--setuid", strconv.Itoa(uid))
	}
	cmd := exec.CommandContext(ctx, "nsenter", append(append(args, "--"), command...)...)
	cmd.Env = p.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, out)
	}
	return nil
}

// get asks by HTTP, from the node. TLS is not verified, as kubelets do not.
func (c *containerRun) get(ctx context.Context, g *corev1.HTTPGetAction) error {
	if g.Scheme == corev1.URISchemeHTTPS {
		return fmt.Errorf("a probe by HTTPS: %w", errUnsupported)
	}
	url := "http://" + c.address(g.Host, g.Port) + "/" + strings.TrimPrefix(g.Path, "/")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	for _, h := range g.HTTPHeaders {
		if http.CanonicalHeaderKey(h.Name) == "Host" {
			request.Host = h.Value
		} else {
			request.Header.Add(h.Name, h.Value)
		}
	}
	client := http.Client{Transport: &http.Transport{DialContext: c.dial, DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode < http.StatusOK || response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}

// connect opens a connection, from the node.
func (c *containerRun) connect(ctx context.Context, host string, port intstr.IntOrString) error {
	conn, err := c.dial(ctx, "tcp", c.address(host, port))
	if err != nil {
		return err
	}
	return conn.Close()
}

// dial connects from the node's namespace.
func (c *containerRun) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var conn net.Conn
	err := c.pod.kubelet.Node.Space.Do(func() (err error) {
		conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
		return err
	})
	return conn, err
}

// address returns host:port; a named port is one of the container.
func (c *containerRun) address(host string, port intstr.IntOrString) string {
	if host == "" {
		host = c.pod.address.String()
	}
	text := port.String()
	for _, p := range c.spec.Ports {
		if port.Type == intstr.String && p.Name == port.StrVal {
			text = strconv.Itoa(int(p.ContainerPort))
		}
	}
	return net.JoinHostPort(host, text)
}
